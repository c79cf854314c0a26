import type { CardReader, Clock, ReaderEvent } from "../../station/ports.ts";
import type { TimerHandle } from "../../util/clock.ts";
import type { BinaryReaderDefinition } from "../definitions.ts";
import { EventQueue } from "./event-queue.ts";
import { KeptSource, RETRY_MS, type Source } from "./kept-source.ts";
import { loadSerialPort, portSource } from "./serial/port.ts";
import { Presence } from "./serial/presence.ts";
import { gwiot7941w } from "./serial-binary/gwiot-7941w.ts";
import { Link, type PolledCard, type Protocol } from "./serial-binary/link.ts";
import { pn532 } from "./serial-binary/pn532.ts";

export interface SerialBinaryOptions {
  readonly path: string;
  readonly definition: BinaryReaderDefinition;
  readonly clock: Clock;
  /** Instead of the definition's. */
  readonly baudRate?: number;
  /** See {@link KeptSource}. */
  readonly retryMs?: number;
}

const protocols = {
  "pn532-hsu": pn532,
  "gwiot-7941w": gwiot7941w,
} as const satisfies Readonly<Record<BinaryReaderDefinition["protocol"], Protocol>>;

/**
 * A reader on a serial port that tells of cards when it is asked, in a protocol of binary frames. A port that is
 * absent, taken or unplugged, and a reader that does not answer, is `lost` once and looked for.
 * @throws AppError `driver.missing` when the package serialport cannot be loaded.
 */
export async function createSerialBinaryReader(options: SerialBinaryOptions): Promise<CardReader> {
  await loadSerialPort();
  return new SerialBinaryReader(options);
}

class SerialBinaryReader implements CardReader {
  readonly name: string;
  readonly #definition: BinaryReaderDefinition;
  readonly #protocol: Protocol;
  readonly #clock: Clock;
  readonly #queue = new EventQueue();
  readonly #presence: Presence<PolledCard>;
  readonly #port: KeptSource;
  /** Cards in the field, with the time at which each was listed last. */
  #listed = new Map<string, { readonly card: PolledCard; at: number }>();
  #link: Link | undefined;
  #timer: TimerHandle;

  constructor({ path, definition, clock, baudRate, retryMs }: SerialBinaryOptions) {
    this.name = path;
    this.#definition = definition;
    this.#protocol = protocols[definition.protocol];
    this.#clock = clock;
    this.#presence = new Presence(definition.presence, clock, {
      card: (card) => this.#queue.push({ kind: "card", ...card }),
      removed: ({ uid }) => this.#queue.push({ kind: "removed", uid }),
      suppressed: ({ uid }, why) => this.#queue.push({ kind: "ignored", why, raw: uid.hex }),
    });
    const line = { ...definition.line, baudRate: baudRate ?? definition.line.baudRate };
    this.#port = new KeptSource({
      name: path,
      open: portSource(path, line, clock, retryMs ?? RETRY_MS),
      clock,
      retryMs,
      queue: this.#queue,
      opened: (source) => this.#connect(source, line.baudRate),
      data: (chunk) => this.#link?.push(chunk),
      gone: () => this.#gone(),
    });
  }

  events(): AsyncIterable<ReaderEvent> {
    return this.#queue.iterate();
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  async #connect(source: Source, baudRate: number): Promise<string> {
    const link = new Link((bytes) => source.write(bytes), this.#protocol.decoder(), this.#clock);
    this.#link = link;
    const said = await this.#protocol.connect(link);
    this.#pollLater(link);
    return `${this.#definition.name}, ${said}, ${baudRate} baud`;
  }

  #pollLater(link: Link): void {
    if (this.#link === link) {
      this.#timer = this.#clock.setTimeout(() => void this.#poll(link), this.#definition.pollMs);
    }
  }

  async #poll(link: Link): Promise<void> {
    try {
      const cards = await this.#protocol.poll(link);
      if (this.#link !== link) return;
      this.#inField(cards);
      this.#pollLater(link);
    } catch (e) {
      if (this.#link === link) this.#port.fail(e);
    }
  }

  /** One poll that misses a card may be a disturbance: it is gone when it was missed for the definition's gap. */
  #inField(cards: readonly PolledCard[]): void {
    const now = this.#clock.now();
    for (const card of cards) {
      const known = this.#listed.get(card.uid.hex) ?? this.#sameRandom(card, cards);
      if (known !== undefined) known.at = now;
      else this.#listed.set(card.uid.hex, { card, at: now });
    }
    for (const [hex, { card, at }] of this.#listed) {
      if (Math.abs(now - at) < this.#definition.presence.gapMs && at <= now) this.#presence.came(card);
      else if (this.#listed.delete(hex)) this.#presence.went(card.uid);
    }
  }

  /** A phone makes a new random UID whenever the field goes off and on: it is still the one that lay there. */
  #sameRandom(card: PolledCard, cards: readonly PolledCard[]) {
    if (!card.uid.isRandom) return undefined;
    const now = new Set(cards.map(({ uid }) => uid.hex));
    return [...this.#listed.values()].find(({ card: { uid } }) => uid.isRandom && !now.has(uid.hex));
  }

  #gone(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#link?.close();
    this.#link = undefined;
    this.#listed = new Map();
    this.#presence.leave();
  }
}
