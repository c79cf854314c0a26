import { setup, stateIn } from "xstate";
import { type State, Steps } from "./steps.ts";
import type { ChargePointStatus, ChargingState, ConnectorStatus } from "./types.ts";

/**
 * One connector: what it is used for, whether it is in service, whether it is well. The nine states of 1.6 (§4.9)
 * and the five of 2.0.1 are projections of these three.
 */

export type ConnectorEvent =
  | { type: "PLUGGED" }
  | { type: "UNPLUGGED" }
  | { type: "AUTHORIZED" }
  | { type: "AUTHORIZATION_ENDED" }
  | { type: "TX_STARTED" }
  | { type: "TX_ENDED" }
  | { type: "OPERATIVE" }
  | { type: "INOPERATIVE" }
  | { type: "FAULT" }
  | { type: "CLEAR" };

export const connectorMachine = setup({
  types: {} as { events: ConnectorEvent },
  guards: { wasInoperative: stateIn({ service: "inoperative" }) },
}).createMachine({
  id: "connector",
  type: "parallel",
  states: {
    use: {
      initial: "idle",
      states: {
        idle: { on: { PLUGGED: "plugged", AUTHORIZED: "authorized" } },
        /** Cable in, nobody authorized. */
        plugged: { on: { UNPLUGGED: "idle", AUTHORIZED: "ready" } },
        /** Somebody authorized, no cable yet: ConnectionTimeOut runs. */
        authorized: { on: { PLUGGED: "ready", AUTHORIZATION_ENDED: "idle" } },
        /** Both: the transaction is about to start. */
        ready: { on: { TX_STARTED: "transacting", AUTHORIZATION_ENDED: "plugged", UNPLUGGED: "authorized" } },
        transacting: {
          initial: "plugged",
          states: {
            plugged: { on: { UNPLUGGED: "unplugged", TX_ENDED: "#connector.use.finishing" } },
            unplugged: { on: { PLUGGED: "plugged", TX_ENDED: "#connector.use.idle" } },
          },
        },
        /** The transaction ended, the cable is still in. Back in service it is a cable like any other (1.6 §4.9, H2). */
        finishing: {
          on: {
            UNPLUGGED: "idle",
            AUTHORIZED: "ready",
            OPERATIVE: { guard: "wasInoperative", target: "plugged" },
          },
        },
      },
    },
    service: {
      initial: "operative",
      states: {
        operative: { on: { INOPERATIVE: "inoperative" } },
        inoperative: { on: { OPERATIVE: "operative" } },
      },
    },
    health: {
      initial: "well",
      states: {
        well: { on: { FAULT: "faulted" } },
        faulted: { on: { CLEAR: "well" } },
      },
    },
  },
});

export type ConnectorState = State<typeof connectorMachine>;

/** Shared by all connectors. */
export const connectorSteps = new Steps(connectorMachine);

/*
 * The values are compared here, not by `matches`: these questions are asked several times for each message, and
 * `matches` takes the question apart each time.
 */
const transacting = (s: ConnectorState) => typeof s.value.use === "object";

/** Is a cable in? */
export function isPlugged(s: ConnectorState): boolean {
  return (
    s.value.use === "plugged" ||
    s.value.use === "ready" ||
    s.value.use === "finishing" ||
    (typeof s.value.use === "object" && s.value.use.transacting === "plugged")
  );
}

/** Well, and nobody's; a cable may be in. */
export function isUnused(s: ConnectorState): boolean {
  const unused = s.value.use === "idle" || s.value.use === "plugged" || s.value.use === "finishing";
  return unused && s.value.health === "well";
}

/** May somebody start here: in service, well, and nobody else's. */
export function isFree(s: ConnectorState): boolean {
  return isUnused(s) && s.value.service === "operative";
}

/** Nobody is authorized yet. A cable does not end a reservation: only the token that it waits for does (1.6 §4.9, H03). */
const waits = (s: ConnectorState) => s.value.use === "idle" || s.value.use === "plugged";

/**
 * 1.6 §4.9. A running transaction shows through inoperative (it is only scheduled then), a fault through all.
 * `reserved`: somebody's reservation keeps the connector from others. `charging`: the transaction's state.
 */
export function chargePointStatus(
  s: ConnectorState,
  reserved = false,
  charging: ChargingState = "Charging",
): ChargePointStatus {
  if (s.value.health === "faulted") return "Faulted";
  if (transacting(s)) {
    return charging === "Charging" || charging === "SuspendedEVSE" ? charging : "SuspendedEV";
  }
  if (s.value.service === "inoperative") return "Unavailable";
  if (reserved && waits(s)) return "Reserved";
  if (s.value.use === "finishing") return "Finishing";
  return s.value.use === "idle" ? "Available" : "Preparing";
}

/** 2.0.1 ConnectorStatusEnumType: Occupied from the cable on, not from the tap on. */
export function connectorStatus(s: ConnectorState, reserved = false): ConnectorStatus {
  if (s.value.health === "faulted") return "Faulted";
  if (s.value.service === "inoperative" && !transacting(s)) return "Unavailable";
  if (reserved && waits(s)) return "Reserved";
  return isPlugged(s) || transacting(s) ? "Occupied" : "Available";
}
