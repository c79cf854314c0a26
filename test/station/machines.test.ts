import { describe, expect, it } from "vitest";
import { initialTransition, transition } from "xstate";
import type { Decision } from "../../src/station/authorization/decide.ts";
import {
  type AuthorizationEvent,
  authorizationMachine,
  judged,
} from "../../src/station/authorization.machine.ts";
import {
  type ConnectorEvent,
  chargePointStatus,
  connectorStatus,
  connectorSteps,
} from "../../src/station/connector.machine.ts";
import { type StationEvent, stationMachine } from "../../src/station/station.machine.ts";
import { type TransactionMachineEvent, transactionMachine } from "../../src/station/transaction.machine.ts";

/** Effects are named; the tables look at names and never run them. */
const unset = new Proxy({}, { get: (_, name) => () => (name === "now" ? 0 : undefined) }) as never;
const names = (actions: readonly { type: string }[]) =>
  actions.map((a) => a.type).filter((t) => !t.startsWith("xstate.") && !t.startsWith("note"));

describe("station machine: state x event", () => {
  const paths: Record<string, StationEvent[]> = {
    off: [],
    disconnected: [{ type: "POWER_ON", reason: "PowerUp" }],
    booting: [{ type: "POWER_ON", reason: "PowerUp" }, { type: "LINK_UP" }],
    waiting: [{ type: "POWER_ON", reason: "PowerUp" }, { type: "LINK_UP" }, { type: "BOOT_FAILED" }],
    disconnectedPending: [
      { type: "POWER_ON", reason: "PowerUp" },
      { type: "LINK_UP" },
      { type: "BOOT_ANSWER", status: "Pending", interval: 9 },
      { type: "LINK_DOWN" },
    ],
    operative: [
      { type: "POWER_ON", reason: "PowerUp" },
      { type: "LINK_UP" },
      { type: "BOOT_ANSWER", status: "Accepted", interval: 1 },
    ],
  };
  const answer = (status: "Accepted" | "Pending" | "Rejected") =>
    ({ type: "BOOT_ANSWER", status, interval: 9 }) as const;
  const rows: readonly [keyof typeof paths, StationEvent, unknown, string[]][] = [
    ["off", { type: "POWER_ON", reason: "PowerUp" }, { on: "disconnected" }, ["openLink"]],
    ["off", { type: "LINK_UP" }, "off", []],
    ["off", { type: "POWER_OFF" }, "off", []],
    ["disconnected", { type: "LINK_UP" }, { on: "booting" }, ["sendBoot"]],
    ["disconnectedPending", { type: "LINK_UP" }, { on: "waiting" }, []],
    ["disconnected", { type: "TRIGGER_BOOT" }, { on: "disconnected" }, []],
    ["disconnected", { type: "POWER_OFF" }, "off", ["closeLink"]],
    ["booting", answer("Accepted"), { on: { operative: "settled" } }, ["tellRegistration", "wentOnline"]],
    ["booting", answer("Pending"), { on: "waiting" }, ["tellRegistration"]],
    ["booting", answer("Rejected"), { on: "waiting" }, ["tellRegistration"]],
    ["booting", { type: "BOOT_FAILED" }, { on: "waiting" }, []],
    ["booting", { type: "LINK_DOWN" }, { on: "disconnected" }, []],
    ["waiting", { type: "TRIGGER_BOOT" }, { on: "booting" }, ["sendBoot"]],
    ["waiting", { type: "LINK_DOWN" }, { on: "disconnected" }, []],
    ["operative", { type: "LINK_DOWN" }, { on: "disconnected" }, ["wentOffline"]],
    ["operative", { type: "POWER_OFF" }, "off", ["wentOffline", "closeLink"]],
    ["operative", { type: "TRIGGER_BOOT" }, { on: { operative: "rebooting" } }, ["sendBoot"]],
  ];

  it.each(rows)("%s x %o", (from, event, to, effects) => {
    let [state] = initialTransition(stationMachine, { do: unset });
    for (const step of paths[from] ?? []) [state] = transition(stationMachine, state, step);
    const [next, actions] = transition(stationMachine, state, event);
    expect(next.value).toEqual(to);
    expect(names(actions)).toEqual(effects);
  });

  it("comes back online without BootNotification after a mere reconnect (J §5.4)", () => {
    let [state] = initialTransition(stationMachine, { do: unset });
    for (const step of [...(paths.operative ?? []), { type: "LINK_DOWN" } as const])
      [state] = transition(stationMachine, state, step);
    const [next, actions] = transition(stationMachine, state, { type: "LINK_UP" });
    expect(next.matches({ on: "operative" })).toBe(true);
    expect(names(actions)).toEqual(["wentOnline"]);
  });
});

