import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalAuthorizationList } from "../dist/station/authorization/list.js";
import { openStationStore } from "../dist/store/station-store.js";
import { ms, percentile } from "./stats.mjs";

const ENTRIES = 100_000;
const DIFFERENCES = 1_000;
const LOOKUPS = 10_000;

const limits = { enabled: true, entries: ENTRIES, itemsPerMessage: ENTRIES };
const token = (n) => ({
  idToken: `04${n.toString(16).padStart(12, "0")}`.toUpperCase(),
  type: "ISO14443",
});
const entry = (n) => ({
  token: token(n),
  info: { status: "Accepted", groupIdToken: { idToken: `FLEET${n % 100}`, type: "Central" } },
});

/** What SQLite itself takes to write the same rows in one durable transaction: the floor. */
async function bareInsert(path) {
  const { DatabaseSync } = await import("@photostructure/sqlite");
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  db.exec("CREATE TABLE list (key TEXT PRIMARY KEY, entry TEXT NOT NULL) WITHOUT ROWID");
  const rows = Array.from({ length: ENTRIES }, (_, n) => {
    const text = JSON.stringify({ key: token(n).idToken, ...entry(n), updatedAt: 0 });
    return [`"ISO14443:${token(n).idToken}"`, text];
  });
  const insert = db.prepare("INSERT INTO list VALUES (?, ?)");
  const began = performance.now();
  db.exec("BEGIN");
  for (const [key, text] of rows) insert.run(key, text);
  db.exec("COMMIT");
  return performance.now() - began;
}

function timed(work) {
  const began = performance.now();
  const result = work();
  return { took: performance.now() - began, result };
}

function mustAccept({ status, detail }) {
  if (status !== "Accepted") throw new Error(`the list was not taken: ${status}, ${detail}`);
}

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), "tapstation-bench-"));
  try {
    const floor = await bareInsert(join(folder, "bare.sqlite"));
    const path = join(folder, "station.sqlite");
    const store = openStationStore(path);
    const list = new LocalAuthorizationList(store.list);
    const entries = Array.from({ length: ENTRIES }, (_, n) => entry(n));
    const full = timed(() => list.update({ version: 1, type: "Full", entries }, limits, 0));
    mustAccept(full.result);
    const changes = Array.from({ length: DIFFERENCES }, (_, n) =>
      n % 2 === 0 ? { token: token(n * 7) } : { token: token(n * 7), info: { status: "Blocked" } },
    );
    const difference = timed(() =>
      list.update({ version: 2, type: "Differential", entries: changes }, limits, 0),
    );
    mustAccept(difference.result);
    const lookups = Array.from({ length: LOOKUPS }, (_, n) => {
      const { took } = timed(() => list.lookup(token((n * 9_973) % (2 * ENTRIES)), 0));
      return took;
    });
    store.close();
    const perEntry = statSync(path).size / ENTRIES;
    return [
      {
        what: `full list of ${ENTRIES} entries, stored for good`,
        value: `${ms(full.took)}, bare SQLite ${ms(floor)}, ratio ${(full.took / floor).toFixed(1)}`,
      },
      { what: `differential update of ${DIFFERENCES} entries in it`, value: ms(difference.took) },
      {
        what: `a lookup in it, half of them in vain, p50 / p99 of ${LOOKUPS}`,
        value: `${ms(percentile(lookups, 50))} / ${ms(percentile(lookups, 99))}`,
      },
      {
        what: "size of the database",
        value: `${(statSync(path).size / 1e6).toFixed(1)} MB, ${perEntry.toFixed(0)} bytes an entry`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
