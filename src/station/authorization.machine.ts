import { assign, setup } from "xstate";
import type { Decision } from "./authorization/decide.ts";

/**
 * The life of one presented token: judged here or by the central system, announced, and then used for a transaction
 * or given up when no cable comes within ConnectionTimeOut (1.6 §9.1.4, 2.0.1 C01.FR.26). One actor a token, and
 * none while nobody taps.
 */

export interface AuthorizationEffects {
  /** Sends Authorize; the answer comes back as JUDGED. */
  ask(): void;
  /** Says the verdict: signal, fact. */
  announce(decision: Decision): void;
  /** The token is valid: find it a connector. */
  accepted(decision: Decision): void;
  /** No cable came, or the same card took it back. */
  gaveUp(why: "timeout" | "cancelled"): void;
}

export interface AuthorizationContext {
  readonly do: AuthorizationEffects;
  readonly decision: Decision;
  readonly connectionTimeOutS: number;
}

export type AuthorizationEvent =
  | { type: "JUDGED"; decision: Decision }
  /** A transaction took it. */
  | { type: "USED" }
  | { type: "CANCEL" };

export const authorizationMachine = setup({
  types: {} as {
    context: AuthorizationContext;
    events: AuthorizationEvent;
    input: AuthorizationContext;
  },
  actions: {
    ask: ({ context }) => context.do.ask(),
    announce: ({ context }) => context.do.announce(context.decision),
    accepted: ({ context }) => context.do.accepted(context.decision),
    timedOut: ({ context }) => context.do.gaveUp("timeout"),
    cancelled: ({ context }) => context.do.gaveUp("cancelled"),
    note: assign(({ event, context }) => ({
      decision: event.type === "JUDGED" ? event.decision : context.decision,
    })),
  },
  guards: {
    mustAsk: ({ context }) => context.decision.do === "ask",
    isAccepted: ({ context }) => context.decision.do === "accept",
    /** 0: the authorization waits for ever. */
    hasTimeOut: ({ context }) => context.connectionTimeOutS > 0,
  },
  delays: { connectionTimeOut: ({ context }) => context.connectionTimeOutS * 1000 },
}).createMachine({
  id: "authorization",
  context: ({ input }) => input,
  initial: "judging",
  states: {
    judging: {
      always: [
        { guard: "mustAsk", target: "asking" },
        { guard: "isAccepted", target: "authorized" },
        { target: "rejected" },
      ],
    },
    asking: {
      entry: "ask",
      on: { JUDGED: { target: "judging", actions: "note" } },
    },
    authorized: {
      entry: ["announce", "accepted"],
      after: { connectionTimeOut: { guard: "hasTimeOut", target: "ended", actions: "timedOut" } },
      on: { USED: "used", CANCEL: { target: "ended", actions: "cancelled" } },
    },
    rejected: { type: "final", entry: "announce" },
    used: { type: "final" },
    ended: { type: "final" },
  },
});
