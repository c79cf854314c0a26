import type { Clock, TimerHandle } from "../../util/clock.ts";
import { AppError, errorText } from "../../util/errors.ts";
import { type EventQueue, holdBack } from "./event-queue.ts";

/** Where a reader's bytes come from, while it is open. */
export interface Source {
  write(bytes: Uint8Array): void;
  pause(): unknown;
  resume(): unknown;
  /** One that is closed already is fine. */
  close(): Promise<void>;
}

export interface SourceListener {
  data(chunk: Uint8Array): void;
  /** It was unplugged, or cannot be read any more. */
  gone(why: unknown): void;
}

/** Opens a source. Rejects with AppError `device.unavailable` that says what to do. */
export type OpenSource = (on: SourceListener) => Promise<Source>;

export interface KeptSourceOptions {
  /** The reader's name. */
  readonly name: string;
  readonly open: OpenSource;
  readonly clock: Clock;
  /** Gets `ready` and `lost`. */
  readonly queue: EventQueue;
  /** How often one that is not there is looked for. */
  readonly retryMs?: number | undefined;
  /** It is open. Resolves with what is said when the reader is ready; rejects when none answers there. */
  opened(source: Source): string | Promise<string>;
  data(chunk: Uint8Array): void;
  /** It is no longer there; called before that is told. */
  gone(): void;
}

/** How often what is not there is looked for, and what is there is looked after, in milliseconds. */
export const RETRY_MS = 1000;

/**
 * A source that is opened, and opened again when it was absent, taken or unplugged: `lost` is told once, `ready` when
 * it is back.
 */
export class KeptSource {
  readonly #o: KeptSourceOptions;
  #source: Source | undefined;
  /** Counts openings: what is heard of an earlier one counts no more. */
  #nth = 0;
  #lost = false;
  #closed = false;
  #retry: TimerHandle;
  #opening: Promise<void>;

  constructor(o: KeptSourceOptions) {
    this.#o = o;
    this.#opening = this.#open();
  }

  /** What is there cannot be used: it is closed and tried anew. */
  fail(e: unknown): void {
    this.#lose(e, this.#nth);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#o.clock.clearTimeout(this.#retry);
    this.#o.queue.close();
    this.#o.gone();
    await this.#opening;
    await this.#source?.close();
  }

  async #open(): Promise<void> {
    const { name, queue } = this.#o;
    const nth = ++this.#nth;
    try {
      const source = await this.#o.open({
        data: (chunk) => this.#data(chunk, nth),
        gone: (why) => this.#lose(why, nth),
      });
      this.#source = source;
      if (this.#closed) return;
      const detail = await this.#o.opened(source);
      if (this.#source !== source) return;
      this.#lost = false;
      queue.push({ kind: "ready", name, detail });
    } catch (e) {
      this.#lose(e, nth);
    }
  }

  #data(chunk: Uint8Array, nth: number): void {
    if (this.#closed || this.#nth !== nth) return;
    this.#o.data(chunk);
    if (this.#source !== undefined) holdBack(this.#source, this.#o.queue);
  }

  #lose(e: unknown, nth: number): void {
    if (this.#closed || this.#nth !== nth) return;
    this.#nth++;
    const { clock, queue, retryMs } = this.#o;
    const closing = this.#source?.close();
    this.#source = undefined;
    this.#o.gone();
    if (!this.#lost) {
      this.#lost = true;
      const hint = e instanceof AppError ? e.hint : undefined;
      queue.push({ kind: "lost", why: errorText(e), ...(hint === undefined ? {} : { hint }) });
    }
    clock.clearTimeout(this.#retry);
    this.#retry = clock.setTimeout(() => {
      this.#opening = Promise.resolve(closing).then(() => this.#open());
    }, retryMs ?? RETRY_MS);
  }
}
