import { describe, expect, it } from "vitest";
import type { Store } from "../../src/station/ports.ts";
import type { MeterValue } from "../../src/station/types.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { CARD, eventsOf, evseOf, running, statusesOf } from "../support/station.ts";

/** What a transaction's events say and when they come: 1.6 §4.7 to §4.10, 2.0.1 block E. */

async function charging(settings: Record<string, string> = {}) {
  const b = await running({ settings });
  b.station.plug(evseOf(b));
  await b.tap();
  return b;
}

describe("why and in which state", () => {
  it("a remote start before the cable is RemoteStart all the same (F01.FR.19, F02.FR.01)", async () => {
    const b = await running();
    b.csms.commands.remoteStart({ idToken: { idToken: CARD, type: "ISO14443" }, remoteStartId: 7 });
    await b.clock.advance(1);
    b.station.plug(evseOf(b));
    await b.clock.advance(1);
    expect(b.csms.of("transaction")).toMatchObject([{ triggerReason: "RemoteStart", remoteStartId: 7 }]);
  });

  it("an invalid id with StopTxOnInvalidId false suspends with ChargingStateChanged (E05.FR.02)", async () => {
    const b = await running({ settings: { "TxCtrlr.StopTxOnInvalidId": "false" } });
    b.csms.script.transaction = () => ({ ok: true, value: { idTokenInfo: { status: "Invalid" } } });
    b.station.plug(evseOf(b));
    await b.tap();
    expect(eventsOf(b)).toEqual(["Started Authorized", "Updated ChargingStateChanged"]);
    expect(b.csms.of("transaction").at(-1)).toMatchObject({ chargingState: "SuspendedEVSE" });
  });

  it("pulling the cable ends with no EV connected", async () => {
    const b = await charging();
    b.station.unplug(evseOf(b));
    await b.clock.advance(1);
    expect(b.csms.of("transaction").at(-1)).toMatchObject({
      stoppedReason: "EVDisconnected",
      chargingState: "Idle",
    });
  });

  it("stopping by card ends with the EV still connected", async () => {
    const b = await charging();
    await b.tap();
    expect(b.csms.of("transaction").at(-1)).toMatchObject({ chargingState: "EVConnected" });
  });

  it("without StopTxOnEVSideDisconnect the cable suspends and resumes, and says so (E10)", async () => {
    const b = await charging({ "TxCtrlr.StopTxOnEVSideDisconnect": "false" });
    b.station.unplug(evseOf(b));
    await b.clock.advance(1);
    expect(statusesOf(b).at(-1)).toBe("1:SuspendedEV");
    b.station.plug(evseOf(b));
    await b.clock.advance(1);
    expect(b.csms.of("transaction").slice(1)).toMatchObject([
      { triggerReason: "EVCommunicationLost", chargingState: "Idle" },
      { triggerReason: "CablePluggedIn", chargingState: "Charging" },
    ]);
    expect(statusesOf(b).at(-1)).toBe("1:Charging");
  });
});

describe("periodic samples", () => {
  const periodic = (b: Awaited<ReturnType<typeof charging>>) =>
    eventsOf(b).filter((e) => e === "Updated MeterValuePeriodic").length;

  it("follow MeterValueSampleInterval at once: on, faster, off (1.6 §5.3)", async () => {
    const b = await charging({ "SampledDataCtrlr.TxUpdatedInterval": "0" });
    const set = (s: string) => b.csms.commands.setSetting("MeterValueSampleInterval", s);
    await b.clock.advance(1000_000);
    expect(periodic(b)).toBe(0);
    expect(set("100")).toEqual({ status: "Accepted" });
    await b.clock.advance(101_000);
    expect(periodic(b)).toBe(1);
    set("10");
    await b.clock.advance(21_000);
    expect(periodic(b)).toBe(3);
    set("0");
    await b.clock.advance(1000_000);
    expect(periodic(b)).toBe(3);
  });

  it("go on while energy after invalidation runs down", async () => {
    const b = await running({
      settings: {
        "TxCtrlr.StopTxOnInvalidId": "false",
        "TxCtrlr.MaxEnergyOnInvalidId": "50000",
        "TxCtrlr.StopTxOnEVSideDisconnect": "false",
      },
    });
    b.csms.script.transaction = () => ({ ok: true, value: { idTokenInfo: { status: "Invalid" } } });
    b.station.plug(evseOf(b));
    await b.tap();
    b.station.unplug(evseOf(b));
    await b.clock.advance(121_000);
    expect(periodic(b)).toBe(2);
    await b.tap();
    expect(b.of("transaction").at(-1)?.event).toBe("delivered");
    expect(b.clock.pending, "heartbeat alone").toBe(1);
  });
});

describe("the values at the end (StopTxnSampledData, SampledDataCtrlr.TxEndedMeasurands)", () => {
  const atTheEnd = (b: Awaited<ReturnType<typeof charging>>) => {
    const end = b.csms.of("transaction").at(-1) as { eventType: string; meterValue: MeterValue[] };
    expect(end.eventType).toBe("Ended");
    return end.meterValue.map(({ sampledValue: [v] }) => [v?.context, Math.round(v?.value ?? 0)]);
  };

  it("are those of start and end", async () => {
    const b = await charging();
    evseOf(b).meter.advance(5000);
    await b.tap();
    expect(atTheEnd(b)).toEqual([
      ["Transaction.Begin", 1000],
      ["Transaction.End", 6002],
    ]);
  });

  it("also after a power cut", async () => {
    const b = await charging();
    evseOf(b).meter.advance(5000);
    b.station.cutPower();
    b.station.start();
    await b.clock.advance(1);
    expect(atTheEnd(b)).toEqual([
      ["Transaction.Begin", 1000],
      ["Transaction.End", 6000],
    ]);
  });
});

it("no transaction message leaves before it is durable", async () => {
  const memory = memoryStore();
  let open = 0;
  const store: Store = {
    ...memory,
    atomically: (work) => {
      open++;
      const result = memory.atomically(work);
      open--;
      return result;
    },
  };
  const b = await running({ store });
  const sentInside: number[] = [];
  b.csms.script.transaction = () => {
    sentInside.push(open);
    return { ok: true, value: {} };
  };
  b.station.plug(evseOf(b));
  await b.tap();
  await b.tap();
  expect(sentInside).toEqual([0, 0]);
});
