import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextAligned } from "../../src/station/aligned.ts";
import type { MeterValue } from "../../src/station/types.ts";
import { type Bench, running } from "../support/station.ts";

const evse = (b: Bench) => {
  const [first] = b.station.evses;
  if (first === undefined) throw new Error("no EVSE");
  return first;
};
const valuesOf = (payload: Record<string, unknown> | undefined) =>
  (payload?.meterValue ?? []) as MeterValue[];
const contexts = (payload: Record<string, unknown> | undefined) =>
  valuesOf(payload).flatMap((m) => m.sampledValue.map((v) => `${v.context} ${v.measurand}`));
const REGISTER = "Energy.Active.Import.Register";

describe("clock-aligned meter values (1.6 §3.16, §9.1, TC_071_CS, 2.0.1 J01)", () => {
  it("begin anew at midnight UTC and lie whole intervals after it", () => {
    const DAY = 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 86_400 }), (now, interval) => {
        const next = nextAligned(now, interval);
        expect(next).toBeGreaterThan(now);
        expect(next - now).toBeLessThanOrEqual(interval * 1000);
        expect((next % DAY) % (interval * 1000)).toBe(0);
      }),
    );
  });

  it("without a transaction go out as MeterValues, with the measurands of their key", async () => {
    const b = await running({
      settings: { "AlignedDataCtrlr.Interval": "900", "AlignedDataCtrlr.Measurands": "Voltage,SoC" },
      evses: 2,
    });
    await b.clock.advance(1_900_000);
    const sent = b.csms.of("meterValues");
    expect(sent.map((s) => s.evseId)).toEqual([1, 2, 1, 2]);
    expect(valuesOf(sent[0])[0]?.timestamp).toBe("2030-01-01T00:15:00.000Z");
    expect(new Set(contexts(sent[0]))).toEqual(new Set(["Sample.Clock Voltage", "Sample.Clock SoC"]));
  });

  it("within a transaction belong to it, and wait offline as its other messages do", async () => {
    const b = await running({
      settings: { "AlignedDataCtrlr.Interval": "900", "SampledDataCtrlr.TxUpdatedInterval": "0" },
    });
    evse(b).plug();
    await b.tap();
    b.csms.disconnect();
    await b.clock.advance(900_000);
    b.csms.connect();
    await b.clock.advance(1000);
    const [event] = b.csms.of("transaction").filter((e) => e.triggerReason === "MeterValueClock");
    expect(event).toMatchObject({ eventType: "Updated", offline: true });
    expect(contexts(event)).toEqual([`Sample.Clock ${REGISTER}`]);
    expect(b.csms.of("meterValues")).toEqual([]);
  });

  it("follow a new interval at once, have one timer, and none at 0 or without power", async () => {
    const b = await running();
    const before = b.clock.pending;
    expect(b.csms.commands.setSetting("ClockAlignedDataInterval", "-1").status).toBe("Rejected");
    expect(b.csms.commands.setSetting("ClockAlignedDataInterval", "60").status).toBe("Accepted");
    expect(b.clock.pending).toBe(before + 1);
    await b.clock.advance(60_000);
    expect(b.csms.of("meterValues")).toHaveLength(1);
    b.csms.commands.setSetting("ClockAlignedDataInterval", "0");
    expect(b.clock.pending).toBe(before);
    b.csms.commands.setSetting("ClockAlignedDataInterval", "60");
    await b.station.stop();
    expect(b.clock.pending).toBe(0);
  });

  it("keys take what the meter offers and refuse the rest", async () => {
    const { commands } = (await running()).csms;
    for (const key of ["MeterValuesAlignedData", "StopTxnAlignedData", "StopTxnSampledData"]) {
      expect(commands.setSetting(key, "SoC,Temperature").status).toBe("Accepted");
      expect(commands.setSetting(key, "SoC,RPM").status).toBe("Rejected");
    }
  });
});

describe("what the last message of a transaction carries (1.6 §9.1)", () => {
  const stop = async (settings: Record<string, string>, seconds: number, more: object = {}) => {
    const b = await running({ settings, ...more });
    evse(b).plug();
    await b.tap();
    await b.clock.advance(seconds * 1000);
    await b.tap();
    return b.csms.of("transaction").find((e) => e.eventType === "Ended");
  };

  it("StopTxnSampledData: at the beginning, every interval, and at the end", async () => {
    const ended = await stop({ "SampledDataCtrlr.TxEndedMeasurands": REGISTER }, 130);
    expect(contexts(ended)).toEqual([
      `Transaction.Begin ${REGISTER}`,
      `Sample.Periodic ${REGISTER}`,
      `Sample.Periodic ${REGISTER}`,
      `Transaction.End ${REGISTER}`,
    ]);
    const register = valuesOf(ended).map((m) => m.sampledValue[0]?.value ?? 0);
    expect(register).toEqual([...register].sort((x, y) => x - y));
  });

  it("2.0.1: at the beginning and the end, because TxEndedInterval is 0", async () => {
    const traits = { typedTokens: true, idTokenMax: 36, offlineThreshold: true, nineStates: false };
    expect(contexts(await stop({}, 130, { traits: () => traits }))).toEqual([
      `Transaction.Begin ${REGISTER}`,
      `Transaction.End ${REGISTER}`,
    ]);
  });

  it("StopTxnAlignedData: at every aligned moment", async () => {
    const settings = {
      "SampledDataCtrlr.TxEndedMeasurands": "",
      "AlignedDataCtrlr.TxEndedMeasurands": "SoC",
      "AlignedDataCtrlr.Measurands": "",
      "AlignedDataCtrlr.Interval": "60",
    };
    expect(contexts(await stop(settings, 130))).toEqual(["Sample.Clock SoC", "Sample.Clock SoC"]);
  });

  it("nothing when both keys are empty", async () => {
    expect(contexts(await stop({ "SampledDataCtrlr.TxEndedMeasurands": "" }, 130))).toEqual([]);
  });

  it("a long transaction's data is thinned out: first and last stay, in order", async () => {
    const ended = await stop({ "SampledDataCtrlr.TxUpdatedInterval": "10" }, 4 * 3600);
    const values = valuesOf(ended);
    expect(values.length).toBeLessThanOrEqual(51);
    expect(values.length).toBeGreaterThan(20);
    expect(contexts(ended)[0]).toBe(`Transaction.Begin ${REGISTER}`);
    expect(contexts(ended).at(-1)).toBe(`Transaction.End ${REGISTER}`);
    const times = values.map((m) => m.timestamp);
    expect(times).toEqual([...times].sort());
  });
});
