import { DATE_TIME } from "./differences.ts";

/**
 * What a recorded message says today: transaction ids as the other central system gave them, and times moved on by
 * the same amount each, so that what was a minute apart is so again.
 */
export class Substitution {
  readonly #transactions = new Map<unknown, unknown>();
  readonly #shiftMs: number;

  /** `shiftMs` 0 leaves times as they are. */
  constructor(shiftMs: number) {
    this.#shiftMs = shiftMs;
  }

  /** The other central system calls the transaction so. */
  learn(recorded: unknown, now: unknown): void {
    this.#transactions.set(recorded, now);
  }

  apply(payload: unknown, name?: string): unknown {
    if (name === "transactionId" && this.#transactions.has(payload)) return this.#transactions.get(payload);
    if (typeof payload === "string") return this.#time(payload);
    if (Array.isArray(payload)) return payload.map((item) => this.apply(item));
    if (typeof payload !== "object" || payload === null) return payload;
    return Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, this.apply(value, key)]));
  }

  #time(text: string): string {
    if (this.#shiftMs === 0 || !DATE_TIME.test(text)) return text;
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? text : new Date(ms + this.#shiftMs).toISOString();
  }
}
