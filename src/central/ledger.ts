import type { OcppVersion } from "../ocpp/rpc/types.ts";
import { type Clock, isoTime } from "../util/clock.ts";
import type { AccessMode, CardOnFile, RoamingContract } from "./access.ts";
import { FIRST_LOCATION } from "./schema.ts";
import type { Sql } from "./sql.ts";

/** How many unknown tokens are kept; the one that was not seen for the longest time goes first. */
export const UNKNOWN_TOKENS_MAX = 1000;
/** How many stations may register by connecting: names cost a caller nothing. */
const AUTO_REGISTERED_MAX = 50_000;

/** What the running central system needs to know of a station at every message. */
export interface StationRecord {
  readonly approved: boolean;
  readonly organization: number;
  /** The location's name. */
  readonly location: string;
  readonly mode: AccessMode;
  readonly modeFrom: "location" | "asset";
}

/**
 * The records as the running central system reads and writes them, one statement each: nothing is kept in memory,
 * so what another process wrote counts from the next message on.
 */
export class Ledger {
  readonly #sql: Sql;
  readonly #clock: Clock;

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
  }

  station(id: string): StationRecord | undefined {
    return this.#sql.record<StationRecord>(
      `SELECT a.approved, l.organization, l.name AS location, ifnull(a.access_mode, l.access_mode) AS mode,
         iif(a.access_mode IS NULL, 'location', 'asset') AS modeFrom
       FROM asset a JOIN location l ON l.id = a.location WHERE a.id = ?`,
      id,
    );
  }

  /** Writes a station down that connected unasked. False when there are too many of them. */
  register(id: string): boolean {
    return this.#sql.atomically(() => {
      if (this.station(id) !== undefined) return true;
      const count = this.#sql.record<{ n: number }>(
        "SELECT count(*) AS n FROM asset WHERE auto_registered = 1",
      );
      if ((count?.n ?? 0) >= AUTO_REGISTERED_MAX) return false;
      this.#sql.run(
        "INSERT INTO asset (id, location, approved, auto_registered) VALUES (?, ?, 1, 1)",
        id,
        FIRST_LOCATION,
      );
      return true;
    });
  }

  /** Notes that a station is connected; its record when it was never seen before. */
  connected(id: string, ocpp: OcppVersion): StationRecord | undefined {
    return this.#sql.atomically(() => {
      const before = this.#sql.record(
        "SELECT 1 AS seen FROM asset WHERE id = ? AND last_seen IS NOT NULL",
        id,
      );
      this.seen(id, { ocpp });
      return before === undefined ? this.station(id) : undefined;
    });
  }

  /** Notes that the station is there, and what it says of itself. */
  seen(
    id: string,
    what: { ocpp?: OcppVersion; vendor?: string; model?: string; serial?: string } = {},
  ): void {
    this.#sql.run(
      `UPDATE asset SET last_seen = ?, ocpp = ifnull(?, ocpp), vendor = ifnull(?, vendor), model = ifnull(?, model),
         serial = ifnull(?, serial)
       WHERE id = ?`,
      isoTime(this.#clock),
      what.ocpp ?? null,
      what.vendor ?? null,
      what.model ?? null,
      what.serial ?? null,
      id,
    );
  }

  card(organization: number, idToken: string): CardOnFile | undefined {
    return this.#sql.record<CardOnFile>(
      `SELECT c.nickname, u.first_name || ' ' || u.last_name AS user, c.blocked, c.expiry
       FROM card c JOIN user u ON u.id = c.user WHERE c.organization = ? AND c.hidden_id = ?`,
      organization,
      idToken,
    );
  }

  /** The hub knows a token by what a reader reads, and by its contract id (2.0.1 type eMAID). */
  roaming(idToken: string): RoamingContract | undefined {
    return this.#sql.record<RoamingContract>(
      `SELECT contract_id AS contractId, provider FROM roaming WHERE id_token = ?1 OR contract_id = ?1 LIMIT 1`,
      idToken,
    );
  }

  /** Counts an attempt of a token that nobody knows. */
  unknown(organization: number, idToken: string, station: string): void {
    this.#sql.atomically(() => {
      this.#sql.run(
        `INSERT INTO unknown_token (organization, id_token, station, attempts, last_attempt) VALUES (?, ?, ?, 1, ?)
         ON CONFLICT DO UPDATE SET attempts = attempts + 1, station = excluded.station,
           last_attempt = excluded.last_attempt`,
        organization,
        idToken,
        station,
        isoTime(this.#clock),
      );
      this.#sql.run(
        `DELETE FROM unknown_token WHERE id IN
           (SELECT id FROM unknown_token ORDER BY last_attempt DESC, id DESC LIMIT -1 OFFSET ${UNKNOWN_TOKENS_MAX})`,
      );
    });
  }
}
