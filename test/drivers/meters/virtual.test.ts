import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ChargeCurve,
  chargedWh,
  powerAt,
  secondsToFull,
} from "../../../src/drivers/meters/charge-curve.ts";
import { VirtualMeter, type VirtualMeterOptions } from "../../../src/drivers/meters/virtual.ts";
import type { PowerLimit } from "../../../src/station/types.ts";
import { SimulatedClock } from "../../../src/util/clock.ts";
import { meterContract } from "../../contracts/meter.ts";

const kinds = {
  "AC, three phases": { maxPowerW: 11_000, phases: 3, voltage: 230 },
  "AC, one phase": { maxPowerW: 7400, phases: 1, voltage: 230 },
  DC: { maxPowerW: 150_000, phases: 0, voltage: 400 },
} as const;

function meterOf(kind: keyof typeof kinds, o: Partial<VirtualMeterOptions> = {}) {
  const clock = new SimulatedClock();
  return { clock, meter: new VirtualMeter({ clock, startWh: 1000, ...kinds[kind], ...o }) };
}
const valuesOf = (meter: VirtualMeter, measurand: string) =>
  meter.sample("Other").sampledValue.flatMap((v) => (v.measurand === measurand ? [v.value] : []));

for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
  meterContract(`virtual, ${kind}`, () => {
    const { clock, meter } = meterOf(kind);
    return { meter, wait: (s) => clock.advance(s * 1000) };
  });
}

describe("charge curve", () => {
  const curves: fc.Arbitrary<ChargeCurve> = fc
    .record({
      capacityWh: fc.integer({ min: 5000, max: 200_000 }),
      knee: fc.double({ min: 0.1, max: 0.98, noNaN: true }),
      maxW: fc.integer({ min: 1400, max: 350_000 }),
      floor: fc.double({ min: 0.05, max: 1, noNaN: true }),
    })
    .map(({ capacityWh, knee, maxW, floor }) => ({
      capacityWh,
      kneeWh: capacityWh * knee,
      maxW,
      minW: maxW * floor,
    }));
  const offers = fc.integer({ min: 500, max: 400_000 });
  const part = fc.double({ min: 0, max: 1, noNaN: true });

  it("in two pieces is the same as in one", () => {
    fc.assert(
      fc.property(curves, offers, part, part, fc.integer({ min: 1, max: 200_000 }), (c, w, soc, cut, s) => {
        const start = c.capacityWh * soc;
        const once = chargedWh(c, start, w, s);
        const twice = chargedWh(c, chargedWh(c, start, w, s * cut), w, s * (1 - cut));
        expect(Math.abs(once - twice)).toBeLessThan(1e-3);
        expect(once).toBeGreaterThanOrEqual(start);
        expect(once).toBeLessThanOrEqual(c.capacityWh);
      }),
    );
  });

  it("rises as fast as the power says", () => {
    fc.assert(
      fc.property(curves, offers, part, (c, w, soc) => {
        const wh = c.capacityWh * soc * 0.999;
        const after = chargedWh(c, wh, w, 10);
        const mean = (after - wh) * 360;
        expect(mean).toBeLessThan(powerAt(c, wh, w) + 1);
        expect(mean).toBeGreaterThan(powerAt(c, after, w) - 1);
      }),
    );
  });

  it("is full when it says so, and not before", () => {
    fc.assert(
      fc.property(curves, offers, part, (c, w, soc) => {
        const wh = c.capacityWh * soc * 0.99;
        const s = secondsToFull(c, wh, w);
        expect(chargedWh(c, wh, w, s)).toBeCloseTo(c.capacityWh, 2);
        expect(chargedWh(c, wh, w, s * 0.99)).toBeLessThan(c.capacityWh);
      }),
    );
  });
});

type Step = { wait: number } | { flow: boolean } | { limit: PowerLimit | undefined } | { back: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ wait: fc.integer({ min: 1, max: 3_000_000 }) }),
    fc.record({ flow: fc.boolean() }),
    fc.record({
      limit: fc.option(
        fc.record(
          {
            watts: fc.integer({ min: 0, max: 200_000 }),
            amps: fc.integer({ min: 0, max: 400 }),
            phases: fc.constantFrom(1, 2, 3),
          },
          { requiredKeys: [] },
        ),
        { nil: undefined },
      ) as fc.Arbitrary<PowerLimit | undefined>,
    }),
    fc.record({ back: fc.integer({ min: 1, max: 100_000 }) }),
  ),
  { maxLength: 25 },
);

