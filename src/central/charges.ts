import type { AuthorizationStatus } from "../station/types.ts";
import type { Sql } from "./sql.ts";

/** How many ended transactions are kept. */
const ENDED_MAX = 100_000;
/** Reason of a transaction that the station never ended: it began another one there, or a person ended it here. */
export const ASSUMED_ENDED = "AssumedEnded";

export interface ChargeStart {
  readonly station: string;
  /** 2.0.1: the station's own transaction id. */
  readonly stationTransactionId?: string;
  readonly connector?: number;
  readonly idToken?: string;
  readonly status?: AuthorizationStatus;
  readonly free?: boolean;
  readonly startTime: string;
  readonly meterStart?: number;
}

export interface ChargeEnd {
  readonly stopTime: string;
  readonly meterStop?: number;
  readonly reason?: string;
}

export interface ChargeRecord {
  readonly id: number;
  readonly status?: AuthorizationStatus;
}

/** The transactions, as the running central system writes them. Every call may come twice: stations repeat. */
export class Charges {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** 1.6: the transaction that an equal StartTransaction has begun. A lost answer makes the station send it again. */
  resent(s: ChargeStart): ChargeRecord | undefined {
    return this.#sql.record<ChargeRecord>(
      `SELECT id, status FROM charge WHERE station = ? AND start_time = ? AND connector IS ? AND id_token IS ?
         AND meter_start IS ? AND station_transaction IS NULL`,
      s.station,
      s.startTime,
      s.connector ?? null,
      s.idToken ?? null,
      s.meterStart ?? null,
    );
  }

  /** 2.0.1: by the station's own id. */
  byStationId(station: string, stationTransactionId: string): ChargeRecord | undefined {
    return this.#sql.record<ChargeRecord>(
      "SELECT id, status FROM charge WHERE station = ? AND station_transaction = ?",
      station,
      stationTransactionId,
    );
  }

  /** Begins a transaction; one that still runs on the connector is over. */
  start(s: ChargeStart): number {
    return this.#sql.atomically(() => {
      if (s.connector !== undefined) {
        this.#sql.run(
          `UPDATE charge SET stop_time = ?, reason = '${ASSUMED_ENDED}'
           WHERE station = ? AND connector = ? AND stop_time IS NULL`,
          s.startTime,
          s.station,
          s.connector,
        );
      }
      const id = this.#sql.insert(
        `INSERT INTO charge (station, station_transaction, connector, id_token, status, free, start_time, meter_start)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        s.station,
        s.stationTransactionId ?? null,
        s.connector ?? null,
        s.idToken ?? null,
        s.status ?? null,
        s.free === undefined ? null : Number(s.free),
        s.startTime,
        s.meterStart ?? null,
      );
      this.#sql.run("DELETE FROM charge WHERE id <= ? AND stop_time IS NOT NULL", id - ENDED_MAX);
      return id;
    });
  }

  /** Adds what became known after the start: which connector, which token. An accepted token stays. */
  learn(
    id: number,
    s: { connector?: number; idToken?: string; status?: AuthorizationStatus; free?: boolean },
  ): void {
    this.#sql.run("UPDATE charge SET connector = ifnull(connector, ?) WHERE id = ?", s.connector ?? null, id);
    if (s.status === undefined) return;
    this.#sql.run(
      "UPDATE charge SET id_token = ?, status = ?, free = ? WHERE id = ? AND status IS NOT 'Accepted'",
      s.idToken ?? null,
      s.status,
      s.free === undefined ? null : Number(s.free),
      id,
    );
  }

  /** Ends a transaction of this station; false when it has none of this id. A second end changes nothing. */
  end(station: string, id: number, e: ChargeEnd): boolean {
    if (
      this.#sql.record("SELECT 1 AS there FROM charge WHERE id = ? AND station = ?", id, station) ===
      undefined
    ) {
      return false;
    }
    this.#sql.run(
      `UPDATE charge SET stop_time = ?, meter_stop = ?, reason = ?
       WHERE id = ? AND (stop_time IS NULL OR reason = '${ASSUMED_ENDED}')`,
      e.stopTime,
      e.meterStop ?? null,
      e.reason ?? null,
      id,
    );
    return true;
  }

  /** Where a token charges now, other than on this connector, in words. */
  chargingAt(idToken: string, station: string, connector: number | undefined): string | undefined {
    const other = this.#sql.record<{ station: string; connector?: number }>(
      `SELECT station, connector FROM charge WHERE id_token = ? AND stop_time IS NULL AND status = 'Accepted'
         AND NOT (station = ? AND connector IS ?) LIMIT 1`,
      idToken,
      station,
      connector ?? null,
    );
    return (
      other && `${other.station}${other.connector === undefined ? "" : `, connector ${other.connector}`}`
    );
  }
}
