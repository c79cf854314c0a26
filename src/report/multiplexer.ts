import type { Reporter, RunEvent } from "../scenario/types.ts";

/** A reporter that threw, and what. */
export interface ReporterFault {
  readonly reporter: string;
  readonly error: unknown;
}

/** All reporters as one. One that throws is told once and left out from then on; the others and the run go on. */
export class Multiplexer implements Reporter {
  readonly name = "multiplexer";
  readonly #reporters: Set<Reporter>;
  readonly #onFault: (fault: ReporterFault) => void;
  readonly #faults: ReporterFault[] = [];

  constructor(reporters: Iterable<Reporter>, onFault: (fault: ReporterFault) => void) {
    this.#reporters = new Set(reporters);
    this.#onFault = onFault;
  }

  /** Which reporters are missing from the result, and why: the run itself may still have passed. */
  get faults(): readonly ReporterFault[] {
    return this.#faults;
  }

  on(event: RunEvent): void {
    for (const reporter of this.#reporters) {
      try {
        reporter.on(event);
      } catch (error) {
        this.#leaveOut(reporter, error);
      }
    }
  }

  /** In order, so that what they print does not mix. */
  async close(): Promise<void> {
    for (const reporter of this.#reporters) {
      try {
        await reporter.close();
      } catch (error) {
        this.#leaveOut(reporter, error);
      }
    }
    this.#reporters.clear();
  }

  #leaveOut(reporter: Reporter, error: unknown): void {
    this.#reporters.delete(reporter);
    const fault = { reporter: reporter.name, error };
    this.#faults.push(fault);
    this.#onFault(fault);
  }
}