describe("connector machine: what 1.6 and 2.0.1 see", () => {
  const steps = (events: readonly ConnectorEvent[]) =>
    events.reduce((state, { type }) => connectorSteps.next(state, type).to, connectorSteps.start);
  const e = (...types: string[]) => types.map((type) => ({ type }) as ConnectorEvent);
  const fault = { type: "FAULT" } as const;
  const charging = e("PLUGGED", "AUTHORIZED", "TX_STARTED");
  const rows: readonly [string, ConnectorEvent[], string, string][] = [
    ["idle", [], "Available", "Available"],
    ["cable in", e("PLUGGED"), "Preparing", "Occupied"],
    ["cable in and out", e("PLUGGED", "UNPLUGGED"), "Available", "Available"],
    ["authorized", e("AUTHORIZED"), "Preparing", "Available"],
    ["authorization ended", e("AUTHORIZED", "AUTHORIZATION_ENDED"), "Available", "Available"],
    ["charging", charging, "Charging", "Occupied"],
    ["ended, cable in", [...charging, ...e("TX_ENDED")], "Finishing", "Occupied"],
    ["ended, cable out", [...charging, ...e("TX_ENDED", "UNPLUGGED")], "Available", "Available"],
    ["ended by pulling the cable", [...charging, ...e("UNPLUGGED", "TX_ENDED")], "Available", "Available"],
    ["again after finishing", [...charging, ...e("TX_ENDED", "AUTHORIZED")], "Preparing", "Occupied"],
    ["out of service", e("INOPERATIVE"), "Unavailable", "Unavailable"],
    ["back in service", e("INOPERATIVE", "OPERATIVE"), "Available", "Available"],
    [
      "out of service while charging shows afterwards",
      [...charging, ...e("INOPERATIVE")],
      "Charging",
      "Occupied",
    ],
    ["faulted", [fault], "Faulted", "Faulted"],
    ["faulted while charging", [...charging, fault], "Faulted", "Faulted"],
    ["fault cleared", [...e("PLUGGED"), fault, ...e("CLEAR")], "Preparing", "Occupied"],
    ["a stray unplug", e("UNPLUGGED"), "Available", "Available"],
    ["a stray end", e("PLUGGED", "TX_ENDED"), "Preparing", "Occupied"],
  ];
  const reserved: typeof rows = [
    ["idle", [], "Reserved", "Reserved"],
    ["cable in, nobody authorized (H03)", e("PLUGGED"), "Reserved", "Reserved"],
    ["its card is there", e("AUTHORIZED"), "Preparing", "Available"],
    ["its card and a cable are there", e("PLUGGED", "AUTHORIZED"), "Preparing", "Occupied"],
    ["charging", charging, "Charging", "Occupied"],
    ["the last cable is still in", [...charging, ...e("TX_ENDED")], "Finishing", "Occupied"],
    ["out of service", e("INOPERATIVE"), "Unavailable", "Unavailable"],
    ["faulted", [fault], "Faulted", "Faulted"],
  ];

  it.each(rows)("%s", (_name, events, nine, five) => {
    expect([chargePointStatus(steps(events)), connectorStatus(steps(events))]).toEqual([nine, five]);
  });

  it.each([
    ["Charging", "Charging"],
    ["SuspendedEVSE", "SuspendedEVSE"],
    ["SuspendedEV", "SuspendedEV"],
    ["Idle", "SuspendedEV"],
  ] as const)("a transaction that is %s", (charges, nine) => {
    expect(chargePointStatus(steps(charging), false, charges)).toBe(nine);
  });

  it("is worked out once: the same way leads to the same object", () => {
    expect(steps(e("PLUGGED", "UNPLUGGED"))).toBe(connectorSteps.start);
    expect(steps(e("PLUGGED", "AUTHORIZED"))).toBe(steps(e("AUTHORIZED", "PLUGGED")));
  });

  it.each(reserved)("reserved: %s", (_name, events, nine, five) => {
    expect([chargePointStatus(steps(events), true), connectorStatus(steps(events), true)]).toEqual([
      nine,
      five,
    ]);
  });
});

