import { describe, expect, it } from "vitest";
import { type Bench, running } from "../support/station.ts";

/** MinimumStatusDuration (1.6 §4.9, §9.1.20): what lasts shorter is not told. */

type Step =
  | readonly ["plug" | "unplug" | "fault" | "clear" | "connect" | "disconnect"]
  | readonly ["wait", number];

const evse = (b: Bench) => {
  const [first] = b.station.evses;
  if (first === undefined) throw new Error("no EVSE");
  return first;
};

const doers: Record<Exclude<Step[0], "wait">, (b: Bench) => void> = {
  plug: (b) => evse(b).plug(),
  unplug: (b) => evse(b).unplug(),
  fault: (b) => evse(b).fault("GroundFailure"),
  clear: (b) => evse(b).clear(),
  connect: (b) => b.csms.connect(),
  disconnect: (b) => b.csms.disconnect(),
};

const rows: readonly [string, Step[], string[]][] = [
  ["is told when it has lasted", [["plug"], ["wait", 9_999]], []],
  ["and not before", [["plug"], ["wait", 10_000]], ["Preparing"]],
  ["is not told when it passed", [["plug"], ["wait", 5000], ["unplug"], ["wait", 60_000]], []],
  [
    "only the last of several is told, its time counted from itself",
    [["plug"], ["wait", 9000], ["fault"], ["wait", 9000]],
    [],
  ],
  ["the last of several is told", [["plug"], ["wait", 9000], ["fault"], ["wait", 10_000]], ["Faulted"]],
  [
    "is told at once on return, once",
    [["plug"], ["disconnect"], ["connect"], ["wait", 60_000]],
    ["Preparing"],
  ],
  ["waits for nothing while offline", [["disconnect"], ["plug"], ["wait", 60_000]], []],
];

describe("a status with MinimumStatusDuration of 10 s", () => {
  it.each(rows)("%s", async (_name, steps, told) => {
    const b = await running({ settings: { "ChargingStation.MinimumStatusDuration": "10" } });
    b.csms.sent.length = 0;
    for (const [what, ms] of steps) {
      if (what === "wait") await b.clock.advance(ms ?? 0);
      else doers[what](b);
    }
    await b.clock.advance(0);
    expect(b.csms.of("status").map((s) => s.chargePointStatus)).toEqual(told);
    await b.station.stop();
    expect(b.clock.pending).toBe(0);
  });

  it("is told at once when it is asked for", async () => {
    const b = await running({ settings: { "ChargingStation.MinimumStatusDuration": "10" } });
    b.csms.sent.length = 0;
    evse(b).plug();
    b.csms.commands.trigger({ message: "StatusNotification", evseId: 1 });
    await b.clock.advance(1);
    expect(b.csms.of("status").map((s) => s.chargePointStatus)).toEqual(["Preparing"]);
    await b.clock.advance(60_000);
    expect(b.csms.of("status")).toHaveLength(1);
  });
});
