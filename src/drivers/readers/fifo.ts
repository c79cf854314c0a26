import { execFile } from "node:child_process";
import { closeSync, constants, fstatSync, openSync, type Stats, statSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";
import { promisify } from "node:util";
import type { CardUid } from "../../station/card.ts";
import type { CardReader, Clock, ReaderEvent } from "../../station/ports.ts";
import type { TimerHandle } from "../../util/clock.ts";
import { AppError, errorText } from "../../util/errors.ts";
import { EventQueue, holdBack } from "./event-queue.ts";
import { type Frame, type Framer, type Framers, loadFramers } from "./serial/frames.ts";
import { OncePerBurst } from "./serial/once.ts";
import { readTap, TAP_LINE, type Tap } from "./tap-line.ts";

export interface FifoOptions {
  readonly path: string;
  readonly clock: Clock;
  /** How long each tap lasts. */
  readonly holdMs?: number;
  /** How often the pipe is looked after: somebody may have removed it. */
  readonly watchMs?: number;
}

const HOLD_MS = 200;
const WATCH_MS = 1000;
/** A line without an end counts as one after so long: `printf` and `echo -n` are taps too. */
const SILENCE_MS = 250;

/**
 * A named pipe in which each line is a tap: `ISO14443:04A2241BC85E80`, or the hex alone. It is made when it is not
 * there, for its owner only, and taken away at close only then. Writers may come and go.
 * @throws AppError `device.unavailable` when something else than a pipe stands at the path, or none can be made.
 */
export async function createFifoReader(options: FifoOptions): Promise<CardReader> {
  const framers = await loadFramers();
  return new FifoReader(options, framers, await ensureFifo(options.path));
}

class FifoReader implements CardReader {
  readonly name: string;
  readonly #options: FifoOptions;
  readonly #clock: Clock;
  readonly #queue = new EventQueue();
  readonly #complaints: OncePerBurst;
  readonly #framers: Framers;
  #framer: Framer;
  #socket: Socket | undefined;
  #identity: Stats | undefined;
  #made: boolean;
  #held: CardUid | undefined;
  #hold: TimerHandle | undefined;
  #silence: TimerHandle | undefined;
  #watch: TimerHandle | undefined;
  #watching: Promise<void> = Promise.resolve();
  #lost = false;
  #closed = false;

  constructor(options: FifoOptions, framers: Framers, made: boolean) {
    this.#framers = framers;
    this.#framer = framers({ end: "\n" });
    this.name = options.path;
    this.#options = options;
    this.#clock = options.clock;
    this.#made = made;
    this.#complaints = new OncePerBurst(options.clock, WATCH_MS);
    this.#open();
    this.#watchLater();
  }

  events(): AsyncIterable<ReaderEvent> {
    return this.#queue.iterate();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of [this.#hold, this.#silence, this.#watch]) this.#clock.clearTimeout(timer);
    this.#queue.close();
    await this.#watching;
    const ours = this.#made && this.#inPlace();
    await this.#shut();
    if (ours) unlinkSync(this.name);
  }

  /**
   * Reading and writing at once keeps a writer on the pipe, so that it never ends and opening it never waits; a
   * socket polls it, so that no thread is blocked and the process can end.
   */
  #open(): void {
    const fd = openSync(this.name, constants.O_RDWR | constants.O_NONBLOCK);
    this.#identity = fstatSync(fd);
    if (!this.#identity.isFIFO()) {
      closeSync(fd);
      throw notAPipe(this.name);
    }
    this.#framer = this.#framers({ end: "\n" });
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.on("data", (chunk: Buffer) => {
      this.#take(this.#framer.push(chunk));
      this.#awaitSilence();
      holdBack(socket, this.#queue);
    });
    socket.on("error", (e) => this.#lose(e));
    this.#socket = socket;
    this.#lost = false;
    this.#queue.push({
      kind: "ready",
      name: this.name,
      detail: `each line is a tap: echo ${TAP_LINE} > ${this.name}`,
    });
  }

  async #shut(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
      socket.destroy();
    });
  }

  #watchLater(): void {
    this.#watch = this.#clock.setTimeout(() => {
      this.#watching = this.#look().finally(() => {
        if (!this.#closed) this.#watchLater();
      });
    }, this.#options.watchMs ?? WATCH_MS);
  }

  /** Is the pipe that is open still the one that writers find? If not, takes the one that is there or a new one. */
  async #look(): Promise<void> {
    if (this.#socket !== undefined && this.#inPlace()) return;
    this.#lose(new AppError("device.lost", `The named pipe ${this.name} was removed`));
    try {
      this.#made = await ensureFifo(this.name);
      if (!this.#closed) this.#open();
    } catch (e) {
      this.#lose(e);
    }
  }

  #inPlace(): boolean {
    const there = statSync(this.name, { throwIfNoEntry: false });
    return there !== undefined && there.ino === this.#identity?.ino && there.dev === this.#identity.dev;
  }

  #lose(e: unknown): void {
    void this.#shut();
    this.#release();
    if (this.#lost || this.#closed) return;
    this.#lost = true;
    const hint = e instanceof AppError ? e.hint : undefined;
    this.#queue.push({
      kind: "lost",
      why: errorText(e),
      hint: hint ?? "It is made again as soon as that is possible.",
    });
  }

  #awaitSilence(): void {
    this.#clock.clearTimeout(this.#silence);
    if (!this.#framer.pending) return;
    this.#silence = this.#clock.setTimeout(
      () =>
        this.#take(this.#framer.silence().map(({ noise }) => (noise === undefined ? {} : { text: noise }))),
      SILENCE_MS,
    );
  }

  #take(frames: readonly Frame[]): void {
    for (const { text, noise } of frames) {
      const tap = text === undefined ? "the line is too long" : readTap(text);
      if (typeof tap !== "string") this.#tap(tap);
      else if (this.#complaints.isNew(tap)) {
        this.#queue.push({ kind: "ignored", why: tap, raw: (text ?? noise ?? "").slice(0, 80) });
      }
    }
  }

  #tap(tap: Tap): void {
    this.#release();
    this.#held = tap.uid;
    this.#queue.push({ kind: "card", ...tap });
    this.#hold = this.#clock.setTimeout(() => this.#release(), this.#options.holdMs ?? HOLD_MS);
  }

  #release(): void {
    this.#clock.clearTimeout(this.#hold);
    if (this.#held !== undefined) this.#queue.push({ kind: "removed", uid: this.#held });
    this.#held = undefined;
  }
}

function notAPipe(path: string): AppError {
  return new AppError("device.unavailable", `${path} is not a named pipe`, {
    hint: "Name a path where nothing stands yet, or remove what stands there.",
  });
}

/** Makes the pipe when nothing stands there; tells whether it did. */
async function ensureFifo(path: string): Promise<boolean> {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there === undefined) {
      await promisify(execFile)("mkfifo", ["-m", "0600", "--", path]);
      return true;
    }
    if (there.isFIFO()) return false;
  } catch (cause) {
    throw cannotMake(path, cause as NodeJS.ErrnoException & { stderr?: string });
  }
  throw notAPipe(path);
}

function cannotMake(path: string, cause: NodeJS.ErrnoException & { stderr?: string }): AppError {
  if (cause.code === "ENOENT") {
    return new AppError(
      "driver.missing",
      `The named pipe ${path} cannot be made: there is no command mkfifo`,
      {
        hint: "Use --reader virtual on this system.",
        cause,
      },
    );
  }
  const why = cause.stderr?.trim() || errorText(cause);
  return new AppError("device.unavailable", `The named pipe ${path} cannot be made: ${why}`, {
    hint: "Check that its folder exists and that you may write there.",
    cause,
  });
}
