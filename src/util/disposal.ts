/** What was set up is taken down in reverse order; a step that fails does not keep the others from running. */
export class Disposal {
  readonly #steps: (() => void | Promise<void>)[] = [];
  #running: Promise<void> | undefined;

  /** Remembers how to take down what has just been set up. */
  defer(step: () => void | Promise<void>): void {
    this.#steps.push(step);
  }

  /** May be called more than once. Rejects with the first failure, after all steps have run. */
  dispose(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (e) {
        failures.push(e);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
