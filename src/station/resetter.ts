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

/** How long all but a hard reset wait for the end of transactions to be answered, ms (2.0.1 B12.FR.05). */
const PATIENCE_MS = 10_000;

/** Carries out a reset: ends transactions as its type wants, waits as its type wants, and cycles the power. */
export class Resetter {
  readonly #o: ResetterOptions;
  #wanted: { readonly reason: BootReason; readonly patient: boolean } | undefined;
  #timer: TimerHandle | undefined;

  constructor(o: ResetterOptions) {
    this.#o = o;
  }

  /** Is a reset on its way, the power still on? */
  get waits(): boolean {
    return this.#wanted !== undefined;
  }

  /**
   * Accepts a reset; it begins after the answer has left. Scheduled: EVSEs go out of service one by one, or a busy
   * station would never be idle (2.0.1 B12). Only 1.6's Hard does not try to tell the end of transactions first: that
   * goes when the station is back and accepted (1.6 §5.14).
   */
  ask(type: ResetType): "Accepted" | "Scheduled" {
    this.cancel();
    const scheduled = type === "OnIdle" && this.#busy;
    const wanted = {
      reason: scheduled ? "ScheduledReset" : "RemoteReset",
      patient: type !== "Hard",
    } as const;
    this.#wanted = wanted;
    if (scheduled) {
      for (const evse of this.#o.evses) evse.retire();
      return "Scheduled";
    }
    const reason = type === "Hard" || type === "Immediate" ? "ImmediateReset" : "Reboot";
    this.#o.kit.clock.setTimeout(() => {
      // It may be done already, or overtaken by another one or by a power cut.
      if (this.#wanted !== wanted) return;
      if (type === "Hard") this.#o.outbox.hold();
      for (const evse of this.#o.evses) evse.stop("ResetCommand", reason);
      this.proceed();
    }, 0);
    return "Accepted";
  }

  /** Something ended or was delivered: restarts when nothing is left to wait for. */
  proceed(): void {
    const wanted = this.#wanted;
    if (wanted === undefined || this.#busy) return;
    if (!wanted.patient || this.#o.outbox.size === 0) this.cycle(wanted.reason);
    else this.#timer ??= this.#o.kit.clock.setTimeout(() => this.cycle(wanted.reason), PATIENCE_MS);
  }

  cancel(): void {
    if (this.#timer !== undefined) this.#o.kit.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = undefined;
  }

  get #busy(): boolean {
    return this.#o.evses.some((e) => e.transaction !== undefined);
  }

  /** Takes the power away now, and brings it back. */
  cycle(reason: BootReason): void {
    this.cancel();
    this.#o.powerOff(reason);
    this.#timer = this.#o.kit.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#o.powerOn(reason);
    }, this.#o.rebootMs);
  }
}
