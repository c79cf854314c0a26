import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const binPath = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** What came of a process. `code` is null when a signal ended it. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BinOptions {
  /** Added to a bare environment: PATH and what is given here, no settings of the machine. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text on standard input; without it the input is at its end from the start. */
  readonly input?: string;
  readonly cwd?: string;
  /** Another build's main.js. */
  readonly main?: string;
}

/** The real program as a process, as `npm run build` made it. */
export class Bin {
  readonly process: ChildProcessWithoutNullStreams;
  stdout = "";
  stderr = "";
  /** Resolves when the process has ended and its output is complete. */
  readonly ended: Promise<Outcome>;
  #over = false;
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], { env = {}, cwd, main = binPath }: BinOptions = {}) {
    if (!existsSync(main)) throw new Error("dist/main.js is missing: npm run build");
    this.process = spawn(process.execPath, [main, ...args], {
      env: { PATH: process.env.PATH, HOME: "/nonexistent", ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.process.stdin.on("error", () => {});
    this.process.stdout.on("data", (chunk: Buffer) => {
      this.stdout += chunk;
      this.#wake();
    });
    this.process.stderr.on("data", (chunk: Buffer) => {
      this.stderr += chunk;
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      this.process.on("close", (code) => {
        this.#over = true;
        this.#wake();
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Resolves when the outputs so far satisfy the condition; rejects when the process ends before. */
  async until(condition: (bin: this) => boolean): Promise<void> {
    while (!condition(this)) {
      if (this.#over) throw new Error(`The process ended before:\n${this.stdout}\n${this.stderr}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Runs the real program to its end. */
export async function run(args: readonly string[], options: BinOptions = {}): Promise<Outcome> {
  const bin = new Bin(args, options);
  bin.process.stdin.end(options.input ?? "");
  return await bin.ended;
}
