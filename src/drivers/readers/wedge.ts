import { StringDecoder } from "node:string_decoder";
import type { CardUid } from "../../station/card.ts";
import type { CardReader, Clock, ReaderEvent } from "../../station/ports.ts";
import type { TimerHandle } from "../../util/clock.ts";
import { AppError } from "../../util/errors.ts";
import type { KeyboardReaderDefinition } from "../definitions.ts";
import { EventQueue } from "./event-queue.ts";
import { KeptSource, type OpenSource } from "./kept-source.ts";
import { OncePerBurst } from "./serial/once.ts";
import { Presence } from "./serial/presence.ts";
import { printable } from "./serial/printable.ts";
import { readUid, technologyOf } from "./serial/uid-text.ts";
import { inputSource, NOT_GRABBED } from "./wedge/device.ts";
import { type KeyInput, standardInput } from "./wedge/input.ts";
import { KeyDecoder, type Typed, untangled } from "./wedge/keys.ts";

export interface WedgeOptions {
  /** An input device of Linux, or `-` for standard input. */
  readonly path: string;
  readonly definition: KeyboardReaderDefinition;
  readonly clock: Clock;
  /** See {@link KeptSource}. */
  readonly retryMs?: number;
  /** Instead of the process's standard input. */
  readonly input?: KeyInput;
  /** Programs that may be used to take the device; absent: all that are known. */
  readonly commands?: readonly string[];
}

const IDLE_MS = 150;
/** A number is complete with Enter; in a terminal only a reader is this fast. */
const MAX_TEXT = 80;

/**
 * A reader that pretends to be a keyboard. An input device is taken for this program alone; standard input serves
 * where there are no such devices, with the window in front.
 * @throws AppError `usage` for a device where the system is not Linux
 */
export function createWedgeReader(o: WedgeOptions): CardReader {
  if (o.path !== "-" && process.platform !== "linux") {
    throw new AppError("usage", `The keyboard ${o.path} can be taken on Linux only`, {
      hint: "Use standard input, with this window in front: --reader wedge:-",
    });
  }
  return new WedgeReader(o);
}

class WedgeReader implements CardReader {
  readonly name: string;
  readonly #definition: KeyboardReaderDefinition;
  readonly #clock: Clock;
  readonly #queue = new EventQueue();
  readonly #presence: Presence<{ readonly uid: CardUid }>;
  readonly #complaints: OncePerBurst;
  readonly #source: KeptSource;
  #read: (chunk: Uint8Array) => readonly Typed[] = () => [];
  #alone = true;
  #text = "";
  /** Keys were lost within what was typed: what is there of it is another number, or none. */
  #gap = false;
  #idle: TimerHandle;

  constructor(o: WedgeOptions) {
    const { path, definition, clock } = o;
    this.name = path === "-" ? "standard input" : path;
    this.#definition = definition;
    this.#clock = clock;
    this.#complaints = new OncePerBurst(clock, definition.presence.gapMs);
    this.#presence = new Presence(definition.presence, clock, {
      card: ({ uid }) => {
        const technology = definition.uid.technology ?? technologyOf(uid);
        this.#queue.push({ kind: "card", uid, technology });
      },
      removed: ({ uid }) => this.#queue.push({ kind: "removed", uid }),
      suppressed: ({ uid }, why) => this.#queue.push({ kind: "ignored", why, raw: uid.hex }),
    });
    this.#source = new KeptSource({
      name: this.name,
      open: this.#open(o),
      clock,
      retryMs: o.retryMs,
      queue: this.#queue,
      opened: () => this.#opened(path),
      data: (chunk) => this.#take(this.#read(chunk)),
      gone: () => {
        this.#clear();
        this.#presence.leave();
      },
    });
  }

  events(): AsyncIterable<ReaderEvent> {
    return this.#queue.iterate();
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  #open({ path, input, commands }: WedgeOptions): OpenSource {
    if (path === "-") {
      return standardInput(input ?? process.stdin, () => process.kill(process.pid, "SIGINT"));
    }
    const grabbed = (alone: boolean): void => {
      this.#alone = alone;
    };
    return inputSource({ path, grabbed, ...(commands === undefined ? {} : { commands }) });
  }

  #opened(path: string): string {
    this.#clear();
    if (path === "-") {
      const text = new StringDecoder("utf8");
      this.#read = (chunk) => typedText(text.write(Buffer.from(chunk)));
      return `${this.#definition.name}, present cards with this window in front`;
    }
    const decoder = new KeyDecoder(this.#definition.keyboard?.layout ?? "us");
    this.#read = (chunk) => decoder.push(chunk);
    return `${this.#definition.name}, ${this.#alone ? "for us alone" : NOT_GRABBED}`;
  }

  #take(typed: readonly Typed[]): void {
    for (const one of typed) {
      if (one === "end") this.#complete();
      else if (one === "lost") this.#gap = true;
      else this.#text = (this.#text + one.text).slice(-MAX_TEXT);
    }
    this.#clock.clearTimeout(this.#idle);
    if (this.#text === "") return;
    const idleMs = this.#definition.keyboard?.idleMs ?? IDLE_MS;
    this.#idle = this.#clock.setTimeout(() => this.#complete(), idleMs);
  }

  #complete(): void {
    const text = untangled(this.#text.trim());
    const gap = this.#gap;
    this.#clear();
    if (text === "") return;
    const reading = gap ? { why: "keys were lost on the way" } : readUid(text, this.#definition.uid);
    if ("uid" in reading) this.#presence.seen(reading);
    else this.#ignore(reading.why, text);
  }

  #clear(): void {
    this.#clock.clearTimeout(this.#idle);
    this.#text = "";
    this.#gap = false;
  }

  #ignore(why: string, raw: string): void {
    if (this.#complaints.isNew(why)) this.#queue.push({ kind: "ignored", why, raw: printable(raw) });
  }
}

/** Text as keys; Enter and Tab end a number. */
function typedText(text: string): Typed[] {
  return text
    .split(/([\r\n\t])/)
    .filter((part) => part !== "")
    .map((part) => (/[\r\n\t]/.test(part) ? "end" : { text: part }));
}
