import { assign, setup } from "xstate";
import type { ChargingState, StoppedReason, TriggerReason } from "./types.ts";

/**
 * One transaction, from the moment the power path closes (authorized and plugged: TxStartPoint PowerPathClosed)
 * until the cable or the authorization goes (TxStopPoint EVConnected, Authorized). 2.0.1 E01 to E08.
 */

export interface TransactionEffects {
  /** A state was entered: the first time this starts the transaction, later it updates it. */
  entered(state: ChargingState, trigger: TriggerReason): void;
  ended(trigger: TriggerReason, reason: StoppedReason): void;
  /** Closes or opens the contactor. */
  flow(on: boolean): void;
}

export interface TransactionContext {
  readonly do: TransactionEffects;
  readonly trigger: TriggerReason;
  readonly reason: StoppedReason;
}

export type TransactionMachineEvent =
  /** The cable was pulled, and put in again (2.0.1 E10). */
  | { type: "SUSPEND_EV" }
  /** `paused`: a charging profile leaves nothing at this moment. */
  | { type: "RESUME_EV"; paused?: boolean }
  /** The EV wants no more. */
  | { type: "FULL" }
  /** A charging profile leaves nothing, or something again. */
  | { type: "PAUSE" }
  | { type: "UNPAUSE"; full: boolean }
  /** The central system or a limit allows no more energy; the transaction stays open. */
  | { type: "SUSPEND_EVSE"; trigger: TriggerReason }
  | { type: "STOP"; trigger: TriggerReason; reason: StoppedReason };

/** Why a state changed, where the event does not say. */
const whys = {
  SUSPEND_EV: "EVCommunicationLost",
  RESUME_EV: "CablePluggedIn",
  FULL: "ChargingStateChanged",
  PAUSE: "ChargingStateChanged",
  UNPAUSE: "ChargingStateChanged",
} as const;

export const transactionMachine = setup({
  types: {} as {
    context: TransactionContext;
    events: TransactionMachineEvent;
    input: { do: TransactionEffects };
  },
  actions: {
    entered: ({ context }, p: { state: ChargingState }) => context.do.entered(p.state, context.trigger),
    tellEnded: ({ context }) => context.do.ended(context.trigger, context.reason),
    flowOn: ({ context }) => context.do.flow(true),
    flowOff: ({ context }) => context.do.flow(false),
    noteWhy: assign(({ event, context }) => ({
      trigger: "trigger" in event ? event.trigger : whys[event.type],
      reason: event.type === "STOP" ? event.reason : context.reason,
    })),
  },
  guards: {
    paused: ({ event }) => event.type === "RESUME_EV" && event.paused === true,
    full: ({ event }) => event.type === "UNPAUSE" && event.full,
  },
}).createMachine({
  id: "transaction",
  context: ({ input }) => ({
    do: input.do,
    trigger: "ChargingStateChanged",
    reason: "Local",
  }),
  initial: "charging",
  on: { STOP: { target: ".ended", actions: "noteWhy" } },
  states: {
    charging: {
      entry: [{ type: "entered", params: { state: "Charging" } }, "flowOn"],
      on: {
        SUSPEND_EV: { target: "suspendedEV", actions: "noteWhy" },
        FULL: { target: "full", actions: "noteWhy" },
        PAUSE: { target: "paused", actions: "noteWhy" },
        SUSPEND_EVSE: { target: "suspendedEVSE", actions: "noteWhy" },
      },
    },
    /** No EV is connected: Idle in 2.0.1's ChargingState, SuspendedEV among 1.6's statuses (§4.9). */
    suspendedEV: {
      entry: ["flowOff", { type: "entered", params: { state: "Idle" } }],
      on: {
        RESUME_EV: [
          { guard: "paused", target: "paused", actions: "noteWhy" },
          { target: "charging", actions: "noteWhy" },
        ],
        SUSPEND_EVSE: { target: "suspendedEVSE", actions: "noteWhy" },
      },
    },
    full: {
      entry: ["flowOff", { type: "entered", params: { state: "SuspendedEV" } }],
      on: {
        SUSPEND_EV: { target: "suspendedEV", actions: "noteWhy" },
        PAUSE: { target: "paused", actions: "noteWhy" },
        SUSPEND_EVSE: { target: "suspendedEVSE", actions: "noteWhy" },
      },
    },
    /** Held back by a charging profile. Where both suspend, SuspendedEVSE comes first (1.6 §4.9). */
    paused: {
      entry: ["flowOff", { type: "entered", params: { state: "SuspendedEVSE" } }],
      on: {
        SUSPEND_EV: { target: "suspendedEV", actions: "noteWhy" },
        UNPAUSE: [
          { guard: "full", target: "full", actions: "noteWhy" },
          { target: "charging", actions: "noteWhy" },
        ],
        SUSPEND_EVSE: { target: "suspendedEVSE", actions: "noteWhy" },
      },
    },
    /** Lost its authorization: nothing but the end leads out (C01.FR.23). */
    suspendedEVSE: { entry: ["flowOff", { type: "entered", params: { state: "SuspendedEVSE" } }] },
    ended: { type: "final", entry: ["flowOff", "tellEnded"] },
  },
});
