/** Events that nobody fetched are kept up to this many; then the oldest is dropped. */
const KEPT = 1000;

/** Values pushed on one side, iterated on the other, in order; the iterator ends after `end`. */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  #wake: () => void = () => undefined;
  #ended = false;

  push(value: T): void {
    if (this.#ended) return;
    this.#values.push(value);
    if (this.#values.length > KEPT) this.#values.shift();
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const value = this.#values.shift();
      if (value !== undefined) yield value;
      else if (this.#ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
