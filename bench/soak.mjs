import { build, built } from "./build.mjs";
import { bareCsms } from "./csms.mjs";
import { ms, percentile } from "./stats.mjs";

const TAPS = Number(process.env.SOAK_TAPS ?? 100_000);

export async function run() {
  build();
  const { socatMissing } = await import(new URL("test/support/pty.js", built));
  const missing = socatMissing();
  if (missing !== undefined) return [{ what: "not measured", value: missing }];
  const { soak } = await import(new URL("test/support/soak.js", built));
  const csms = await bareCsms(() => {}, { Authorize: { idTagInfo: { status: "Invalid" } } });
  const began = performance.now();
  const { early, late, counts, signalMs } = await soak(csms.url, TAPS);
  csms.close();
  const grown = (late.heapBytes - early.heapBytes) / 1024;
  const both = (name) => `${early[name]} / ${late[name]}`;
  return [
    {
      what: "taps, read as cards / reader unplugged",
      value: `${TAPS}, ${counts["card presented"]} / ${counts["reader lost"]}`,
    },
    {
      what: "from the reader's last byte to the read signal, p99",
      value: ms(percentile(signalMs, 99)),
      target: "under 10 ms",
    },
    { what: "heap, grown since the first tenth", value: `${grown.toFixed(0)} kB`, target: "none" },
    {
      what: "open files / handles / timers after the first tenth and at the end",
      value: `${both("files")}, ${both("handles")}, ${both("timers")}`,
      target: "equal",
    },
    { what: "it took", value: `${((performance.now() - began) / 1000).toFixed(0)} s` },
  ];
}
