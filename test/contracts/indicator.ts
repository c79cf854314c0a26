import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Indicator } from "../../src/station/ports.ts";
import { defaultPatterns } from "../../src/station/signals.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { until } from "./until.ts";

/** An indicator together with an eye. */
export interface IndicatorUnderTest {
  readonly indicator: Indicator;
  /** The lights that were seen, each when it changed: green, red, blue, off. */
  seen(): readonly string[];
  dispose?(): void | Promise<void>;
}

/** What every {@link Indicator} promises. `missing`: why it cannot run here, with the command that would enable it. */
export function indicatorContract(
  name: string,
  makeIt: (clock: SimulatedClock) => Promise<IndicatorUnderTest>,
  missing?: string | undefined,
): void {
  const title = `indicator contract: ${name}`;
  describe.skipIf(missing !== undefined)(
    missing === undefined ? title : `${title} (skipped: ${missing})`,
    () => {
      let clock: SimulatedClock;
      let it_: IndicatorUnderTest;
      beforeEach(async () => {
        clock = new SimulatedClock();
        it_ = await makeIt(clock);
      });
      afterEach(async () => {
        await it_.indicator.close();
        await it_.dispose?.();
      });
      const seen = (...lights: string[]): Promise<void> =>
        until(
          () => `${lights} in ${it_.seen()}`,
          () => it_.seen().join() === lights.join(),
        );

      it("has a name that a person can use", () => {
        expect(it_.indicator.name).toMatch(/\S/);
      });

      it("shows a signal's light for its time, then none", async () => {
        await it_.indicator.show(defaultPatterns.accepted);
        await seen("green");
        await clock.advance(1499);
        expect(it_.seen()).toEqual(["green"]);
        await clock.advance(1);
        await seen("green", "off");
      });

      it("shows the newer of two signals, for its whole time", async () => {
        await it_.indicator.show({ ...defaultPatterns.read, lightMs: 1000 });
        await clock.advance(900);
        await it_.indicator.show({ ...defaultPatterns.rejected, lightMs: 1000 });
        await clock.advance(900);
        await seen("blue", "red");
        await clock.advance(100);
        await seen("blue", "red", "off");
      });

      it("goes dark with a signal that has no light, and at close", async () => {
        await it_.indicator.show(defaultPatterns.fault);
        await it_.indicator.show(defaultPatterns.ready);
        await it_.indicator.show(defaultPatterns.accepted);
        await it_.indicator.close();
        await it_.indicator.close();
        await it_.indicator.show(defaultPatterns.read);
        await seen("red", "off", "green", "off");
        expect(clock.pending).toBe(0);
      });
    },
  );
}
