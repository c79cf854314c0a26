import { redactFrame } from "../ocpp/rpc/redact.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import { Emitter } from "../util/emitter.ts";
import { AppError } from "../util/errors.ts";
import type { ReceivedRequest } from "./answers.ts";

/** How many requests are remembered, and how many characters they may have had on the wire together. */
const REMEMBERED_MAX = 2000;
const REMEMBERED_SIZE_MAX = 16 * 1024 * 1024;
const TIMEOUT_MS = 5000;
const SHOWN_MAX = 10;

export interface WaitOptions {
  /** Real time by default, whatever clock the central system has: this watches over real sockets. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly station?: string;
  /** Only requests with a higher `seq`: those that came after this one. */
  readonly after?: number;
}

/** The requests that stations made, in order, and a way to wait for one. */
export class Received {
  #requests: ReceivedRequest[] = [];
  #sizes: number[] = [];
  #size = 0;
  #seq = 0;
  readonly #arrivals = new Emitter<ReceivedRequest>();

  /** `size` is the frame's length. */
  add(request: Omit<ReceivedRequest, "seq">, size: number): ReceivedRequest {
    const numbered = { seq: ++this.#seq, ...request };
    this.#requests.push(numbered);
    this.#sizes.push(size);
    this.#size += size;
    if (this.#requests.length > 2 * REMEMBERED_MAX) this.#forget(REMEMBERED_MAX);
    while (this.#size > REMEMBERED_SIZE_MAX && this.#requests.length > 1)
      this.#forget(Math.ceil(this.#requests.length / 2));
    this.#arrivals.emit(numbered);
    return numbered;
  }

  #forget(keep: number): void {
    this.#requests = this.#requests.slice(-keep);
    this.#sizes = this.#sizes.slice(-keep);
    this.#size = this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  /** What is remembered, oldest first: the newest 2000, fewer when they are very long. */
  all(action?: string): readonly ReceivedRequest[] {
    return this.#requests.filter((r) => action === undefined || r.action === action);
  }

  /** The `seq` of the newest request, 0 when there is none; for {@link WaitOptions.after}. */
  get last(): number {
    return this.#seq;
  }

  /**
   * Resolves with the first request that fits, also one that is here already.
   * @throws AppError `state.conflict` after the timeout; its stack points to the caller, its text says what arrived
   */
  waitFor(
    action: string,
    predicate: (request: ReceivedRequest) => boolean = () => true,
    o: WaitOptions = {},
  ): Promise<ReceivedRequest> {
    const { timeoutMs = TIMEOUT_MS, clock = systemClock, after = 0 } = o;
    const error = new AppError("state.conflict", "", {
      hint: "Look at what arrived instead: the station was not yet there, or the condition fits none of it.",
    });
    const inTime = (r: ReceivedRequest) => r.seq > after && (o.station ?? r.station) === r.station;
    const fits = (r: ReceivedRequest) => r.action === action && inTime(r) && predicate(r);
    const there = this.#requests.find(fits);
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => {
        stop();
        error.message = `No fitting ${action} came${o.station === undefined ? "" : ` from ${o.station}`} within ${timeoutMs} ms; ${describe(this.#requests.filter(inTime))}`;
        reject(error);
      }, timeoutMs);
      const stop = this.#arrivals.on((r) => {
        const found = attempt(() => fits(r));
        if (found === false) return;
        clock.clearTimeout(timer);
        stop();
        if (found === true) resolve(r);
        else reject(found);
      });
    });
  }
}

/** The result, or the error that a caller's predicate threw. */
function attempt(test: () => boolean): boolean | Error {
  try {
    return test();
  } catch (e) {
    return e instanceof Error ? e : new Error(String(e));
  }
}

function describe(requests: readonly ReceivedRequest[]): string {
  if (requests.length === 0) return "nothing arrived";
  const shown = requests.slice(-SHOWN_MAX).map((r) => `${r.station} ${r.action} ${brief(r.payload)}`);
  const more = requests.length > SHOWN_MAX ? `the last ${SHOWN_MAX} of ${requests.length}` : "these";
  return `${more} arrived: ${shown.join("; ")}`;
}

function brief(payload: unknown): string {
  const { raw: json } = redactFrame({
    direction: "in",
    messageType: "CALL",
    raw: JSON.stringify(payload) ?? "",
  });
  return json.length > 120 ? `${json.slice(0, 119)}…` : json;
}
