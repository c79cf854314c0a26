import type { ReadlineParser } from "@serialport/parser-readline";
import type { FrameForm } from "../../definitions.ts";
import { lazily } from "../../lazy.ts";

/** No reader's frame is longer; what is longer is noise. */
export const MAX_FRAME = 256;

/** What stood in a frame: `noise` came before its start character, or could not be a frame at all. */
export interface Frame {
  readonly text?: string;
  readonly noise?: string;
}

/**
 * Cuts a stream of bytes into frames. However the bytes are split or joined, the same frames come out; what is held
 * is bounded. Bytes are taken as Latin-1, so that none is lost.
 */
export interface Framer {
  push(chunk: Uint8Array): Frame[];
  /** The line fell silent: gives what was begun, if that is something. */
  silence(): Frame[];
  /** Is a frame begun? */
  readonly pending: boolean;
}

/** Makes the framer that a definition asks for. */
export type Framers = (form: FrameForm) => Framer;

/** @throws AppError `driver.missing` when the package that splits lines cannot be loaded. */
export async function loadFramers(): Promise<Framers> {
  const { ReadlineParser } = await lazily("serial", () => import("@serialport/parser-readline"));
  return (form) => {
    if (form.lengthAt !== undefined) return new BinaryFramer(form, form.lengthAt);
    if (form.end === undefined) return new CountedFramer(form);
    const parser = new ReadlineParser({ delimiter: form.end, encoding: "latin1", readableObjectMode: true });
    return new DelimitedFramer(parser, form);
  };
}

class DelimitedFramer implements Framer {
  readonly #parser: ReadlineParser;
  readonly #anyLineEnd: boolean;
  readonly #start: string | undefined;
  #out: Frame[] = [];
  #overlong = false;

  constructor(parser: ReadlineParser, form: FrameForm) {
    this.#start = form.start;
    this.#anyLineEnd = form.end === "\n";
    this.#parser = parser;
    this.#parser.on("data", (text: string) => {
      this.#take(text);
      this.#overlong = false;
    });
  }

  get pending(): boolean {
    return this.#parser.buffer.length > 0;
  }

  push(chunk: Uint8Array): Frame[] {
    this.#parser.write(this.#anyLineEnd ? chunk.map((byte) => (byte === 0x0d ? 0x0a : byte)) : chunk);
    if (this.#parser.buffer.length > MAX_FRAME) {
      this.#parser.buffer = Buffer.from(this.#parser.buffer.subarray(-MAX_FRAME));
      this.#overlong = true;
    }
    return this.#drain();
  }

  silence(): Frame[] {
    const text = this.#parser.buffer.toString("latin1").trim();
    this.#parser.buffer = Buffer.alloc(0);
    this.#overlong = false;
    return text === "" ? [] : [{ noise: text }];
  }

  #drain(): Frame[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #take(whole: string): void {
    const overlong = this.#overlong || whole.length > MAX_FRAME;
    const text = whole.slice(-MAX_FRAME);
    const start = this.#start === undefined ? 0 : text.lastIndexOf(this.#start) + 1;
    const isFrame = this.#start === undefined ? !overlong : start > 0;
    const noise = (isFrame ? text.slice(0, Math.max(0, start - 1)) : text).trim();
    if (noise !== "") this.#out.push({ noise });
    const body = text.slice(start).trim();
    if (isFrame && body !== "") this.#out.push({ text: body });
  }
}

/** Frames of a fixed length, or (without a length) of whatever came between two silences. */
class CountedFramer implements Framer {
  readonly #length: number | undefined;
  #held = "";

  constructor(form: FrameForm) {
    this.#length = form.length;
  }

  get pending(): boolean {
    return this.#held !== "";
  }

  push(chunk: Uint8Array): Frame[] {
    this.#held += Buffer.from(chunk).toString("latin1");
    const out: Frame[] = [];
    const size = this.#length ?? MAX_FRAME;
    while (this.#held.length >= size) {
      const text = this.#held.slice(0, size);
      this.#held = this.#held.slice(size);
      out.push(this.#length === undefined ? { noise: text } : { text });
    }
    return out;
  }

  silence(): Frame[] {
    const text = this.#held.trim();
    this.#held = "";
    if (text === "") return [];
    return this.#length === undefined ? [{ text }] : [{ noise: text }];
  }
}

/**
 * Frames of any bytes, of which one says the length of the whole. Where that does not lead to the end character, it
 * was no frame, and the next start character is tried.
 */
class BinaryFramer implements Framer {
  readonly #start: string;
  readonly #end: string;
  readonly #lengthAt: number;
  #held = "";
  #noise = "";

  constructor(form: FrameForm, lengthAt: number) {
    this.#start = form.start ?? "";
    this.#end = form.end ?? "";
    this.#lengthAt = lengthAt;
  }

  get pending(): boolean {
    return this.#held !== "" || this.#noise !== "";
  }

  push(chunk: Uint8Array): Frame[] {
    this.#held += Buffer.from(chunk).toString("latin1");
    const out: Frame[] = [];
    for (;;) {
      const start = this.#held.indexOf(this.#start);
      this.#drop(start < 0 ? this.#held.length : start);
      if (this.#held.length <= this.#lengthAt) return out;
      const length = this.#held.charCodeAt(this.#lengthAt);
      if (length > this.#held.length) return out;
      if (length < this.#lengthAt + 2 || this.#held[length - 1] !== this.#end) this.#drop(1);
      else {
        out.push(...this.#flush(), { text: this.#held.slice(1, length - 1) });
        this.#held = this.#held.slice(length);
      }
    }
  }

  silence(): Frame[] {
    this.#drop(this.#held.length);
    return this.#flush();
  }

  #drop(count: number): void {
    this.#noise = (this.#noise + this.#held.slice(0, count)).slice(-MAX_FRAME);
    this.#held = this.#held.slice(count);
  }

  #flush(): Frame[] {
    const noise = this.#noise;
    this.#noise = "";
    return noise === "" ? [] : [{ noise }];
  }
}
