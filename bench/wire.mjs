import { createStation } from "../dist/index.js";
import { bareCsms } from "./csms.mjs";
import { ms, percentile } from "./stats.mjs";

const TAPS = 500;

/** UID of the n-th card. */
const uid = (n) => `04${n.toString(16).padStart(12, "0")}`.toUpperCase();

/** From the moment the reader has the card until the frame was handed to the socket, both seen by our own facts. */
export async function run() {
  const csms = await bareCsms(() => {}, { Authorize: { idTagInfo: { status: "Invalid" } } });
  const station = await createStation({ csms: csms.url, id: "BENCH" });
  await station.online();
  const times = [];
  let began = 0;
  station.onFact((fact) => {
    if (fact.kind === "frame" && fact.direction === "out" && fact.action === "Authorize") {
      times.push(performance.now() - began);
    }
  });
  for (let n = 0; n < TAPS; n++) {
    began = performance.now();
    await station.tap(uid(n));
  }
  await station.stop();
  csms.close();
  return [
    { what: `virtual reader, ${times.length} taps, p50`, value: ms(percentile(times, 50)) },
    { what: "virtual reader, p99", value: ms(percentile(times, 99)), target: "under 5 ms" },
  ];
}
