import type { CardUid } from "../../../station/card.ts";
import type { Clock } from "../../../station/ports.ts";
import type { TimerHandle } from "../../../util/clock.ts";
import type { PresenceForm } from "../../definitions.ts";

export interface PresenceListener {
  card(uid: CardUid): void;
  removed(uid: CardUid): void;
  /** The same card came back too soon to be a new tap. */
  suppressed(uid: CardUid, afterMs: number): void;
}

/**
 * Makes one tap of a card that is reported again and again while it is held: present at the first report, gone after
 * a silence.
 */
export class Presence {
  readonly #form: PresenceForm;
  readonly #clock: Clock;
  readonly #on: PresenceListener;
  #held: { readonly uid: CardUid; readonly suppressed: boolean } | undefined;
  #gone: { readonly uid: CardUid; readonly at: number } | undefined;
  #timer: TimerHandle | undefined;

  constructor(form: PresenceForm, clock: Clock, on: PresenceListener) {
    this.#form = form;
    this.#clock = clock;
    this.#on = on;
  }

  /** The reader reported this card. */
  seen(uid: CardUid): void {
    if (this.#held?.uid.equals(uid) !== true) {
      this.leave();
      this.#arrive(uid);
    }
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.leave(), this.#form.gapMs);
  }

  /** The card is gone, or its reader is. */
  leave(): void {
    this.#clock.clearTimeout(this.#timer);
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    if (held.suppressed) return;
    this.#gone = { uid: held.uid, at: this.#clock.now() };
    this.#on.removed(held.uid);
  }

  #arrive(uid: CardUid): void {
    const before = this.#gone;
    const afterMs =
      before?.uid.equals(uid) === true ? this.#clock.now() - before.at : Number.POSITIVE_INFINITY;
    const suppressed = afterMs < this.#form.debounceMs;
    this.#held = { uid, suppressed };
    if (suppressed) this.#on.suppressed(uid, afterMs);
    else this.#on.card(uid);
  }
}