describe("transaction machine", () => {
  const stop = { type: "STOP", trigger: "StopAuthorized", reason: "Local" } as const;
  const suspend = { type: "SUSPEND_EVSE", trigger: "Deauthorized" } as const;
  const pause = { type: "PAUSE" } as const;
  const unpause = (full: boolean) => ({ type: full ? "UNPAUSE_FULL" : "UNPAUSE" }) as const;
  const rows: readonly [TransactionMachineEvent[], string, string[]][] = [
    [[], "charging", ["entered", "flowOn"]],
    [[{ type: "SUSPEND_EV" }], "suspendedEV", ["flowOff", "entered"]],
    [[{ type: "SUSPEND_EV" }, { type: "RESUME_EV" }], "charging", ["entered", "flowOn"]],
    [[pause], "paused", ["flowOff", "entered"]],
    [[pause, pause], "paused", []],
    [[{ type: "FULL" }], "full", ["flowOff", "entered"]],
    [[{ type: "FULL" }, { type: "SUSPEND_EV" }], "suspendedEV", ["flowOff", "entered"]],
    [[{ type: "FULL" }, pause, unpause(true)], "full", ["flowOff", "entered"]],
    [[pause, { type: "SUSPEND_EV" }], "suspendedEV", ["flowOff", "entered"]],
    [[{ type: "SUSPEND_EV" }, { type: "RESUME_PAUSED" }], "paused", ["flowOff", "entered"]],
    [[pause, unpause(false)], "charging", ["entered", "flowOn"]],
    [[{ type: "SUSPEND_EV" }, pause], "suspendedEV", []],
    [[unpause(false)], "charging", []],
    [[suspend, unpause(false)], "suspendedEVSE", []],
    [[pause, suspend, unpause(false)], "suspendedEVSE", []],
    [[pause, stop], "ended", ["flowOff", "tellEnded"]],
    [[suspend], "suspendedEVSE", ["flowOff", "entered"]],
    [[suspend, { type: "RESUME_EV" }], "suspendedEVSE", []],
    [[{ type: "RESUME_EV" }], "charging", []],
    [[stop], "ended", ["flowOff", "tellEnded"]],
    [[suspend, stop], "ended", ["flowOff", "tellEnded"]],
    [[stop, { type: "RESUME_EV" }], "ended", []],
  ];

  it.each(rows)("%j ends in %s", (events, value, effects) => {
    let [state, actions] = initialTransition(transactionMachine);
    for (const event of [{ type: "START" } as const, ...events])
      [state, actions] = transition(transactionMachine, state, event);
    expect(state.value).toBe(value);
    expect(names(actions)).toEqual(effects);
  });
});

describe("authorization machine", () => {
  const decision = (what: "accept" | "reject" | "ask") =>
    ({ do: what, rule: "r", why: "w", spec: "s", by: "csms", status: "Accepted" }) as Decision;
  const rows: readonly [string, "accept" | "reject" | "ask", AuthorizationEvent[], string, string[]][] = [
    ["accepted here", "accept", [], "authorized", ["announce", "startTimeOut", "accepted"]],
    ["rejected here", "reject", [], "rejected", ["announce"]],
    ["asks", "ask", [], "asking", ["ask"]],
    [
      "asked, accepted",
      "ask",
      [judged(decision("accept"))],
      "authorized",
      ["announce", "startTimeOut", "accepted"],
    ],
    ["asked, rejected", "ask", [judged(decision("reject"))], "rejected", ["announce"]],
    ["used", "accept", [{ type: "USED" }], "used", ["stopTimeOut"]],
    ["taken back", "accept", [{ type: "CANCEL" }], "ended", ["stopTimeOut", "cancelled"]],
    ["no cable came", "accept", [{ type: "TIMED_OUT" }], "ended", ["stopTimeOut", "timedOut"]],
    ["a cancel while asking changes nothing", "ask", [{ type: "CANCEL" }], "asking", []],
    ["a late answer changes nothing", "accept", [judged(decision("reject"))], "authorized", []],
  ];

  it.each(rows)("%s", (_name, first, events, value, effects) => {
    let [state, actions] = initialTransition(authorizationMachine);
    for (const event of [judged(decision(first)), ...events])
      [state, actions] = transition(authorizationMachine, state, event);
    expect(state.value).toBe(value);
    expect(names(actions)).toEqual(effects);
  });
});
