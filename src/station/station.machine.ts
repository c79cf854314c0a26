import { assign, setup } from "xstate";
import type { BootReason } from "./types.ts";

/**
 * Power, connection and registration of the station (1.6 §4.2 and J §5.4, 2.0.1 B01 to B03): nothing but
 * BootNotification goes out before Accepted; a mere reconnect needs no new BootNotification.
 */

export type Registration = "none" | "Pending" | "Rejected" | "Accepted";

/** What the machine causes. The station hands in what these do; tests look at the names alone. */
export interface StationEffects {
  openLink(): void;
  closeLink(): void;
  sendBoot(reason: BootReason): void;
  /** Registered and connected: everything may be sent. */
  wentOnline(): void;
  wentOffline(): void;
  registrationChanged(registration: Registration, interval: number): void;
  /** The clock's time, ms. */
  now(): number;
}

export interface StationContext {
  readonly do: StationEffects;
  readonly registration: Registration;
  readonly bootReason: BootReason;
  /** The interval of the last answer, s; the station's own where the answer leaves it open. */
  readonly intervalS: number;
  /** No BootNotification before this, ms: a connection that comes back does not shorten the wait (B02.FR.04). */
  readonly retryAt: number;
}

export type StationEvent =
  | { type: "POWER_ON"; reason: BootReason }
  | { type: "POWER_OFF" }
  | { type: "LINK_UP" }
  | { type: "LINK_DOWN" }
  | { type: "BOOT_ANSWER"; status: "Accepted" | "Pending" | "Rejected"; interval: number }
  | { type: "BOOT_FAILED" }
  | { type: "TRIGGER_BOOT" };

/** Used when the central system does not accept and gives interval 0, or no answer: "the station chooses" (1.6 §4.2). */
export const DEFAULT_BOOT_RETRY_S = 30;

export const stationMachine = setup({
  types: {} as { context: StationContext; events: StationEvent; input: { do: StationEffects } },
  actions: {
    openLink: ({ context }) => context.do.openLink(),
    closeLink: ({ context }) => context.do.closeLink(),
    sendBoot: ({ context }) => context.do.sendBoot(context.bootReason),
    wentOnline: ({ context }) => context.do.wentOnline(),
    wentOffline: ({ context }) => context.do.wentOffline(),
    tellRegistration: ({ context }) =>
      context.do.registrationChanged(context.registration, context.intervalS),
    noteBootReason: assign({
      bootReason: ({ context, event }) => (event.type === "POWER_ON" ? event.reason : context.bootReason),
      registration: "none",
      retryAt: 0,
    }),
    noteTriggered: assign({ bootReason: "Triggered" }),
    noteAnswer: assign(({ event, context }) => {
      if (event.type !== "BOOT_ANSWER") return {};
      const own = event.status !== "Accepted" && event.interval <= 0;
      const intervalS = own ? DEFAULT_BOOT_RETRY_S : event.interval;
      return { registration: event.status, intervalS, retryAt: context.do.now() + intervalS * 1000 };
    }),
    noteNoAnswer: assign(({ context }) => ({ retryAt: context.do.now() + DEFAULT_BOOT_RETRY_S * 1000 })),
  },
  guards: {
    isRegistered: ({ context }) => context.registration === "Accepted",
    mustWait: ({ context }) => context.retryAt > context.do.now(),
    accepts: ({ event }) => event.type === "BOOT_ANSWER" && event.status === "Accepted",
  },
  delays: { bootRetry: ({ context }) => Math.max(0, context.retryAt - context.do.now()) },
}).createMachine({
  id: "station",
  context: ({ input }) => ({
    do: input.do,
    registration: "none",
    bootReason: "PowerUp",
    intervalS: DEFAULT_BOOT_RETRY_S,
    retryAt: 0,
  }),
  initial: "off",
  states: {
    off: { on: { POWER_ON: { target: "on", actions: "noteBootReason" } } },
    on: {
      initial: "disconnected",
      entry: "openLink",
      exit: "closeLink",
      on: { POWER_OFF: "off", LINK_DOWN: ".disconnected" },
      states: {
        disconnected: {
          on: {
            LINK_UP: [
              { guard: "isRegistered", target: "operative" },
              { guard: "mustWait", target: "waiting" },
              { target: "booting" },
            ],
          },
        },
        booting: {
          entry: "sendBoot",
          on: {
            BOOT_ANSWER: [
              { guard: "accepts", target: "operative", actions: ["noteAnswer", "tellRegistration"] },
              { target: "waiting", actions: ["noteAnswer", "tellRegistration"] },
            ],
            BOOT_FAILED: { target: "waiting", actions: "noteNoAnswer" },
          },
        },
        waiting: {
          after: { bootRetry: "booting" },
          on: { TRIGGER_BOOT: { target: "booting", actions: "noteTriggered" } },
        },
        operative: {
          entry: "wentOnline",
          exit: "wentOffline",
          initial: "settled",
          states: {
            settled: { on: { TRIGGER_BOOT: { target: "rebooting", actions: "noteTriggered" } } },
            rebooting: {
              entry: "sendBoot",
              on: {
                BOOT_ANSWER: [
                  { guard: "accepts", target: "settled", actions: ["noteAnswer", "tellRegistration"] },
                  { target: "#station.on.waiting", actions: ["noteAnswer", "tellRegistration"] },
                ],
                BOOT_FAILED: "settled",
              },
            },
          },
        },
      },
    },
  },
});
