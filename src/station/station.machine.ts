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
}

export interface StationContext {
  readonly do: StationEffects;
  readonly registration: Registration;
  readonly bootReason: BootReason;
  /** Seconds until the next BootNotification while not accepted. */
  readonly retryS: number;
}

export type StationEvent =
  | { type: "POWER_ON"; reason: BootReason }
  | { type: "POWER_OFF" }
  | { type: "LINK_UP" }
  | { type: "LINK_DOWN" }
  | { type: "BOOT_ANSWER"; status: "Accepted" | "Pending" | "Rejected"; interval: number }
  | { type: "BOOT_FAILED" }
  | { type: "TRIGGER_BOOT" };

/** Used when the central system gives interval 0 or no answer: "the station chooses" (1.6 §4.2). */
export const DEFAULT_BOOT_RETRY_S = 30;

export const stationMachine = setup({
  types: {} as { context: StationContext; events: StationEvent; input: { do: StationEffects } },
  actions: {
    openLink: ({ context }) => context.do.openLink(),
    closeLink: ({ context }) => context.do.closeLink(),
    sendBoot: ({ context }) => context.do.sendBoot(context.bootReason),
    wentOnline: ({ context }) => context.do.wentOnline(),
    wentOffline: ({ context }) => context.do.wentOffline(),
    tellRegistration: ({ context }) => context.do.registrationChanged(context.registration, context.retryS),
    noteBootReason: assign({
      bootReason: ({ context, event }) => (event.type === "POWER_ON" ? event.reason : context.bootReason),
      registration: "none",
    }),
    noteTriggered: assign({ bootReason: "Triggered" }),
    noteAnswer: assign(({ event }) =>
      event.type === "BOOT_ANSWER"
        ? { registration: event.status, retryS: event.interval > 0 ? event.interval : DEFAULT_BOOT_RETRY_S }
        : {},
    ),
    noteNoAnswer: assign({ retryS: DEFAULT_BOOT_RETRY_S }),
  },
  guards: {
    isRegistered: ({ context }) => context.registration === "Accepted",
    accepts: ({ event }) => event.type === "BOOT_ANSWER" && event.status === "Accepted",
  },
  delays: { bootRetry: ({ context }) => context.retryS * 1000 },
}).createMachine({
  id: "station",
  context: ({ input }) => ({
    do: input.do,
    registration: "none",
    bootReason: "PowerUp",
    retryS: DEFAULT_BOOT_RETRY_S,
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
          on: { LINK_UP: [{ guard: "isRegistered", target: "operative" }, { target: "booting" }] },
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
