import type {
  Asset,
  Card,
  Location,
  OfferedToken,
  Organization,
  RoamingToken,
  Transaction,
  User,
} from "./records.ts";
import type { Sql } from "./sql.ts";

/** The records as whole lists: columns named as the records name them, in an order that people expect. */

export const organizations = (sql: Sql): Organization[] =>
  sql.records<Organization>(
    `SELECT o.id, o.name, p.name AS partner FROM organization o JOIN partner p ON p.id = o.partner ORDER BY o.id`,
  );

export const locations = (sql: Sql): Location[] =>
  sql.records<Location>(
    `SELECT l.id, l.name, o.name AS organization, l.access_mode AS accessMode
     FROM location l JOIN organization o ON o.id = l.organization ORDER BY l.id`,
  );

export const assets = (sql: Sql): Asset[] =>
  sql.records<Asset>(
    `SELECT a.id, l.name AS location, o.name AS organization, a.approved, a.auto_registered AS autoRegistered,
       a.access_mode AS accessMode, a.ocpp, a.last_seen AS lastSeen, a.vendor, a.model
     FROM asset a JOIN location l ON l.id = a.location JOIN organization o ON o.id = l.organization ORDER BY a.id`,
  );

export const users = (sql: Sql): User[] =>
  sql.records<User>(
    `SELECT u.id, o.name AS organization, u.first_name AS firstName, u.last_name AS lastName, u.email, u.role
     FROM user u JOIN organization o ON o.id = u.organization ORDER BY u.id`,
  );

const CARDS = `SELECT c.id, o.name AS organization, c.hidden_id AS hiddenId, c.visible_id AS visibleId, c.nickname,
       u.first_name || ' ' || u.last_name AS user, u.email, c.blocked, c.expiry
     FROM card c JOIN user u ON u.id = c.user JOIN organization o ON o.id = c.organization`;

export const cards = (sql: Sql): Card[] => sql.records<Card>(`${CARDS} ORDER BY c.id`);

/** The organization's card with this Hidden ID or visible ID, without reading the others. */
export const cardBy = (
  sql: Sql,
  organization: string,
  by: "hidden_id" | "visible_id",
  id: string,
): Card | undefined =>
  sql.record<Card>(
    `${CARDS} WHERE c.organization = (SELECT id FROM organization WHERE name = ?) AND c.${by} = ?`,
    organization,
    id,
  );

export const roamingTokens = (sql: Sql): RoamingToken[] =>
  sql.records<RoamingToken>(
    `SELECT id_token AS idToken, contract_id AS contractId, provider FROM roaming ORDER BY id_token`,
  );

/** Also those that became known since: what they are now stands in `knownAs`. */
export const offeredTokens = (sql: Sql): OfferedToken[] =>
  sql.records<OfferedToken>(
    `SELECT t.id_token AS idToken, o.name AS organization, t.station, t.attempts, t.last_attempt AS lastAttempt,
       ifnull(
         (SELECT 'card "' || c.nickname || '" of ' || u.first_name || ' ' || u.last_name
          FROM card c JOIN user u ON u.id = c.user
          WHERE c.organization = t.organization AND c.hidden_id = t.id_token),
         (SELECT 'contract ' || r.contract_id || ' of ' || r.provider FROM roaming r WHERE r.id_token = t.id_token)
       ) AS knownAs
     FROM unknown_token t JOIN organization o ON o.id = t.organization ORDER BY t.last_attempt DESC, t.id DESC`,
  );

/** Was this token ever offered and not known? */
export const wasOffered = (sql: Sql, idToken: string): boolean =>
  sql.record("SELECT 1 AS yes FROM unknown_token WHERE id_token = ?", idToken) !== undefined;

export const transactions = (sql: Sql): Transaction[] =>
  sql.records<Transaction>(
    `SELECT id, station_transaction AS stationTransactionId, station, connector, id_token AS idToken, status, free,
       start_time AS startTime, meter_start AS meterStart, stop_time AS stopTime, meter_stop AS meterStop, reason
     FROM charge ORDER BY id`,
  );
