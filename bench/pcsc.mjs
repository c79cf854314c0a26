import { build, built } from "./build.mjs";
import { bareCsms } from "./csms.mjs";
import { ms, percentile } from "./stats.mjs";

const TAPS = 40;

const uid = (n) => `04${(n + 1).toString(16).padStart(12, "0")}`.toUpperCase();

/** Card put on the reader until Authorize arrives at the central system, and our own part of that. */
async function measure(makeBench) {
  const bench = await makeBench();
  process.env.PCSCLITE_CSOCK_NAME = bench.socket;
  const { createStation } = await import(new URL("src/index.js", built));
  let arrived = () => {};
  const csms = await bareCsms((action) => action === "Authorize" && arrived(), {
    Authorize: { idTagInfo: { status: "Invalid" } },
  });
  const station = await createStation({ csms: csms.url, id: "BENCH", readers: ["pcsc"], retapMs: 0 });
  await station.online();
  await station.waitFor({ kind: "reader", state: "ready", reader: bench.readerName }, { timeoutMs: 20_000 });
  const whole = [];
  const own = [];
  let seen = 0;
  station.onFact((f) => {
    if (f.kind === "card" && f.event === "presented") seen = performance.now();
    if (f.kind === "frame" && f.direction === "out" && f.action === "Authorize")
      own.push(performance.now() - seen);
  });
  for (let n = 0; n < TAPS; n++) {
    const done = new Promise((resolve) => {
      arrived = resolve;
    });
    const began = performance.now();
    const presented = bench.present({ uid: uid(n) });
    await done;
    whole.push(performance.now() - began);
    await presented;
    await bench.clear();
    await station.waitFor({ kind: "card", event: "removed", uid: uid(n) }, { timeoutMs: 20_000 });
  }
  await station.stop();
  csms.close();
  await bench.close();
  return { whole, own };
}

const rows = (name, { whole, own }) => [
  {
    what: `${name}: card present to Authorize at the CSMS, p50 of ${TAPS}`,
    value: ms(percentile(whole, 50)),
  },
  {
    what: `${name}: our own time from UID to wire, p99`,
    value: ms(percentile(own, 99)),
    target: "under 5 ms",
  },
];

export async function run() {
  build();
  const { realBench, virtualBench } = await import(new URL("test/support/pcscd-bench.js", built));
  const { pcscdMissing } = await import(new URL("test/support/pcscd.js", built));
  const { pcscPackageMissing } = await import(new URL("test/support/pcscd-package.js", built));
  const missing = pcscPackageMissing();
  if (missing !== undefined) return [{ what: "not measured", value: missing }];
  const played = rows("played daemon", await measure(virtualBench));
  const absent = pcscdMissing();
  if (absent !== undefined) return [...played, { what: "pcscd with vpcd not measured", value: absent }];
  return [...played, ...rows("pcscd with vpcd", await measure(realBench))];
}
