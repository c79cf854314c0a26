import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Clock, TimerHandle } from "../../../util/clock.ts";
import { type FromChild, parseFromChild, type ToChild } from "./protocol.ts";

/** How long the child may be silent in each phase, in milliseconds, before it is taken for hung. */
const SILENCE = {
  /** Starting Node and loading the native package, on a busy machine. */
  loading: 20_000,
  /** Taking the connection to the daemon. */
  connecting: 4000,
  /** It says `alive` every two seconds. */
  running: 15_000,
} as const;

/** The end of what the child wrote to stderr is kept for the report of its death. */
const STDERR_KEPT = 2000;

/**
 * The child's program. Run from its source (tests), the driver starts the built one: Node cannot run TypeScript.
 */
export const childProgram = new URL(
  import.meta.url.endsWith(".ts") ? "../../../../dist/drivers/readers/pcsc/child.js" : "./child.js",
  import.meta.url,
);

/** So much more time than timers saw between two signs of life: the machine was asleep. In milliseconds. */
const SLEPT = 10_000;

/** How a child ended. `hung`: the watchdog ended it; `slept`: the machine slept; `said`: why, in its own words. */
export interface ChildEnd {
  readonly hung: boolean;
  readonly slept: boolean;
  readonly said: string;
}

export interface PcscProcessOptions {
  readonly clock: Clock;
  /** The daemon's socket; undefined: where libpcsclite looks by itself. */
  readonly socket: string | undefined;
  readonly program: URL;
  readonly start: Extract<ToChild, { t: "start" }>;
  readonly onMessage: (message: FromChild) => void;
}

/** One run of the child process, watched: it is killed when it falls silent, and never outlives `kill`. */
export class PcscProcess {
  /** Resolves when the process is gone. */
  readonly ended: Promise<ChildEnd>;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  #limit: number = SILENCE.loading;
  #watchdog: TimerHandle;
  #hung = false;
  #slept = false;
  #lastAlive: number | undefined;
  #said = "";
  #stderr = "";

  constructor(o: PcscProcessOptions) {
    this.#clock = o.clock;
    this.#child = fork(fileURLToPath(o.program), [String(process.pid)], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
      env: o.socket === undefined ? process.env : { ...process.env, PCSCLITE_CSOCK_NAME: o.socket },
    });
    this.#watch();
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    this.#child.on("message", (raw) => this.#heard(parseFromChild(raw), o.onMessage));
    this.ended = new Promise((resolve) => {
      const finish = (why: string) => {
        this.#clock.clearTimeout(this.#watchdog);
        const said = this.#hung
          ? `silent for ${this.#limit / 1000} s`
          : this.#said || this.#lastLine() || why;
        resolve({ hung: this.#hung, slept: this.#slept, said });
      };
      // `close` comes after everything that the child sent or wrote was heard.
      this.#child.once("close", (code, signal) => finish(`it ended with ${signal ?? `code ${code}`}`));
      this.#child.on("error", (e) => {
        if (this.#child.pid === undefined) finish(e.message);
      });
    });
    this.send(o.start);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** A message to a child that is gone is dropped: its end is reported anyway. */
  send(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #heard(message: FromChild | undefined, onMessage: (message: FromChild) => void): void {
    if (message === undefined) return;
    if (message.t === "loaded") this.#limit = SILENCE.connecting;
    if (message.t === "up") this.#limit = SILENCE.running;
    if (message.t === "up" || message.t === "alive") this.#lookAtClock();
    if (message.t === "down" || message.t === "missing") this.#said = message.why;
    this.#watch();
    onMessage(message);
  }

  /** After a sleep readers may be others, and what the daemon says of them may be old: all is asked anew. */
  #lookAtClock(): void {
    const now = this.#clock.now();
    const before = this.#lastAlive ?? now;
    this.#lastAlive = now;
    if (now - before < SLEPT) return;
    this.#slept = true;
    this.kill();
  }

  #watch(): void {
    this.#clock.clearTimeout(this.#watchdog);
    this.#watchdog = this.#clock.setTimeout(() => {
      this.#hung = true;
      this.kill();
    }, this.#limit);
  }

  #lastLine(): string {
    const error = this.#stderr.split("\n").find((line) => /error|cannot|fatal/i.test(line));
    return error?.trim().slice(0, 300) ?? "";
  }
}
