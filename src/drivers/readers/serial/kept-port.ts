import type { SerialPort } from "serialport";
import type { Clock, TimerHandle } from "../../../util/clock.ts";
import { AppError, errorText } from "../../../util/errors.ts";
import { type EventQueue, holdBack } from "../event-queue.ts";
import { closePort, closeWhenGone, type LineSettings, openPort } from "./port.ts";

export interface KeptPortOptions {
  readonly path: string;
  readonly line: LineSettings;
  readonly clock: Clock;
  /** Gets `ready` and `lost`. */
  readonly queue: EventQueue;
  /** How often a port that is not there is looked for, and one that is there is looked after. */
  readonly retryMs?: number | undefined;
  /** The port is open. Resolves with what is said when the reader is ready; rejects when none answers there. */
  opened(port: SerialPort): string | Promise<string>;
  data(chunk: Buffer): void;
  /** The port is no longer there; called before that is told. */
  gone(): void;
}

const RETRY_MS = 1000;

/**
 * A serial port that is opened, and opened again when it was absent, taken or unplugged: `lost` is told once, `ready`
 * when it is back.
 */
export class KeptPort {
  readonly #o: KeptPortOptions;
  #port: SerialPort | undefined;
  #lost = false;
  #closed = false;
  #retry: TimerHandle;
  #opening: Promise<void>;

  constructor(o: KeptPortOptions) {
    this.#o = o;
    this.#opening = this.#open();
  }

  /** What is on the port cannot be used: it is closed and tried anew. */
  fail(e: unknown): void {
    this.#lose(e, this.#port);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#o.clock.clearTimeout(this.#retry);
    this.#o.queue.close();
    this.#o.gone();
    await this.#opening;
    if (this.#port !== undefined) await closePort(this.#port);
  }

  async #open(): Promise<void> {
    const { path, line, clock, retryMs, queue } = this.#o;
    let port: SerialPort | undefined;
    try {
      port = await openPort(path, line);
      this.#port = port;
      if (this.#closed) return;
      this.#listen(port);
      closeWhenGone(port, clock, retryMs ?? RETRY_MS);
      const detail = await this.#o.opened(port);
      if (this.#port !== port) return;
      this.#lost = false;
      queue.push({ kind: "ready", name: path, detail });
    } catch (e) {
      this.#lose(e, port);
    }
  }

  #listen(port: SerialPort): void {
    port.on("data", (chunk: Buffer) => {
      if (this.#port !== port) return;
      this.#o.data(chunk);
      holdBack(port, this.#o.queue);
    });
    port.on("error", (e) => this.#lose(e, port));
    port.on("close", () => this.#lose(this.#unplugged(), port));
  }

  #unplugged(): AppError {
    return new AppError("device.lost", `${this.#o.path} was unplugged`, {
      hint: "Plug it in again; it is taken up as soon as it appears.",
    });
  }

  /** `port`: the one that this is about; what is said of an earlier one counts no more. */
  #lose(e: unknown, port: SerialPort | undefined): void {
    if (this.#closed || this.#port !== port) return;
    const { clock, queue, retryMs } = this.#o;
    this.#port = undefined;
    const closing = port === undefined ? Promise.resolve() : closePort(port);
    this.#o.gone();
    if (!this.#lost) {
      this.#lost = true;
      const hint = e instanceof AppError ? e.hint : undefined;
      queue.push({ kind: "lost", why: errorText(e), ...(hint === undefined ? {} : { hint }) });
    }
    clock.clearTimeout(this.#retry);
    this.#retry = clock.setTimeout(() => {
      this.#opening = closing.then(() => this.#open());
    }, retryMs ?? RETRY_MS);
  }
}