describe("virtual meter", () => {
  it("is one model: register and charge never fall, P = U·I·cos φ, limits hold, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
        fc.integer(),
        steps,
        async (kind, seed, list) => {
          const { clock, meter } = meterOf(kind, { seed });
          let register = meter.energyWh();
          let soc = 0;
          let limit: PowerLimit | undefined;
          for (const step of list) {
            if ("wait" in step) await clock.advance(step.wait);
            if ("back" in step) clock.jump(clock.now() - step.back);
            if ("flow" in step) meter.setFlow(step.flow);
            if ("limit" in step) {
              limit = step.limit;
              meter.setLimit(limit);
            }
            expect(meter.energyWh()).toBeGreaterThanOrEqual(register);
            register = meter.energyWh();
            const [charge = Number.NaN] = valuesOf(meter, "SoC");
            expect(charge).toBeGreaterThanOrEqual(soc);
            soc = charge;
            const power = meter.powerW();
            const amps = valuesOf(meter, "Current.Import");
            const volts = valuesOf(meter, "Voltage");
            const [factor = 1] = valuesOf(meter, "Power.Factor");
            const product = factor * amps.reduce((sum, a, i) => sum + a * (volts[i] ?? 0), 0);
            expect(Math.abs(product - power)).toBeLessThan(5 + power * 1e-3);
            expect(power).toBeLessThanOrEqual((limit?.watts ?? Number.POSITIVE_INFINITY) + 1e-6);
            expect(Math.max(...amps)).toBeLessThanOrEqual((limit?.amps ?? Number.POSITIVE_INFINITY) + 0.01);
            expect(amps.filter((a) => a > 0).length).toBeLessThanOrEqual(limit?.phases ?? 3);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("counts the energy that its power gives", async () => {
    const { clock, meter } = meterOf("AC, three phases", { soc: 0.85 });
    meter.setFlow(true);
    let sum = 0;
    for (let i = 0; i < 1800; i++) {
      const before = meter.powerW();
      await clock.advance(1000);
      sum += (before + meter.powerW()) / 2 / 3600;
    }
    expect(meter.energyWh() - 1000).toBeCloseTo(sum, 0);
  });

  it("gives the same values in the same run, and others with another seed", async () => {
    const run = async (seed: number) => {
      const { clock, meter } = meterOf("AC, three phases", { seed });
      meter.setFlow(true);
      await clock.advance(100_000);
      return meter.sample("Other").sampledValue.map((v) => v.value);
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  it("tapers towards the end: the last tenth takes longer than a tenth before", async () => {
    const minutes = async (soc: number, upTo: number) => {
      const { clock, meter } = meterOf("DC", { soc });
      meter.setFlow(true);
      let n = 0;
      for (; (valuesOf(meter, "SoC")[0] ?? 100) < upTo; n++) await clock.advance(60_000);
      return n;
    };
    expect(await minutes(0.9, 100)).toBeGreaterThan(2 * (await minutes(0.5, 60)));
  });

  it("warms up under power and cools down after", async () => {
    const { clock, meter } = meterOf("AC, three phases");
    const [cold = 0] = valuesOf(meter, "Temperature");
    meter.setFlow(true);
    await clock.advance(3_600_000);
    const [warm = 0] = valuesOf(meter, "Temperature");
    expect(warm).toBeGreaterThan(cold + 10);
    meter.setFlow(false);
    await clock.advance(7_200_000);
    expect(valuesOf(meter, "Temperature")[0]).toBeLessThan(cold + 1);
  });

  it("has one timer while energy flows and somebody listens, none otherwise", async () => {
    const { clock, meter } = meterOf("AC, three phases");
    meter.setFlow(true);
    expect(clock.pending).toBe(0);
    meter.onFull(() => {});
    meter.setLimit({ amps: 10 });
    expect(clock.pending).toBe(1);
    meter.setLimit({ amps: 0 });
    expect(clock.pending).toBe(0);
    meter.setLimit(undefined);
    meter.setFlow(false);
    expect(clock.pending).toBe(0);
  });
});
