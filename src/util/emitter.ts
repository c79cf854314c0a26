/** A list of listeners for one kind of value. A listener that throws does not keep the others from hearing. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #onError: (e: unknown) => void;

  constructor(onError: (e: unknown) => void = rethrowLater) {
    this.#onError = onError;
  }

  /** Adds a listener; call the result to take it away again. */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(value: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (e) {
        this.#onError(e);
      }
    }
  }

  get size(): number {
    return this.#listeners.size;
  }
}

function rethrowLater(e: unknown): void {
  queueMicrotask(() => {
    throw e;
  });
}
