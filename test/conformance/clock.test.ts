import { describe, expect } from "vitest";
import { CARD, type Rig } from "./rig.ts";
import { rule } from "./row.ts";

/** The station's clock is the central system's (1.6 §4.2, §4.6). The rows' own clock is the machine's. */

const HOUR = 3_600_000;

/** The central system's clock is so far from the machine's. */
function setApart({ central, clock }: Rig, ms: number): void {
  central.answer("Heartbeat", () => ({ currentTime: new Date(clock.now() + ms).toISOString() }));
}

/** A Heartbeat, now. */
async function beat(rig: Rig): Promise<void> {
  await rig.central.send("TriggerMessage", { requestedMessage: "Heartbeat" }, { status: "Accepted" });
  await rig.central.expect("Heartbeat");
  await rig.central.settle();
}

/** As {@link beat}, while other messages are unread; they count as read then. */
async function unreadBeat(rig: Rig): Promise<void> {
  await rig.central.send("TriggerMessage", { requestedMessage: "Heartbeat" }, { status: "Accepted" });
  await rig.central.settle();
  rig.central.skip();
}

const told = (rig: Rig, text: unknown): number => Date.parse(String(text)) - rig.clock.now();

describe("the clock", () => {
  rule(
    "§4.2",
    "is set by BootNotification.conf, before anything else is said",
    {
      watchBoot: true,
      answers: {
        BootNotification: { status: "Accepted", interval: 86_400, currentTime: "2031-06-01T00:00:00Z" },
      },
    },
    async (rig) => {
      const { central, station } = rig;
      await central.expect("BootNotification");
      const status = await central.status(1, "Available");
      expect(status.timestamp).toBe("2031-06-01T00:00:00.000Z");
      expect(rig.of("clock")).toMatchObject([{ by: "BootNotification", now: "2031-06-01T00:00:00.000Z" }]);
      expect(rig.facts.every((f) => f.time.startsWith("2030-01-01"))).toBe(true);
      await station.charge();
      central.skip();
      const start = central.all("StartTransaction")[0]?.payload;
      expect(start?.timestamp).toBe("2031-06-01T00:00:00.000Z");
    },
  );

  rule("§4.6", "is set by Heartbeat.conf, and not for a second or what the way takes", {}, async (rig) => {
    setApart(rig, 900);
    await beat(rig);
    expect(rig.of("clock")).toEqual([]);
    setApart(rig, HOUR);
    await beat(rig);
    await beat(rig);
    expect(rig.of("clock")).toMatchObject([{ by: "Heartbeat", shiftMs: HOUR }]);
    await rig.station.plug();
    const { timestamp } = await rig.central.status(1, "Preparing");
    expect(told(rig, timestamp)).toBe(HOUR);
  });

  rule(
    "§4.2",
    "is left alone by a central system that has not accepted the station",
    {
      watchBoot: true,
      answers: {
        BootNotification: { status: "Pending", interval: 60, currentTime: "2031-06-01T00:00:00Z" },
      },
    },
    async (rig) => {
      await rig.central.expect("BootNotification");
      expect(rig.of("clock")).toEqual([]);
    },
  );

  rule(
    "set back",
    "samples and energy go on, messages keep their order",
    { keys: { MeterValueSampleInterval: 60 } },
    async (rig) => {
      const { central, station } = rig;
      await station.charge();
      await rig.pass(90);
      setApart(rig, -HOUR);
      await unreadBeat(rig);
      const before = station.status().evses[0]?.meterWh ?? 0;
      await rig.pass(120);
      expect(station.status().evses[0]?.meterWh).toBeGreaterThan(before);
      await station.offline();
      await rig.pass(120);
      await station.tap(CARD);
      await station.online();
      await rig.pass(30);
      const values = central
        .all("MeterValues")
        .map(({ payload }) => payload.meterValue as { timestamp: string }[]);
      expect(values).toHaveLength(5);
      const stop = central.all("StopTransaction")[0]?.payload;
      expect(central.wire.lastIndexOf("< StopTransaction")).toBeGreaterThan(
        central.wire.lastIndexOf("< MeterValues"),
      );
      expect(told(rig, stop?.timestamp)).toBeLessThan(-HOUR + 1000);
      central.skip();
    },
  );

  rule("set forward", "no energy comes of it, a reservation ends in its time", {}, async (rig) => {
    const { central, station } = rig;
    const expiryDate = new Date(rig.clock.now() + HOUR / 2).toISOString();
    const request = { reservationId: 5, connectorId: 1, expiryDate, idTag: CARD };
    await central.send("ReserveNow", request, { status: "Accepted" });
    await central.status(1, "Reserved");
    const meter = station.status().evses[0]?.meterWh;
    setApart(rig, HOUR);
    await beat(rig);
    await central.status(1, "Available");
    expect(rig.of("reservation").at(-1)).toMatchObject({ event: "expired" });
    expect(station.status().evses[0]?.meterWh).toBe(meter);
  });

  rule("set back", "a reservation lasts until its time by the new clock", {}, async (rig) => {
    const { central } = rig;
    const expiryDate = new Date(rig.clock.now() + 60_000).toISOString();
    const request = { reservationId: 5, connectorId: 1, expiryDate, idTag: CARD };
    await central.send("ReserveNow", request, { status: "Accepted" });
    await central.status(1, "Reserved");
    setApart(rig, -HOUR);
    await beat(rig);
    await rig.pass(HOUR / 1000);
    await central.nothing("StatusNotification");
    await rig.pass(61);
    await central.status(1, "Available");
  });

  rule("set forward", "clock-aligned values come at whole intervals of the new clock", {}, async (rig) => {
    const { central } = rig;
    await central.send(
      "ChangeConfiguration",
      { key: "ClockAlignedDataInterval", value: "900" },
      { status: "Accepted" },
    );
    setApart(rig, 5 * 60_000);
    await beat(rig);
    await rig.pass(601);
    const values = await central.expect("MeterValues", { connectorId: 1 });
    expect((values.meterValue as { timestamp: string }[])[0]?.timestamp).toBe("2030-01-01T10:15:00.000Z");
  });
});
