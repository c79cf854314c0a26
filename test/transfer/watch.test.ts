import { expect, it } from "vitest";
import { LIMITS, Watch } from "../../src/transfer/watch.ts";
import { SimulatedClock } from "../../src/util/clock.ts";

it("holds no timer once the transfer is over, also when a stream still gives bytes", () => {
  const clock = new SimulatedClock();
  const watch = new Watch({ limits: LIMITS, signal: new AbortController().signal, clock });
  expect(clock.pending).toBe(2);
  watch.end();
  watch.moved(10);
  watch.alive();
  expect(clock.pending).toBe(0);
});
