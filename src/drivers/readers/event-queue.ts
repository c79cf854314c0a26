import type { ReaderEvent } from "../../station/ports.ts";

/** So many events may wait; a source that can wait is told to from here on. */
const FULL = 256;

/**
 * What a driver's callbacks push and one consumer iterates. After `close` the iterator gives what still waits, then
 * ends; so it does when the consumer stops early.
 */
export class EventQueue {
  readonly #waiting: ReaderEvent[] = [];
  #closed = false;
  #wake: (() => void) | undefined;
  #drained: (() => void)[] = [];

  push(event: ReaderEvent): void {
    if (this.#closed) return;
    this.#waiting.push(event);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
    this.#release();
  }

  /** Nobody takes the events fast enough: stop reading the source until {@link drained}. */
  get full(): boolean {
    return this.#waiting.length >= FULL;
  }

  /** Resolves when nothing waits any more, or at close. */
  drained(): Promise<void> {
    if (this.#waiting.length === 0 || this.#closed) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  async *iterate(): AsyncGenerator<ReaderEvent, void> {
    try {
      for (;;) {
        for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) yield next;
        this.#release();
        if (this.#closed) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#waiting.length = 0;
      this.close();
    }
  }

  #release(): void {
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

/** Lets a stream wait while the queue is full. */
export function holdBack(stream: { pause(): unknown; resume(): unknown }, queue: EventQueue): void {
  if (!queue.full) return;
  stream.pause();
  void queue.drained().then(() => stream.resume());
}
