import type { Clock, TimerHandle } from "../../../util/clock.ts";
import { AppError } from "../../../util/errors.ts";
import { hints } from "./hints.ts";
import { bytesToHex, type FromChild, hexToBytes } from "./protocol.ts";
import type { Supervisor } from "./supervisor.ts";

/** A reader that does not answer a command within this time, in milliseconds, hangs. */
const ANSWER_WITHIN = 10_000;

interface Pending {
  readonly reader: string;
  readonly timer: TimerHandle;
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (e: AppError) => void;
}

/** Commands to readers that wait for their answers. */
export class Escapes {
  readonly #clock: Clock;
  readonly #supervisor: Supervisor;
  readonly #pending = new Map<number, Pending>();
  #next = 1;

  constructor(clock: Clock, supervisor: Supervisor) {
    this.#clock = clock;
    this.#supervisor = supervisor;
  }

  /** @throws AppError `device.unavailable` */
  send(bytes: Uint8Array, readers: readonly string[], wanted?: string): Promise<Uint8Array> {
    const named = wanted === undefined ? undefined : readers.find((r) => r.includes(wanted));
    const reader = named ?? wanted ?? "PC/SC reader";
    if (readers.length === 0 || (wanted !== undefined && named === undefined)) {
      return Promise.reject(
        new AppError("device.unavailable", `${reader}: it is not plugged in, the command was not sent`, {
          hint: hints.noReader,
        }),
      );
    }
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => this.#hangs(id), ANSWER_WITHIN);
      this.#pending.set(id, { reader, timer, resolve, reject });
      const to = named === undefined ? {} : { reader: named };
      const sent = this.#supervisor.send({ t: "escape", id, bytes: bytesToHex(bytes), ...to });
      if (!sent) this.#reject(id, "the PC/SC service is gone", hints.daemon);
    });
  }

  heard(m: Extract<FromChild, { t: "answer" | "failed" }>): void {
    if (m.t === "failed") this.#reject(m.id, m.why, m.refused ? hints.escape : hints.retry);
    else this.#take(m.id)?.resolve(hexToBytes(m.bytes));
  }

  /** Nothing that waits will be answered any more. */
  fail(why: string): void {
    for (const id of [...this.#pending.keys()]) this.#reject(id, why, hints.daemon);
  }

  #hangs(id: number): void {
    this.#reject(id, `no answer within ${ANSWER_WITHIN / 1000} s`, hints.silent);
    this.#supervisor.restart();
  }

  #reject(id: number, why: string, hint: string): void {
    const pending = this.#take(id);
    pending?.reject(
      new AppError("device.unavailable", `${pending.reader}: the command failed: ${why}`, { hint }),
    );
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    this.#clock.clearTimeout(pending.timer);
    return pending;
  }
}
