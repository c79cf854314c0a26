import { type Clock, systemClock, type TimerHandle } from "../util/clock.ts";
import type { AppError } from "../util/errors.ts";
import { transferError } from "./errors.ts";

/** What a transfer may take. */
export interface Limits {
  /** Bytes of a file. */
  readonly maxBytes: number;
  /** Silence of the far end, ms. */
  readonly idleMs: number;
  /** The whole transfer, ms: a server that drips is never silent. */
  readonly totalMs: number;
}

export const LIMITS: Limits = { maxBytes: 256 * 1024 * 1024, idleMs: 30_000, totalMs: 1_800_000 };

export interface WatchOptions {
  readonly limits: Limits;
  /** The caller's wish to end it. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly progress?: (bytes: number, total: number | undefined) => void;
}

/** Watches over one transfer: its signal fires when the caller gives up, when nothing moves, or when it takes too long. */
export class Watch {
  readonly #o: WatchOptions;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #total: TimerHandle;
  #idle: TimerHandle | undefined;
  #bytes = 0;
  #expected: number | undefined;
  /** What still comes out of a stream then is nothing to wait for. */
  #over = false;

  constructor(o: WatchOptions) {
    this.#o = o;
    this.#clock = o.clock ?? systemClock;
    const { totalMs } = o.limits;
    this.#total = this.#clock.setTimeout(
      () => this.#giveUp(`The transfer was not over after ${seconds(totalMs)}`),
      totalMs,
    );
    o.signal.addEventListener("abort", this.#cancelled);
    if (o.signal.aborted) this.#cancelled();
    this.#alive();
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The far end said how many bytes there will be. @throws AppError `transfer.failed` when they are too many */
  expect(total: number): void {
    this.#expected = total;
    if (total > this.#o.limits.maxBytes) throw this.#tooLarge();
  }

  /** Something came from the far end. */
  alive(): void {
    this.#alive();
  }

  /** So many bytes more. @throws AppError `transfer.failed` when they are too many */
  moved(bytes: number): void {
    this.#bytes += bytes;
    this.#alive();
    if (this.#bytes > this.#o.limits.maxBytes) throw this.#tooLarge();
    this.#o.progress?.(this.#bytes, this.#expected);
  }

  /** The far end says that all is said. @throws AppError `transfer.failed` when it promised another number of bytes */
  complete(): void {
    if (this.#expected === undefined || this.#expected === this.#bytes) return;
    throw transferError(
      "transfer.failed",
      `The server promised ${this.#expected} bytes and sent ${this.#bytes}`,
    );
  }

  end(): void {
    this.#over = true;
    this.#clock.clearTimeout(this.#total);
    if (this.#idle !== undefined) this.#clock.clearTimeout(this.#idle);
    this.#o.signal.removeEventListener("abort", this.#cancelled);
  }

  readonly #cancelled = (): void => this.#stop.abort(this.#o.signal.reason);

  #alive(): void {
    if (this.#over) return;
    if (this.#idle !== undefined) this.#clock.clearTimeout(this.#idle);
    const { idleMs } = this.#o.limits;
    this.#idle = this.#clock.setTimeout(
      () => this.#giveUp(`The server said nothing for ${seconds(idleMs)}`),
      idleMs,
    );
  }

  #giveUp(message: string): void {
    this.#stop.abort(transferError("transfer.failed", message));
  }

  #tooLarge(): AppError {
    const { maxBytes } = this.#o.limits;
    return transferError(
      "transfer.failed",
      `The file is larger than the ${maxBytes} bytes that this station takes`,
      "Offer a smaller file, and look whether the URL names the right one.",
    );
  }
}

const seconds = (ms: number): string => `${ms / 1000} s`;
