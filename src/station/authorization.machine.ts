import { setup } from "xstate";
import type { Decision } from "./authorization/decide.ts";
import { Steps } from "./steps.ts";

/**
 * The life of one presented token: judged here or by the central system, announced, and then used for a transaction
 * or given up when no cable comes within ConnectionTimeOut (1.6 §9.1.4, 2.0.1 C01.FR.26). One run a token, and
 * none while nobody taps.
 */

export type AuthorizationEffects = {
  /** Sends Authorize; what comes of it is judged again. */
  ask(): void;
  /** Says the verdict: signal, fact. */
  announce(event: Judged): void;
  /** The token is valid: find it a connector. */
  accepted(event: Judged): void;
  /** ConnectionTimeOut begins, and is over: TIMED_OUT says that it ran out. */
  startTimeOut(): void;
  stopTimeOut(): void;
  /** No cable came. */
  timedOut(): void;
  /** The same card took it back. */
  cancelled(): void;
};

/** What the decision says is to be done. */
const judgements = { ask: "ASK", accept: "ACCEPT", reject: "REJECT" } as const;

export type Judged = { type: (typeof judgements)[keyof typeof judgements]; decision: Decision };

export type AuthorizationEvent =
  | Judged
  /** A transaction took it. */
  | { type: "USED" }
  | { type: "CANCEL" }
  | { type: "TIMED_OUT" };

/** The event that a decision is. */
export const judged = (decision: Decision): Judged => ({
  type: judgements[decision.do],
  decision,
});

const unset = () => {};

export const authorizationMachine = setup({
  types: {} as { events: AuthorizationEvent },
  actions: {
    ask: unset,
    announce: unset,
    accepted: unset,
    startTimeOut: unset,
    stopTimeOut: unset,
    timedOut: unset,
    cancelled: unset,
  } satisfies Record<keyof AuthorizationEffects, unknown>,
}).createMachine({
  id: "authorization",
  initial: "judging",
  states: {
    judging: { on: { ASK: "asking", ACCEPT: "authorized", REJECT: "rejected" } },
    asking: { entry: "ask", on: { ACCEPT: "authorized", REJECT: "rejected" } },
    authorized: {
      entry: ["announce", "startTimeOut", "accepted"],
      exit: "stopTimeOut",
      on: {
        USED: "used",
        CANCEL: { target: "ended", actions: "cancelled" },
        TIMED_OUT: { target: "ended", actions: "timedOut" },
      },
    },
    rejected: { type: "final", entry: "announce" },
    used: { type: "final" },
    ended: { type: "final" },
  },
});

/** Shared by all tokens. */
export const authorizationSteps = new Steps(authorizationMachine);
