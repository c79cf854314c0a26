import { PassThrough } from "node:stream";
import type { Io, StopReason } from "../../src/cli/io.ts";
import { FakeTerminal } from "./terminal.ts";

/** A process's surroundings in memory. With `columns` it has a terminal, whose screen can be looked at. */
export class FakeIo implements Io {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly env = { TERM: "dumb" };
  readonly cwd = "/";
  readonly terminal: FakeTerminal;
  /** What setRawMode was told, in order. */
  readonly raw: boolean[] = [];
  out = "";
  err = "";
  readonly #stop = new AbortController();
  #waiting: (() => void)[] = [];

  constructor(columns?: number) {
    this.terminal = new FakeTerminal(columns);
    if (columns !== undefined) {
      Object.assign(this.stdin, { isTTY: true, setRawMode: (on: boolean) => this.raw.push(on) });
      Object.assign(this.stdout, { isTTY: true, columns, hasColors: () => false });
    }
    this.stdout.on("data", (chunk: Buffer) => {
      this.out += chunk;
      this.terminal.write(chunk.toString());
      this.#wake();
    });
    this.stderr.on("data", (chunk: Buffer) => {
      this.err += chunk;
      this.#wake();
    });
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  stop = (reason: StopReason): void => this.#stop.abort(reason);

  now = (): number => Date.parse("2030-01-01T12:00:00.000Z");

  /** Resolves when the condition holds, looked at after each output; the test's own deadline bounds it. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Looks at the conditions again: something else than output has happened. */
  nudge = (): void => this.#wake();

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
