import type { CardUid } from "../../station/card.ts";
import type { CardReader, Clock, ReaderEvent } from "../../station/ports.ts";
import type { TimerHandle } from "../../util/clock.ts";
import type { SerialReaderDefinition } from "../definitions.ts";
import { EventQueue } from "./event-queue.ts";
import { KeptSource, RETRY_MS } from "./kept-source.ts";
import { type Frame, type Framer, type Framers, loadFramers } from "./serial/frames.ts";
import { OncePerBurst } from "./serial/once.ts";
import { loadSerialPort, portSource } from "./serial/port.ts";
import { Presence } from "./serial/presence.ts";
import { printable } from "./serial/printable.ts";
import { readUid, technologyOf } from "./serial/uid-text.ts";

export interface SerialLineOptions {
  readonly path: string;
  readonly definition: SerialReaderDefinition;
  readonly clock: Clock;
  /** Instead of the definition's. */
  readonly baudRate?: number;
  /** See {@link KeptSource}. */
  readonly retryMs?: number;
}

const SILENCE_MS = 250;

/**
 * A reader that prints UIDs on a serial port, in the form that its definition describes. A port that is absent,
 * taken or unplugged is `lost` once and looked for until it can be opened.
 * @throws AppError `driver.missing` when the package serialport cannot be loaded.
 */
export async function createSerialLineReader(options: SerialLineOptions): Promise<CardReader> {
  await loadSerialPort();
  return new SerialLineReader(options, await loadFramers());
}

class SerialLineReader implements CardReader {
  readonly name: string;
  readonly #definition: SerialReaderDefinition;
  readonly #clock: Clock;
  readonly #queue = new EventQueue();
  readonly #presence: Presence<{ readonly uid: CardUid }>;
  readonly #complaints: OncePerBurst;
  readonly #port: KeptSource;
  #framer: Framer;
  #silence: TimerHandle | undefined;

  constructor({ path, definition, clock, baudRate, retryMs }: SerialLineOptions, framers: Framers) {
    this.name = path;
    this.#definition = definition;
    this.#clock = clock;
    this.#framer = framers(definition.frame);
    this.#complaints = new OncePerBurst(clock, definition.presence.gapMs);
    this.#presence = new Presence(definition.presence, clock, {
      card: ({ uid }) => this.#card(uid),
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
      opened: () => {
        this.#framer = framers(definition.frame);
        return `${definition.name}, ${line.baudRate} baud`;
      },
      data: (chunk) => {
        this.#take(this.#framer.push(chunk));
        this.#awaitSilence();
      },
      gone: () => {
        clock.clearTimeout(this.#silence);
        this.#presence.leave();
      },
    });
  }

  events(): AsyncIterable<ReaderEvent> {
    return this.#queue.iterate();
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  #awaitSilence(): void {
    this.#clock.clearTimeout(this.#silence);
    if (!this.#framer.pending) return;
    this.#silence = this.#clock.setTimeout(
      () => this.#take(this.#framer.silence()),
      this.#definition.frame.silenceMs ?? SILENCE_MS,
    );
  }

  #take(frames: readonly Frame[]): void {
    for (const { text, noise } of frames) {
      if (noise !== undefined) this.#ignore("not a whole frame", noise);
      if (text === undefined) continue;
      const reading = readUid(text, this.#definition.uid);
      if ("uid" in reading) this.#presence.seen(reading);
      else this.#ignore(reading.why, text);
    }
  }

  #ignore(why: string, raw: string): void {
    if (this.#complaints.isNew(why)) this.#queue.push({ kind: "ignored", why, raw: printable(raw) });
  }

  #card(uid: CardUid): void {
    const technology = this.#definition.uid.technology ?? technologyOf(uid);
    this.#queue.push({ kind: "card", uid, technology });
  }
}
