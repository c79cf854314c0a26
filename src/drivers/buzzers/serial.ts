import type { SerialPort } from "serialport";
import type { Buzzer, Clock } from "../../station/ports.ts";
import type { SignalPattern, Tone } from "../../station/signals.ts";
import { AppError } from "../../util/errors.ts";
import type { SerialBuzzerDefinition } from "../definitions.ts";
import { type Framer, type Framers, loadFramers } from "../readers/serial/frames.ts";
import { closePort, closeWhenGone, loadSerialPort, openPort } from "../readers/serial/port.ts";
import { InTurn } from "./in-turn.ts";

export interface SerialBuzzerOptions {
  readonly path: string;
  readonly definition: SerialBuzzerDefinition;
  readonly clock: Clock;
  /** Instead of the definition's. */
  readonly baudRate?: number;
}

/** How often the port is looked after. */
const WATCH_MS = 1000;

/** What ends the wait for a reply: its line, the port's end, or the buzzer's. */
type Answer = { readonly line: string } | { readonly end: "timeout" | "unplugged" | "closed" };

/**
 * A buzzer on a serial port: one command line a tone, each answered by a line. The port is opened at once, because
 * many boards restart then; one that is not there is tried again at the next pattern.
 * @throws AppError `driver.missing` when the package serialport cannot be loaded.
 */
export async function createSerialBuzzer(options: SerialBuzzerOptions): Promise<Buzzer> {
  await loadSerialPort();
  return new SerialBuzzer(options, await loadFramers());
}

class SerialBuzzer implements Buzzer {
  readonly name: string;
  readonly #options: SerialBuzzerOptions;
  readonly #clock: Clock;
  readonly #turn: InTurn;
  #port: Promise<SerialPort> | undefined;
  readonly #framers: Framers;
  #framer: Framer;
  #closed = false;
  #answered: ((answer: Answer) => void) | undefined;
  #rested: (() => void) | undefined;

  constructor(options: SerialBuzzerOptions, framers: Framers) {
    this.#framers = framers;
    this.#framer = framers({ end: "\n" });
    this.name = `serial:${options.path}`;
    this.#options = options;
    this.#clock = options.clock;
    this.#turn = new InTurn(this.name);
    this.#connect().catch(() => undefined);
  }

  /** Resolves when the device has answered the last tone; rejects with AppError `device.*`. */
  play(pattern: SignalPattern): Promise<void> {
    return this.#turn.run(async () => {
      const port = await this.#connect();
      let due = this.#clock.now();
      for (const tone of pattern.tones) {
        await this.#until(due);
        due += tone.ms;
        if (tone.hz > 0) await this.#sound(port, tone);
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#answered?.({ end: "closed" });
    this.#rested?.();
    await this.#turn.close();
    const port = await this.#port?.catch(() => undefined);
    if (port !== undefined) await closePort(port);
  }

  #connect(): Promise<SerialPort> {
    const opening = this.#port?.then((port) => (port.isOpen ? port : this.#open())) ?? this.#open();
    this.#port = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  #forget(port: Promise<SerialPort>): void {
    if (this.#port === port) this.#port = undefined;
  }

  async #open(): Promise<SerialPort> {
    const { path, definition, baudRate } = this.#options;
    const port = await openPort(path, { baudRate: baudRate ?? definition.baudRate });
    this.#framer = this.#framers({ end: "\n" });
    port.on("data", (chunk: Buffer) => {
      for (const { text } of this.#framer.push(chunk)) {
        if (text !== undefined) this.#answered?.({ line: text });
      }
    });
    port.on("error", () => void closePort(port));
    closeWhenGone(port, this.#clock, WATCH_MS);
    port.on("close", () => this.#answered?.({ end: "unplugged" }));
    await this.#until(this.#clock.now() + definition.settleMs);
    return port;
  }

  async #sound(port: SerialPort, tone: Tone): Promise<void> {
    const { command, reply, timeoutMs } = this.#options.definition;
    if (!port.isOpen) throw this.#failure({ end: this.#closed ? "closed" : "unplugged" });
    const line = command.replaceAll("{hz}", String(tone.hz)).replaceAll("{ms}", String(tone.ms));
    const answer = await this.#ask(port, line, tone.ms + timeoutMs);
    if ("line" in answer && answer.line === reply) return;
    // What does not answer is opened anew for the next pattern.
    if ("end" in answer) await closePort(port);
    throw this.#failure(answer);
  }

  #ask(port: SerialPort, line: string, limitMs: number): Promise<Answer> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => this.#answered?.({ end: "timeout" }), limitMs);
      this.#answered = (answer) => {
        this.#answered = undefined;
        this.#clock.clearTimeout(timer);
        resolve(answer);
      };
      port.write(`${line}\n`);
    });
  }

  /** Waits until this time, or until close. */
  #until(time: number): Promise<void> {
    const ms = time - this.#clock.now();
    if (ms <= 0 || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => this.#rested?.(), ms);
      this.#rested = () => {
        this.#rested = undefined;
        this.#clock.clearTimeout(timer);
        resolve();
      };
    });
  }

  #failure(answer: Answer): AppError {
    const { reply } = this.#options.definition;
    if ("line" in answer) {
      return new AppError(
        "device.unavailable",
        `The buzzer ${this.name} answered "${answer.line}" instead of "${reply}"`,
        {
          hint: "Check that the sketch on it understands the command of its definition.",
        },
      );
    }
    if (answer.end === "timeout") {
      return new AppError("device.unavailable", `The buzzer ${this.name} did not answer "${reply}" in time`, {
        hint: "Check the line speed and the sketch on it.",
      });
    }
    return new AppError("device.lost", `The buzzer ${this.name} was ${answer.end}`, {
      hint: "Plug it in again; it is tried at the next signal.",
    });
  }
}
