import type { CardUid } from "../../station/card.ts";
import type { CardReader, CardTechnology, ReaderEvent } from "../../station/ports.ts";
import { AppError } from "../../util/errors.ts";
import { EventQueue } from "./event-queue.ts";
import { technologyOf } from "./serial/uid-text.ts";

/** What a virtual card may say about itself besides its UID. */
export interface VirtualCard {
  readonly technology?: CardTechnology;
  readonly cardType?: string;
}

/** A reader made of method calls. It holds one card at a time. */
export class VirtualReader implements CardReader {
  readonly name: string;
  readonly #queue = new EventQueue();
  readonly #detail: string;
  #held: CardUid | undefined;
  #plugged = true;

  constructor(name = "virtual", detail = "cards are presented by command") {
    this.name = name;
    this.#detail = detail;
    this.#ready();
  }

  events(): AsyncIterable<ReaderEvent> {
    return this.#queue.iterate();
  }

  /** False from `unplug` to `replug`. */
  get plugged(): boolean {
    return this.#plugged;
  }

  /** The card that lies on the reader. */
  get held(): CardUid | undefined {
    return this.#held;
  }

  /** @throws AppError `state.conflict` when a card lies on the reader already or the reader is unplugged. */
  present(uid: CardUid, card: VirtualCard = {}): void {
    if (!this.#plugged) {
      throw new AppError("state.conflict", `The reader "${this.name}" is unplugged`, {
        hint: "Plug it in first.",
      });
    }
    if (this.#held !== undefined) {
      throw new AppError("state.conflict", `The card ${this.#held} lies on the reader "${this.name}"`, {
        hint: "Remove it first.",
      });
    }
    this.#held = uid;
    this.#queue.push({
      kind: "card",
      uid,
      technology: card.technology ?? technologyOf(uid),
      ...(card.cardType === undefined ? {} : { cardType: card.cardType }),
    });
  }

  /** Takes the card away; nothing happens when there is none. */
  remove(): void {
    if (this.#held === undefined) return;
    this.#queue.push({ kind: "removed", uid: this.#held });
    this.#held = undefined;
  }

  unplug(): void {
    if (!this.#plugged) return;
    this.remove();
    this.#plugged = false;
    this.#queue.push({ kind: "lost", why: "unplugged", hint: "Plug it in again." });
  }

  /** Another program takes it: like unplugged, with that reason. */
  busy(): void {
    if (!this.#plugged) return;
    this.remove();
    this.#plugged = false;
    const hint = "Close the program that uses the reader.";
    this.#queue.push({ kind: "lost", why: "another program uses the reader", hint });
  }

  /** Says something that is no card. */
  garbage(raw: string): void {
    this.#queue.push({ kind: "ignored", why: "not a card's UID", raw });
  }

  /** Several cards in the field at once: none of them can be read. */
  together(uids: readonly CardUid[]): void {
    const raw = uids.map(String).join(" ");
    this.#queue.push({ kind: "ignored", why: "more than one card in the field", raw });
  }

  replug(): void {
    if (this.#plugged) return;
    this.#plugged = true;
    this.#ready();
  }

  async close(): Promise<void> {
    this.#queue.close();
  }

  #ready(): void {
    this.#queue.push({ kind: "ready", name: this.name, detail: this.#detail });
  }
}
