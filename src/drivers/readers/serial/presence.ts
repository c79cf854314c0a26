import type { CardUid } from "../../../station/card.ts";
import type { Clock } from "../../../station/ports.ts";
import type { TimerHandle } from "../../../util/clock.ts";
import type { PresenceForm } from "../../definitions.ts";

export interface PresenceListener<C> {
  card(card: C): void;
  removed(card: C): void;
  /** A card that is no tap, and why. */
  suppressed(card: C, why: string): void;
}

interface Held<C> {
  readonly card: C;
  readonly since: number;
  state: "waiting" | "told" | "suppressed";
  /** Until it counts as gone (reports), or until it was held long enough (comings and goings). */
  timer?: TimerHandle;
  repeat?: TimerHandle;
}

/**
 * Makes taps of what a reader tells. Readers that report a card again and again while it is held call `seen`: it is
 * gone after a silence. Readers that tell its coming and going call `came` and `went`.
 */
export class Presence<C extends { readonly uid: CardUid }> {
  readonly #form: PresenceForm;
  readonly #clock: Clock;
  readonly #on: PresenceListener<C>;
  readonly #held = new Map<string, Held<C>>();
  /** When cards went, as long as that matters. */
  readonly #gone = new Map<string, number>();

  constructor(form: PresenceForm, clock: Clock, on: PresenceListener<C>) {
    this.#form = form;
    this.#clock = clock;
    this.#on = on;
  }

  /** The reader reported this card. */
  seen(card: C): void {
    const held = this.#held.get(card.uid.hex) ?? this.#arrive(card);
    if (held.state === "waiting" && this.#clock.now() - held.since >= this.#minHoldMs) this.#tell(held);
    this.#clock.clearTimeout(held.timer);
    held.timer = this.#clock.setTimeout(() => this.went(card.uid), this.#form.gapMs);
  }

  /** A card came into the field; one that is there already stays. */
  came(card: C): void {
    if (this.#held.has(card.uid.hex)) return;
    const held = this.#arrive(card);
    if (held.state === "waiting")
      held.timer = this.#clock.setTimeout(() => this.#tell(held), this.#minHoldMs);
  }

  /** A card left the field. */
  went(uid: CardUid): void {
    const held = this.#held.get(uid.hex);
    if (held === undefined) return;
    this.#held.delete(uid.hex);
    this.#clock.clearTimeout(held.timer);
    this.#clock.clearTimeout(held.repeat);
    const now = this.#clock.now();
    if (held.state === "told") {
      this.#gone.set(uid.hex, now);
      this.#on.removed(held.card);
    } else if (held.state === "waiting") {
      this.#suppress(held, `held for ${now - held.since} ms only (minimum ${this.#minHoldMs} ms)`);
    }
  }

  /** All cards are gone, or their reader is. */
  leave(): void {
    for (const { card } of [...this.#held.values()]) this.went(card.uid);
  }

  get #minHoldMs(): number {
    return this.#form.minHoldMs ?? 0;
  }

  #arrive(card: C): Held<C> {
    const others = [...this.#held.values()];
    const held: Held<C> = { card, since: this.#clock.now(), state: "waiting" };
    this.#held.set(card.uid.hex, held);
    const why = this.#bounced(card) ?? this.#crowded(others);
    if (why !== undefined) this.#suppress(held, why);
    else if (this.#minHoldMs === 0) this.#tell(held);
    return held;
  }

  /** Why this card's coming is no new tap. */
  #bounced(card: C): string | undefined {
    const { debounceMs } = this.#form;
    const now = this.#clock.now();
    const since = (at: number): number => Math.abs(now - at);
    for (const [hex, at] of this.#gone) if (since(at) >= debounceMs) this.#gone.delete(hex);
    const at = this.#gone.get(card.uid.hex);
    return at === undefined
      ? undefined
      : `the same card again after ${since(at)} ms (debounce ${debounceMs} ms)`;
  }

  /** Why this card does not count beside the others. */
  #crowded(others: readonly Held<C>[]): string | undefined {
    const { several = "each" } = this.#form;
    if (several === "each" || others.length === 0) return undefined;
    if (several === "first") return `another card lies there already: ${others[0]?.card.uid}`;
    const why = "more than one card in the field: none counts";
    for (const other of others) if (other.state === "waiting") this.#suppress(other, why);
    return why;
  }

  #tell(held: Held<C>): void {
    held.state = "told";
    this.#on.card(held.card);
    const { repeatMs } = this.#form;
    if (repeatMs === undefined) return;
    held.repeat = this.#clock.setTimeout(() => {
      this.#on.removed(held.card);
      this.#tell(held);
    }, repeatMs);
  }

  #suppress(held: Held<C>, why: string): void {
    held.state = "suppressed";
    this.#on.suppressed(held.card, why);
  }
}
