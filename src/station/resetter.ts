import type { TimerHandle } from "../util/clock.ts";
import type { Evse } from "./evse.ts";
import type { Kit } from "./kit.ts";
import type { Outbox } from "./outbox.ts";
import type { BootReason, ResetType } from "./types.ts";

interface ResetterOptions {
  readonly kit: Kit;
  readonly evses: readonly Evse[];
  readonly outbox: Outbox;
  /** How long the power stays away, ms. */
  readonly rebootMs: number;
  /** Takes the power away, as a reset does. */
  powerOff(reason: BootReason): void;
  powerOn(reason: BootReason): void;
}

/** How long a soft reset waits for StopTransaction to be answered, ms. */
const PATIENCE_MS = 10_000;

/** Carries out a reset: ends transactions as its type wants, waits as its type wants, and cycles the power. */
export class Resetter {
  readonly #o: ResetterOptions;
  #wanted: { readonly reason: BootReason; readonly patient: boolean } | undefined;
  #timer: TimerHandle | undefined;

  constructor(o: ResetterOptions) {
    this.#o = o;
  }

  /** Accepts a reset; it begins after the answer has left. */
  ask(type: ResetType): "Accepted" | "Scheduled" {
    this.cancel();
    const scheduled = type === "OnIdle" && this.#busy;
    const patient = type === "Soft" || type === "OnIdle";
    this.#wanted = { reason: scheduled ? "ScheduledReset" : "RemoteReset", patient };
    if (scheduled) return "Scheduled";
    this.#o.kit.clock.setTimeout(() => {
      for (const evse of this.#o.evses) evse.stop("ResetCommand", patient ? "Reboot" : "ImmediateReset");
      this.proceed();
    }, 0);
    return "Accepted";
  }

  /** Something ended or was delivered: restarts when nothing is left to wait for. */
  proceed(): void {
    const wanted = this.#wanted;
    if (wanted === undefined || this.#busy) return;
    if (!wanted.patient || this.#o.outbox.size === 0) this.#cycle(wanted.reason);
    else this.#timer ??= this.#o.kit.clock.setTimeout(() => this.#cycle(wanted.reason), PATIENCE_MS);
  }

  cancel(): void {
    if (this.#timer !== undefined) this.#o.kit.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = undefined;
  }

  get #busy(): boolean {
    return this.#o.evses.some((e) => e.transaction !== undefined);
  }

  #cycle(reason: BootReason): void {
    this.cancel();
    this.#o.powerOff(reason);
    this.#timer = this.#o.kit.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#o.powerOn(reason);
    }, this.#o.rebootMs);
  }
}
