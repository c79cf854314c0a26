import { describe, expect, it } from "vitest";
import type { Meter } from "../../src/station/ports.ts";
import { MEASURANDS } from "../../src/station/settings-table.ts";

/** A meter whose time a test can move. Made anew for each test, with a car that is far from full. */
export interface MeterUnderTest {
  readonly meter: Meter;
  wait(seconds: number): Promise<void>;
}

/** What every {@link Meter} promises. */
export function meterContract(name: string, make: () => MeterUnderTest): void {
  const of = (meter: Meter, measurand: string) =>
    meter.sample("Other").sampledValue.filter((v) => v.measurand === measurand);
  const one = (meter: Meter, measurand: string) => of(meter, measurand)[0]?.value ?? Number.NaN;

  describe(`meter contract: ${name}`, () => {
    it("offers every measurand that the settings know, and nothing else", () => {
      const { meter } = make();
      const offered = new Set(meter.sample("Other").sampledValue.map((v) => v.measurand));
      expect([...offered].sort()).toEqual([...MEASURANDS].sort());
    });

    it("names the phases of AC, none on DC", () => {
      const { meter } = make();
      const { current, phases } = meter.supply;
      const lines = current === "DC" ? [undefined] : ["L1", "L2", "L3"].slice(0, phases);
      expect(of(meter, "Current.Import").map((v) => v.phase)).toEqual(lines);
      expect(of(meter, "Voltage").map((v) => v.phase)).toEqual(lines.map((l) => l && `${l}-N`));
    });

    it("lets energy flow while the contactor is closed, and only then", async () => {
      const { meter, wait } = make();
      const start = meter.energyWh();
      await wait(60);
      expect(meter.energyWh()).toBe(start);
      expect(meter.powerW()).toBe(0);
      meter.setFlow(true);
      await wait(60);
      expect(meter.powerW()).toBeGreaterThan(0);
      const flowed = meter.energyWh();
      expect(flowed).toBeGreaterThan(start);
      meter.setFlow(false);
      expect(meter.powerW()).toBe(0);
      await wait(60);
      expect(meter.energyWh()).toBeCloseTo(flowed, 6);
    });

    it("keeps a limit in amperes from its moment on, and gives all again without one", async () => {
      const { meter, wait } = make();
      meter.setFlow(true);
      await wait(60);
      const free = meter.powerW();
      meter.setLimit({ amps: 8 });
      expect(meter.powerW()).toBeLessThan(free);
      for (const v of of(meter, "Current.Import")) expect(v.value).toBeLessThanOrEqual(8);
      expect(one(meter, "Current.Offered")).toBeCloseTo(8, 1);
      meter.setLimit(undefined);
      expect(meter.powerW()).toBeCloseTo(free, -1);
    });

    it("keeps a limit in watts", async () => {
      const { meter, wait } = make();
      meter.setLimit({ watts: 5000 });
      meter.setFlow(true);
      await wait(60);
      expect(meter.powerW()).toBeLessThanOrEqual(5000);
      expect(meter.powerW()).toBeGreaterThan(4000);
      expect(one(meter, "Power.Offered")).toBe(5000);
    });

    it("gives nothing at 0, and nothing below the least current", async () => {
      const { meter, wait } = make();
      meter.setFlow(true);
      await wait(60);
      meter.setLimit({ amps: 0 });
      expect(meter.powerW()).toBe(0);
      if (meter.supply.minA === 0) return;
      meter.setLimit({ amps: meter.supply.minA - 0.1 });
      expect(meter.powerW()).toBe(0);
      meter.setLimit({ amps: meter.supply.minA });
      expect(meter.powerW()).toBeGreaterThan(0);
    });

    it("moves the register on at once when told so", () => {
      const { meter } = make();
      const start = meter.energyWh();
      meter.advance(500);
      expect(meter.energyWh()).toBe(start + 500);
      meter.advance(-500);
      expect(meter.energyWh()).toBe(start + 500);
    });

    it("tells once that the car is full, and takes nothing then, until another car comes", async () => {
      const { meter, wait } = make();
      let told = 0;
      meter.onFull(() => told++);
      meter.setFlow(true);
      await wait(48 * 3600);
      expect(told).toBe(1);
      expect(meter.powerW()).toBe(0);
      expect(one(meter, "SoC")).toBe(100);
      meter.setFlow(false);
      meter.arrive();
      expect(one(meter, "SoC")).toBeLessThan(100);
      meter.setFlow(true);
      await wait(60);
      expect(meter.powerW()).toBeGreaterThan(0);
      expect(told).toBe(1);
    });
  });
}
