/** The demo's words, for whoever shows the first tap: written into every new database. */
export const DEMO = {
  organization: "Demo organization",
  location: "Demo location",
  user: "Ada Driver",
  email: "ada@example.com",
  card: { hiddenId: "04A2241BC85E80", visibleId: "NL-TNM-B12345-6", nickname: "Demo card" },
} as const;

/** Where stations go that register by connecting: the first location of the database. */
export const FIRST_LOCATION = 1;

const TABLES = `
CREATE TABLE partner (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;
CREATE TABLE organization (
  id INTEGER PRIMARY KEY,
  partner INTEGER NOT NULL REFERENCES partner,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;
CREATE TABLE location (
  id INTEGER PRIMARY KEY,
  organization INTEGER NOT NULL REFERENCES organization,
  name TEXT NOT NULL COLLATE NOCASE,
  access_mode TEXT NOT NULL,
  UNIQUE (organization, name)
) STRICT;
CREATE TABLE asset (
  id TEXT PRIMARY KEY,
  location INTEGER NOT NULL REFERENCES location,
  approved INTEGER NOT NULL,
  auto_registered INTEGER NOT NULL,
  access_mode TEXT,
  ocpp TEXT,
  last_seen TEXT,
  vendor TEXT,
  model TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE user (
  id INTEGER PRIMARY KEY,
  organization INTEGER NOT NULL REFERENCES organization,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  email TEXT NOT NULL COLLATE NOCASE,
  role TEXT NOT NULL CHECK (role IN ('cardholder', 'administrator')),
  UNIQUE (organization, email)
) STRICT;
CREATE TABLE card (
  id INTEGER PRIMARY KEY,
  organization INTEGER NOT NULL REFERENCES organization,
  user INTEGER NOT NULL REFERENCES user,
  hidden_id TEXT NOT NULL COLLATE NOCASE,
  visible_id TEXT COLLATE NOCASE,
  nickname TEXT NOT NULL,
  blocked INTEGER NOT NULL DEFAULT 0,
  expiry TEXT,
  UNIQUE (organization, hidden_id)
) STRICT;
CREATE TABLE roaming (
  id_token TEXT PRIMARY KEY COLLATE NOCASE,
  contract_id TEXT NOT NULL COLLATE NOCASE,
  provider TEXT NOT NULL
) STRICT;
CREATE INDEX roaming_contract ON roaming (contract_id);
CREATE TABLE unknown_token (
  id INTEGER PRIMARY KEY,
  organization INTEGER NOT NULL REFERENCES organization,
  id_token TEXT NOT NULL COLLATE NOCASE,
  station TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_attempt TEXT NOT NULL,
  UNIQUE (organization, id_token)
) STRICT;
CREATE INDEX unknown_token_age ON unknown_token (last_attempt);
CREATE TABLE charge (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  station TEXT NOT NULL,
  station_transaction TEXT,
  connector INTEGER,
  id_token TEXT COLLATE NOCASE,
  status TEXT,
  free INTEGER,
  start_time TEXT NOT NULL,
  meter_start INTEGER,
  stop_time TEXT,
  meter_stop INTEGER,
  reason TEXT
) STRICT;
CREATE UNIQUE INDEX charge_by_station_transaction ON charge (station, station_transaction)
  WHERE station_transaction IS NOT NULL;
CREATE INDEX charge_resent ON charge (station, start_time);
CREATE INDEX charge_running ON charge (station, connector) WHERE stop_time IS NULL;
CREATE INDEX charge_running_token ON charge (id_token) WHERE stop_time IS NULL;
`;

const SEED = `
INSERT INTO partner VALUES (1, 'Demo partner');
INSERT INTO organization VALUES (1, 1, '${DEMO.organization}');
INSERT INTO location VALUES (${FIRST_LOCATION}, 1, '${DEMO.location}', 'Whitelisting');
INSERT INTO asset (id, location, approved, auto_registered) VALUES ('TAP001', ${FIRST_LOCATION}, 1, 0);
INSERT INTO user VALUES (1, 1, 'Ada', 'Driver', '${DEMO.email}', 'cardholder');
INSERT INTO user VALUES (2, 1, 'Max', 'Manager', 'max@example.com', 'administrator');
INSERT INTO card (organization, user, hidden_id, visible_id, nickname) VALUES
  (1, 1, '${DEMO.card.hiddenId}', '${DEMO.card.visibleId}', '${DEMO.card.nickname}');
`;

/** The demo's own station puzzled everybody: stations are written down when they connect. */
const NO_DEMO_STATION = `
DELETE FROM asset WHERE id = 'TAP001' AND last_seen IS NULL AND access_mode IS NULL AND auto_registered = 0;
`;

/**
 * What a station identifies itself with. `password` is salted and hashed; `profile` is the least that is let in,
 * `wanted` what the station was told to change to. The authority has one row.
 */
const CREDENTIALS = `
CREATE TABLE credential (
  station TEXT PRIMARY KEY,
  password TEXT,
  profile INTEGER NOT NULL DEFAULT 0,
  wanted INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE authority (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  certificate TEXT NOT NULL,
  private_key TEXT NOT NULL
) STRICT;
`;

/** Each new card's Hidden ID is looked for among the visible IDs: an import of many must not read them all each time. */
const CARDS_BY_VISIBLE_ID = "CREATE INDEX card_by_visible_id ON card (organization, visible_id);";

/** What a station calls its serial number: its certificate is for it (security white paper A00.FR.405). */
const SERIAL = "ALTER TABLE asset ADD COLUMN serial TEXT;";

/** Numbered by their place; never changed once released, only added to. */
export const MIGRATIONS: readonly string[] = [
  TABLES + SEED,
  NO_DEMO_STATION,
  CREDENTIALS,
  CARDS_BY_VISIBLE_ID,
  SERIAL,
];
