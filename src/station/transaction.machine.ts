import { setup } from "xstate";
import { Steps } from "./steps.ts";
import type { ChargingState, StoppedReason, TriggerReason } from "./types.ts";

/**
 * One transaction, from the moment the power path closes (authorized and plugged: TxStartPoint PowerPathClosed)
 * until the cable or the authorization goes (TxStopPoint EVConnected, Authorized). 2.0.1 E01 to E08.
 */

export type TransactionEffects = {
  /** A state was entered: the first time this starts the transaction, later it updates it. */
  entered(event: TransactionMachineEvent, p: { readonly state: ChargingState }): void;
  tellEnded(event: TransactionMachineEvent): void;
  /** Close and open the contactor. */
  flowOn(): void;
  flowOff(): void;
};

export type TransactionMachineEvent =
  | { type: "START" }
  /** The cable was pulled, and put in again (2.0.1 E10). */
  | { type: "SUSPEND_EV" }
  | { type: "RESUME_EV" }
  /** As RESUME_EV, but a charging profile leaves nothing at this moment. */
  | { type: "RESUME_PAUSED" }
  /** The EV wants no more. */
  | { type: "FULL" }
  /** A charging profile leaves nothing, or something again. */
  | { type: "PAUSE" }
  | { type: "UNPAUSE" }
  /** As UNPAUSE, but the EV wants nothing. */
  | { type: "UNPAUSE_FULL" }
  /** The central system or a limit allows no more energy; the transaction stays open. */
  | { type: "SUSPEND_EVSE"; trigger: TriggerReason }
  | { type: "STOP"; trigger: TriggerReason; reason: StoppedReason };

/** Why a state changed, where the event does not say. */
const whys = {
  START: "ChargingStateChanged",
  SUSPEND_EV: "EVCommunicationLost",
  RESUME_EV: "CablePluggedIn",
  RESUME_PAUSED: "CablePluggedIn",
  FULL: "ChargingStateChanged",
  PAUSE: "ChargingStateChanged",
  UNPAUSE: "ChargingStateChanged",
  UNPAUSE_FULL: "ChargingStateChanged",
} as const;

export const triggerOf = (event: TransactionMachineEvent): TriggerReason =>
  "trigger" in event ? event.trigger : whys[event.type];

export const transactionMachine = setup({
  types: {} as { events: TransactionMachineEvent },
  actions: {
    entered: (_: unknown, _p: { state: ChargingState }) => {},
    tellEnded: () => {},
    flowOn: () => {},
    flowOff: () => {},
  } satisfies Record<keyof TransactionEffects, unknown>,
}).createMachine({
  id: "transaction",
  initial: "new",
  on: { STOP: ".ended" },
  states: {
    new: { on: { START: "charging" } },
    charging: {
      entry: [{ type: "entered", params: { state: "Charging" } }, "flowOn"],
      on: {
        SUSPEND_EV: "suspendedEV",
        FULL: "full",
        PAUSE: "paused",
        SUSPEND_EVSE: "suspendedEVSE",
      },
    },
    /** No EV is connected: Idle in 2.0.1's ChargingState, SuspendedEV among 1.6's statuses (§4.9). */
    suspendedEV: {
      entry: ["flowOff", { type: "entered", params: { state: "Idle" } }],
      on: {
        RESUME_EV: "charging",
        RESUME_PAUSED: "paused",
        SUSPEND_EVSE: "suspendedEVSE",
      },
    },
    full: {
      entry: ["flowOff", { type: "entered", params: { state: "SuspendedEV" } }],
      on: {
        SUSPEND_EV: "suspendedEV",
        PAUSE: "paused",
        SUSPEND_EVSE: "suspendedEVSE",
      },
    },
    /** Held back by a charging profile. Where both suspend, SuspendedEVSE comes first (1.6 §4.9). */
    paused: {
      entry: ["flowOff", { type: "entered", params: { state: "SuspendedEVSE" } }],
      on: {
        SUSPEND_EV: "suspendedEV",
        UNPAUSE: "charging",
        UNPAUSE_FULL: "full",
        SUSPEND_EVSE: "suspendedEVSE",
      },
    },
    /** Lost its authorization: nothing but the end leads out (C01.FR.23). */
    suspendedEVSE: { entry: ["flowOff", { type: "entered", params: { state: "SuspendedEVSE" } }] },
    ended: { type: "final", entry: ["flowOff", "tellEnded"] },
  },
});

/** Shared by all transactions. */
export const transactionSteps = new Steps(transactionMachine);
