import { describe, expect, it } from "vitest";
import { measurandsOf } from "../../src/station/measurands.ts";
import type { Meter } from "../../src/station/ports.ts";

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
    it("offers every measurand that there is on its supply, and nothing else", () => {
      const { meter } = make();
      const offered = new Set(meter.sample("Other").sampledValue.map((v) => v.measurand));
      expect([...offered].sort()).toEqual(measurandsOf(meter.supply).sort());
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

    it("is coherent: power is volts times amperes times power factor, and the phases add up", async () => {
      const { meter, wait } = make();
      meter.setFlow(true);
      await wait(60);
      const total = one(meter, "Power.Active.Import");
      const factor = meter.supply.current === "DC" ? 1 : one(meter, "Power.Factor");
      const volts = of(meter, "Voltage").map((v) => v.value);
      const byPhase = of(meter, "Current.Import").map((v, i) => v.value * (volts[i] ?? 0) * factor);
      expect(Math.abs(byPhase.reduce((sum, w) => sum + w, 0) - total)).toBeLessThan(total * 0.005);
      const told = of(meter, "Power.Active.Import").filter((v) => v.phase !== undefined);
      if (told.length > 0) expect(told.reduce((sum, v) => sum + v.value, 0)).toBeCloseTo(total, 0);
      const reactive = of(meter, "Power.Reactive.Import").find((v) => v.phase === undefined)?.value ?? 0;
      expect(Math.hypot(total, reactive) * factor).toBeCloseTo(total, -1);
    });

    it("counts an interval from one sample of its kind to the next", async () => {
      const { meter, wait } = make();
      const interval = (context: "Transaction.Begin" | "Sample.Periodic" | "Sample.Clock") =>
        meter.sample(context).sampledValue.find((v) => v.measurand === "Energy.Active.Import.Interval")
          ?.value ?? Number.NaN;
      meter.setFlow(true);
      await wait(60);
      expect(interval("Transaction.Begin")).toBe(0);
      const start = meter.energyWh();
      await wait(60);
      const first = interval("Sample.Periodic");
      await wait(60);
      expect(first + interval("Sample.Periodic")).toBeCloseTo(meter.energyWh() - start, 0);
      expect(interval("Sample.Clock")).toBeGreaterThan(2 * first);
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
