import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";
import { ensureDataDir } from "../dist/app/paths.js";
import { createStation } from "../dist/index.js";
import { openStationStore } from "../dist/store/station-store.js";
import { bareCsms } from "./csms.mjs";

const MESSAGES = 10_000;

/** Transactions of an outage: a start, eight meter values and an end each. */
function outage(store) {
  const idToken = { idToken: "04A2241BC85E80", type: "ISO14443" };
  for (let n = 0; n < MESSAGES; n++) {
    const seqNo = n % 10;
    const timestamp = new Date(Date.UTC(2030, 0, 1) + n * 60_000).toISOString();
    const meterWh = n * 10;
    const context = "Sample.Periodic";
    const measurand = "Energy.Active.Import.Register";
    store.queue.append({
      eventType: seqNo === 0 ? "Started" : seqNo === 9 ? "Ended" : "Updated",
      timestamp,
      triggerReason: seqNo === 0 ? "Authorized" : seqNo === 9 ? "StopAuthorized" : "MeterValuePeriodic",
      seqNo,
      offline: true,
      transactionId: `bench-${Math.floor(n / 10)}`,
      evseId: 1,
      connectorId: 1,
      meterWh,
      ...(seqNo === 0 || seqNo === 9 ? { idToken } : {}),
      ...(seqNo === 9 ? { stoppedReason: "Local" } : {}),
      meterValue: [{ timestamp, sampledValue: [{ value: meterWh, context, measurand, unit: "Wh" }] }],
    });
  }
}

/** The floor: a bare client that sends as many CALLs, one at a time, and stores nothing. */
async function bareDrain(url) {
  const socket = new WebSocket(`${url}/BARE`, ["ocpp1.6"], { perMessageDeflate: false });
  await new Promise((resolve) => socket.once("open", resolve));
  const payload = { connectorId: 1, transactionId: 1, meterValue: [] };
  const began = performance.now();
  for (let n = 0; n < MESSAGES; n++) {
    socket.send(JSON.stringify([2, `b${n}`, "MeterValues", payload]));
    await new Promise((resolve) => socket.once("message", resolve));
  }
  const took = performance.now() - began;
  socket.terminate();
  return took;
}

/** Where the queue's time goes that is not the wire: one durable transaction of SQLite a message. */
async function bareDelete(path) {
  const { DatabaseSync } = await import("@photostructure/sqlite");
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  db.exec("CREATE TABLE queue (id INTEGER PRIMARY KEY, event TEXT)");
  db.exec("BEGIN");
  const insert = db.prepare("INSERT INTO queue VALUES (?, ?)");
  for (let n = 0; n < MESSAGES; n++) insert.run(n, "x".repeat(400));
  db.exec("COMMIT");
  const drop = db.prepare("DELETE FROM queue WHERE id = ?");
  const began = performance.now();
  for (let n = 0; n < MESSAGES; n++) drop.run(n);
  return performance.now() - began;
}

export async function run() {
  const data = mkdtempSync(join(tmpdir(), "tapstation-bench-"));
  let arrived = 0;
  let first = 0;
  let done = () => {};
  const all = new Promise((resolve) => {
    done = resolve;
  });
  const csms = await bareCsms((action) => {
    if (!/^(Start|Stop)Transaction$|^MeterValues$/.test(action)) return;
    if (first === 0) first = performance.now();
    if (++arrived === MESSAGES) done(performance.now() - first);
  });
  try {
    const path = ensureDataDir(data).station("CP001");
    const store = openStationStore(path);
    store.atomically(() => outage(store));
    store.close();
    const { size } = statSync(path);
    const station = await createStation({ csms: csms.url, id: "CP001", data });
    const took = await all;
    await station.stop();
    arrived = Number.NEGATIVE_INFINITY;
    const wire = await bareDrain(csms.url);
    const disk = await bareDelete(join(data, "bare.sqlite"));
    const rate = (t) => `${Math.round(MESSAGES / (t / 1000))} messages/s`;
    return [
      { what: `a queue of ${MESSAGES} messages after an outage drains at`, value: rate(took) },
      {
        what: "a bare client without a store / durable deletes alone",
        value: `${rate(wire)} / ${rate(disk)}, ratio to their sum ${(took / (wire + disk)).toFixed(1)}`,
      },
      { what: "size of the database with all of them", value: `${(size / 1e6).toFixed(1)} MB` },
    ];
  } finally {
    csms.close();
    rmSync(data, { recursive: true, force: true });
  }
}
