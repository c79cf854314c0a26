import type { CardUid } from "../../station/card.ts";
import type { Clock } from "../../station/ports.ts";
import { AppError } from "../../util/errors.ts";
import { type Chunk, captureTap, type Sample } from "./learn/capture.ts";
import { repeatMs } from "./learn/frames.ts";
import { type Inference, infer, type Reading } from "./learn/infer.ts";
import { type Framers, loadFramers } from "./serial/frames.ts";
import { printable } from "./serial/printable.ts";

export { type DefinitionFacts, definitionYaml } from "./learn/definition.ts";
export type { Reading } from "./learn/infer.ts";

/** Speeds that readers have, the likeliest first. */
export const SPEEDS = [9600, 115200, 38400, 19200, 57600, 4800, 2400] as const;

/** Two cards at least: with one, a part of its number looks like something that always stands there. */
const ENOUGH = 2;
/** Whoever has shown so many will not prove it with one more. */
const TOO_MANY = 8;

export interface LearnOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Instead of trying them. */
  readonly baudRate?: number;
  /** The UID of the next card; undefined: there are no more. */
  nextCard(nth: number): Promise<CardUid | undefined>;
  /** Says to hold a card to the reader, or why once more. */
  tell(text: string): void;
  readonly signal?: AbortSignal;
  /** How long a tap is waited for and listened to; tests are quicker than people. */
  readonly times?: Pick<Parameters<typeof captureTap>[0], "waitMs" | "holdMs" | "quietMs">;
}

export interface Learned {
  readonly reading: Reading;
  readonly baudRate: number;
  readonly repeatMs: number | undefined;
  readonly cards: readonly string[];
}

/** A person finds the card and lays it there; a reader that repeats itself once a second is heard doing so. */
const TIMES = { waitMs: 60_000, holdMs: 3000, quietMs: 1500 } as const;

/**
 * Finds out how an unknown reader on a serial port spells UIDs, from cards whose UIDs are known.
 * @throws AppError `device.*`, and `input.invalid` when the cards do not prove one way of reading
 */
export async function learnReader(o: LearnOptions): Promise<Learned> {
  return new Learning(o, await loadFramers()).run();
}

class Learning {
  readonly #o: LearnOptions;
  readonly #framers: Framers;
  readonly #samples: Sample[] = [];

  constructor(o: LearnOptions, framers: Framers) {
    this.#o = o;
    this.#framers = framers;
  }

  async run(): Promise<Learned> {
    const first = await this.#o.nextCard(1);
    if (first === undefined) throw notProven("No card was shown");
    const baudRate = await this.#findSpeed(first);
    let inference: Inference = { kind: "none" };
    while (this.#samples.length < TOO_MANY) {
      if (this.#samples.length >= ENOUGH) inference = infer(this.#samples, this.#framers);
      if (inference.kind === "found") {
        const cards = this.#samples.map(({ uid }) => uid.hex);
        return { reading: inference.reading, baudRate, repeatMs: repeatMs(this.#samples), cards };
      }
      const next = await this.#o.nextCard(this.#samples.length + 1);
      if (next === undefined) break;
      if (this.#samples.some(({ uid }) => uid.equals(next))) {
        this.#o.tell(`${next} was shown already; another card is needed.`);
        continue;
      }
      this.#samples.push({ uid: next, chunks: await this.#hear(next, baudRate) });
    }
    throw this.#failed(inference);
  }

  /** The speed at which the first card's UID is in what comes. */
  async #findSpeed(uid: CardUid): Promise<number> {
    const speeds = this.#o.baudRate === undefined ? SPEEDS : [this.#o.baudRate];
    const heard: string[] = [];
    for (const [i, speed] of speeds.entries()) {
      const chunks = await this.#hear(uid, speed);
      if (infer([{ uid, chunks }], this.#framers).kind !== "none") {
        this.#samples.push({ uid, chunks });
        return speed;
      }
      heard.push(`at ${speed} baud "${shown(chunks)}"`);
      const next = speeds[i + 1];
      if (next !== undefined)
        this.#o.tell(`What came at ${speed} baud has not ${uid} in it; trying ${next}.`);
    }
    throw new AppError(
      "input.invalid",
      `The reader never said ${uid} in a way that is known: ${heard.join(", ")}`,
      {
        hint: "Is the UID right? Look at it with another reader, or write the definition by hand (devices/readers).",
      },
    );
  }

  async #hear(uid: CardUid, baudRate: number): Promise<readonly Chunk[]> {
    const { path, clock, signal, times = TIMES } = this.#o;
    const ready = (): void => this.#o.tell(`Hold ${uid} to the reader for three seconds (${baudRate} baud).`);
    const chunks = await captureTap({
      path,
      baudRate,
      clock,
      ready,
      ...times,
      ...(signal === undefined ? {} : { signal }),
    });
    if (signal?.aborted === true) throw notProven("It was interrupted");
    if (chunks.length > 0) return chunks;
    throw new AppError("device.unavailable", `Nothing came from ${path} within ${times.waitMs / 1000} s`, {
      hint: "Does the reader see the card (LED, beep)? A reader that has to be asked (PN532, 7941W) cannot be learnt: name its definition.",
    });
  }

  #failed(inference: Inference): AppError {
    const cards = this.#samples.map(({ uid }) => uid.hex).join(", ");
    if (this.#samples.length < ENOUGH) return notProven(`One card (${cards}) proves too little`);
    if (inference.kind === "ambiguous") {
      const ways = inference.readings.map(wayText).join(" or ");
      return notProven(`What was heard of ${cards} can be read in more than one way: ${ways}`);
    }
    return notProven(
      `No way of reading fits all cards: ${this.#samples.map((s) => `${s.uid} "${shown(s.chunks)}"`).join(", ")}`,
    );
  }
}

function notProven(why: string): AppError {
  return new AppError("input.invalid", `The reader was not learnt: ${why}`, {
    hint: "Show another card, one whose UID is not the same when read backwards, and check that each UID is right.",
  });
}

function wayText({ uid }: Reading): string {
  const order = uid.order === "reverse" ? ", last byte first" : "";
  return `${uid.text}${order}${uid.checksum === undefined ? "" : ` with checksum ${uid.checksum}`}`;
}

function shown(chunks: readonly Chunk[]): string {
  return printable(Buffer.concat(chunks.map(({ bytes }) => bytes)).toString("latin1"));
}
