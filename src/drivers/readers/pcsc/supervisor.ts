import type { Clock, TimerHandle } from "../../../util/clock.ts";
import { daemonAnswers, daemonSocket } from "./daemon.ts";
import { PcscProcess } from "./process.ts";
import type { FromChild, ToChild } from "./protocol.ts";
import { scard, scardCode } from "./status.ts";

/** Why there are no readers at all. */
export type Outage =
  | { readonly kind: "package"; readonly detail: string }
  | { readonly kind: "daemon"; readonly detail: string }
  /** The daemon takes connections and does not answer. */
  | { readonly kind: "silent"; readonly detail: string }
  /** The machine slept; readers are asked for anew. */
  | { readonly kind: "slept"; readonly detail: string }
  /** The daemon lets this user not in (polkit). */
  | { readonly kind: "denied"; readonly detail: string }
  /** The child died: the daemon broke the connection, or nfc-pcsc crashed. */
  | { readonly kind: "broken"; readonly detail: string };

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly socket: string | undefined;
  readonly program: URL;
  readonly start: Extract<ToChild, { t: "start" }>;
  readonly onMessage: (message: FromChild) => void;
  /** Called on every failed round, also when nothing changed. */
  readonly onOutage: (outage: Outage) => void;
}

/** Waiting times between rounds, in milliseconds; the last one repeats. */
const BACK_OFF = [250, 500, 1000, 2000] as const;

/** A child that lived this long was healthy: the next round starts without waiting long. */
const HEALTHY_AFTER = 5000;

/** Keeps a child running as long as the daemon answers, and asks for the daemon as long as it does not. */
export class Supervisor {
  readonly #o: SupervisorOptions;
  readonly #socket: string | undefined;
  #process: PcscProcess | undefined;
  #closed = false;
  #missing = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;

  constructor(o: SupervisorOptions) {
    this.#o = o;
    this.#socket = daemonSocket(o.socket);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Is false when there is no child to hear it. */
  send(message: ToChild): boolean {
    this.#process?.send(message);
    return this.#process !== undefined;
  }

  /** Ends the child, which hangs; the next one is started. */
  restart(): void {
    this.#process?.kill();
  }

  /** Resolves when the child is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    this.#process?.kill();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#closed && !this.#missing; failures++) {
      const began = this.#o.clock.now();
      const outage = (await this.#daemonOutage()) ?? (await this.#oneChild());
      if (this.#closed) return;
      this.#o.onOutage(outage);
      if (this.#o.clock.now() - began >= HEALTHY_AFTER) failures = 0;
      await this.#pause(BACK_OFF[Math.min(failures, BACK_OFF.length - 1)] ?? 0);
    }
  }

  async #daemonOutage(): Promise<Outage | undefined> {
    if (await daemonAnswers(this.#socket)) return undefined;
    return { kind: "daemon", detail: this.#socket ?? "" };
  }

  async #oneChild(): Promise<Outage> {
    if (this.#closed) return { kind: "broken", detail: "" };
    const child = new PcscProcess({
      ...this.#o,
      socket: this.#socket,
      onMessage: (m) => {
        if (m.t === "missing") this.#missing = true;
        if (!this.#closed) this.#o.onMessage(m);
      },
    });
    this.#process = child;
    const { hung, slept, said } = await child.ended;
    this.#process = undefined;
    if (this.#missing) return { kind: "package", detail: said };
    if (slept) return { kind: "slept", detail: "" };
    if (hung) return { kind: "silent", detail: said };
    if (scardCode(said) === scard.securityViolation) return { kind: "denied", detail: said };
    return (await this.#daemonOutage()) ?? { kind: "broken", detail: said };
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer: TimerHandle = this.#o.clock.setTimeout(resolve, ms);
      this.#wake = () => {
        this.#o.clock.clearTimeout(timer);
        resolve();
      };
      if (this.#closed) this.#wake();
    });
  }
}
