import type { SerialPort } from "serialport";
import type { CardUid } from "../../station/card.ts";
import type { CardReader, Clock, ReaderEvent } from "../../station/ports.ts";
import type { TimerHandle } from "../../util/clock.ts";
import { AppError, errorText } from "../../util/errors.ts";
import type { SerialReaderDefinition } from "../definitions.ts";
import { EventQueue, holdBack } from "./event-queue.ts";
import { type Frame, type Framer, type Framers, loadFramers } from "./serial/frames.ts";
import { OncePerBurst } from "./serial/once.ts";
import { closePort, closeWhenGone, loadSerialPort, openPort } from "./serial/port.ts";
import { Presence } from "./serial/presence.ts";
import { readUid, technologyOf } from "./serial/uid-text.ts";

export interface SerialLineOptions {
  readonly path: string;
  readonly definition: SerialReaderDefinition;
  readonly clock: Clock;
  /** Instead of the definition's. */
  readonly baudRate?: number;
  /** How often a port that is not there is looked for, and one that is there is looked after. */
  readonly retryMs?: number;
}

const RETRY_MS = 1000;
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
  readonly #options: SerialLineOptions;
  readonly #clock: Clock;
  readonly #queue = new EventQueue();
  readonly #presence: Presence;
  readonly #complaints: OncePerBurst;
  #port: SerialPort | undefined;
  readonly #framers: Framers;
  #framer: Framer;
  #lost = false;
  #closed = false;
  #retry: TimerHandle | undefined;
  #silence: TimerHandle | undefined;
  #opening: Promise<void>;

  constructor(options: SerialLineOptions, framers: Framers) {
    this.#framers = framers;
    const { definition, clock } = options;
    this.name = options.path;
    this.#options = options;
    this.#clock = clock;
    this.#framer = this.#framers(definition.frame);
    this.#complaints = new OncePerBurst(clock, definition.presence.gapMs);
    this.#presence = new Presence(definition.presence, clock, {
      card: (uid) => this.#card(uid),
      removed: (uid) => this.#queue.push({ kind: "removed", uid }),
      suppressed: (uid, afterMs) =>
        this.#queue.push({
          kind: "ignored",
          why: `the same card again after ${afterMs} ms (debounce ${definition.presence.debounceMs} ms)`,
          raw: uid.hex,
        }),
    });
    this.#opening = this.#open();
  }

  events(): AsyncIterable<ReaderEvent> {
    return this.#queue.iterate();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#clock.clearTimeout(this.#retry);
    this.#clock.clearTimeout(this.#silence);
    this.#queue.close();
    this.#presence.leave();
    await this.#opening;
    if (this.#port !== undefined) await closePort(this.#port);
  }

  async #open(): Promise<void> {
    const { path, definition, baudRate } = this.#options;
    const line = { ...definition.line, baudRate: baudRate ?? definition.line.baudRate };
    try {
      const port = await openPort(path, line);
      this.#port = port;
      if (this.#closed) return;
      this.#listen(port);
      closeWhenGone(port, this.#clock, this.#options.retryMs ?? RETRY_MS);
      this.#lost = false;
      this.#queue.push({
        kind: "ready",
        name: this.name,
        detail: `${definition.name}, ${line.baudRate} baud`,
      });
    } catch (e) {
      this.#lose(e);
    }
  }

  #listen(port: SerialPort): void {
    this.#framer = this.#framers(this.#options.definition.frame);
    port.on("data", (chunk: Buffer) => {
      if (this.#port !== port) return;
      this.#take(this.#framer.push(chunk));
      this.#awaitSilence();
      holdBack(port, this.#queue);
    });
    port.on("error", (e) => this.#lose(e, port));
    port.on("close", () => this.#lose(this.#unplugged(), port));
  }

  #unplugged(): AppError {
    return new AppError("device.lost", `${this.name} was unplugged`, {
      hint: "Plug it in again; it is taken up as soon as it appears.",
    });
  }

  /** `port`: the one that this is about; what is said of an earlier one counts no more. */
  #lose(e: unknown, port?: SerialPort): void {
    if (this.#closed || this.#port !== port) return;
    this.#port = undefined;
    if (port !== undefined) void closePort(port);
    this.#clock.clearTimeout(this.#silence);
    this.#presence.leave();
    if (!this.#lost) {
      this.#lost = true;
      const hint = e instanceof AppError ? e.hint : undefined;
      this.#queue.push({ kind: "lost", why: errorText(e), ...(hint === undefined ? {} : { hint }) });
    }
    this.#clock.clearTimeout(this.#retry);
    this.#retry = this.#clock.setTimeout(() => {
      this.#opening = this.#open();
    }, this.#options.retryMs ?? RETRY_MS);
  }

  #awaitSilence(): void {
    this.#clock.clearTimeout(this.#silence);
    if (!this.#framer.pending) return;
    this.#silence = this.#clock.setTimeout(
      () => this.#take(this.#framer.silence()),
      this.#options.definition.frame.silenceMs ?? SILENCE_MS,
    );
  }

  #take(frames: readonly Frame[]): void {
    for (const { text, noise } of frames) {
      if (noise !== undefined) this.#ignore("not a whole frame", noise);
      if (text === undefined) continue;
      const reading = readUid(text, this.#options.definition.uid);
      if ("uid" in reading) this.#presence.seen(reading.uid);
      else this.#ignore(reading.why, text);
    }
  }

  #ignore(why: string, raw: string): void {
    if (this.#complaints.isNew(why)) this.#queue.push({ kind: "ignored", why, raw: printable(raw) });
  }

  #card(uid: CardUid): void {
    const technology = this.#options.definition.uid.technology ?? technologyOf(uid);
    this.#queue.push({ kind: "card", uid, technology });
  }
}

/** Control characters and bytes above ASCII as \xNN, at most 80 characters. */
function printable(raw: string): string {
  const text = [...raw.slice(0, 80)].map((c) => {
    const code = c.charCodeAt(0);
    return code >= 0x20 && code < 0x7f ? c : `\\x${code.toString(16).padStart(2, "0")}`;
  });
  return text.join("").slice(0, 80);
}
