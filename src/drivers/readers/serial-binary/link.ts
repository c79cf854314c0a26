import type { CardUid } from "../../../station/card.ts";
import type { CardTechnology, Clock } from "../../../station/ports.ts";
import type { TimerHandle } from "../../../util/clock.ts";
import { AppError } from "../../../util/errors.ts";

/** One message of a device, cut out of the stream of bytes. */
export type Message =
  | { readonly kind: "ack" | "nack" }
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  /** Looked like a message and is none: a checksum is wrong, or it was cut short. */
  | { readonly kind: "damaged"; readonly why: string };

/**
 * Cuts bytes into messages. Total: any bytes in any pieces give messages, what is held is bounded, and a message is
 * found whatever stood before it.
 */
export interface Decoder {
  push(chunk: Uint8Array): Message[];
  /** Forgets what was begun. */
  reset(): void;
}

export interface PolledCard {
  readonly uid: CardUid;
  readonly technology: CardTechnology;
  readonly cardType?: string;
}

/** A conversation with a reader that tells only what it is asked. */
export interface Protocol {
  decoder(): Decoder;
  /** Makes the reader ready; resolves with what it says of itself. Rejects with AppError `device.*`. */
  connect(link: Link): Promise<string>;
  /** The cards that lie in the field now. Rejects with AppError `device.*`. */
  poll(link: Link): Promise<readonly PolledCard[]>;
}

/** Sends bytes to a device and waits for its messages. Made for one opening of the port. */
export class Link {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #decoder: Decoder;
  readonly #clock: Clock;
  readonly #waiting: Message[] = [];
  #next: ((message: Message | undefined) => void) | undefined;
  #closed = false;

  constructor(write: (bytes: Uint8Array) => void, decoder: Decoder, clock: Clock) {
    this.#write = write;
    this.#decoder = decoder;
    this.#clock = clock;
  }

  /** Bytes came from the device. */
  push(chunk: Uint8Array): void {
    for (const message of this.#decoder.push(chunk)) {
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined) next(message);
      else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(message);
    }
  }

  /** Sends; what came before is forgotten, because it answers an earlier question. */
  send(bytes: Uint8Array): void {
    if (this.#closed) throw closed();
    this.#waiting.length = 0;
    this.#decoder.reset();
    this.#write(bytes);
  }

  /** The device's next message; undefined when none comes in time. */
  next(withinMs: number): Promise<Message | undefined> {
    if (this.#closed) return Promise.reject(closed());
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) return Promise.resolve(waiting);
    return new Promise((resolve, reject) => {
      const timer: TimerHandle = this.#clock.setTimeout(() => {
        this.#next = undefined;
        resolve(undefined);
      }, withinMs);
      this.#next = (message) => {
        this.#clock.clearTimeout(timer);
        if (message === undefined) reject(closed());
        else resolve(message);
      };
    });
  }

  /** The port is gone: nothing will come any more. */
  close(): void {
    this.#closed = true;
    const next = this.#next;
    this.#next = undefined;
    next?.(undefined);
  }
}

const MAX_WAITING = 16;

const closed = (): AppError => new AppError("device.lost", "The port was closed");
