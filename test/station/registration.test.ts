import { describe, expect, it } from "vitest";
import { bench, kindsOf } from "../support/station.ts";

/** What may and must be said before the central system accepts: 1.6 §4.2, 2.0.1 B01 to B03. */

const answer = (status: "Accepted" | "Pending" | "Rejected", interval: number) => () =>
  ({ ok: true, value: { status, interval, currentTime: "2030-01-01T00:00:00.000Z" } }) as const;

async function unaccepted(status: "Pending" | "Rejected") {
  const b = bench({ evses: 2 });
  b.csms.script.boot = answer(status, 300);
  b.station.start();
  await b.clock.advance(1);
  return b;
}

describe("the next BootNotification", () => {
  it.each(["Pending", "Rejected"] as const)(
    "a connection that breaks while %s does not bring it forward (1.6 §4.2, B02.FR.04)",
    async (status) => {
      const b = await unaccepted(status);
      for (let i = 0; i < 5; i++) {
        b.csms.disconnect();
        await b.clock.advance(2000);
        b.csms.connect();
        await b.clock.advance(1);
      }
      expect(kindsOf(b)).toEqual(["boot"]);
      await b.clock.advance(290_000);
      expect(kindsOf(b)).toEqual(["boot", "boot"]);
    },
  );

  it("comes at once when the time ran out while the connection was away", async () => {
    const b = await unaccepted("Pending");
    b.csms.disconnect();
    await b.clock.advance(400_000);
    expect(kindsOf(b)).toEqual(["boot"]);
    b.csms.connect();
    await b.clock.advance(1);
    expect(kindsOf(b)).toEqual(["boot", "boot"]);
  });

  it("comes at once after a power cut", async () => {
    const b = await unaccepted("Pending");
    b.station.cutPower();
    b.station.start();
    await b.clock.advance(1);
    expect(kindsOf(b)).toEqual(["boot", "boot"]);
  });

  it("Accepted with interval 0 leaves the station its own heartbeat interval", async () => {
    const b = bench({ settings: { "OCPPCommCtrlr.HeartbeatInterval": "100" } });
    b.csms.script.boot = answer("Accepted", 0);
    b.station.start();
    await b.clock.advance(101_000);
    expect(b.csms.of("heartbeat")).toHaveLength(1);
  });
});
