import type { CallAnswer, CallOutcome, OcppVersion } from "../ocpp/rpc/types.ts";
import { payloadCheck } from "../ocpp/schemas.ts";
import type { Clock } from "../util/clock.ts";
import { type AppError, isAppError } from "../util/errors.ts";
import { MASK } from "../util/mask.ts";
import { type Difference, differences } from "./differences.ts";
import { exchangesOf, type RecordedAnswer, type RecordedExchange } from "./exchanges.ts";
import type { Recording } from "./recording.ts";
import { Substitution } from "./substitute.ts";

/** What the other central system said. */
export type Answer =
  | RecordedAnswer
  | { readonly kind: "none"; readonly why: "timeout" | "the connection broke" };

/** A CALL of the recorded station, said again. */
export interface ReplayedExchange {
  readonly line: number;
  readonly action: string;
  /** As it was sent now; absent when it was not sent. */
  readonly sent?: unknown;
  readonly recorded?: RecordedAnswer;
  readonly now?: Answer;
  readonly differences: readonly Difference[];
  /** Why it was not sent, or what else is wrong: an answer that does not fit its schema. */
  readonly problem?: string;
}

/** A command of the other central system, and the line of the log whose answer it got. */
export interface Command {
  readonly action: string;
  readonly payload: unknown;
  /** Absent: the log has no such command, and it was answered NotImplemented. */
  readonly answeredFrom?: number;
}

export interface ReplayReport {
  readonly exchanges: readonly ReplayedExchange[];
  /** Commands that came now. */
  readonly commands: readonly Command[];
  /** Commands of the log that did not come: another central system has its own reasons and people to send some. */
  readonly missing: readonly { readonly action: string; readonly line: number }[];
  /** Messages of the log that it did not come to. */
  readonly left: number;
  /** Why it did not: the connection was lost and did not come back. */
  readonly lost?: AppError;
}

/** The connection that a replay uses: one CALL at a time; commands that come in go to `onCommand`. */
export interface ReplayLink {
  /** Resolves with what came of it; never rejects. */
  call(action: string, payload: unknown): Promise<CallOutcome>;
  /** Resolves when the connection stands. @throws AppError `csms.*` when it cannot be had. */
  ready(): Promise<void>;
}

export interface ReplayOptions {
  readonly version: OcppVersion;
  readonly clock: Clock;
  /** Leave times as recorded; otherwise the first message is moved to now and all others with it. */
  readonly keepTimes: boolean;
  /** `recorded`: with the pauses of the log; `fast`: each message as soon as the one before is answered. */
  readonly pace: "recorded" | "fast";
  /** Paths of answers that do not count, see differences.ts. */
  readonly ignore: readonly string[];
  /** Hears each exchange as it is done. */
  readonly onExchange?: (exchange: ReplayedExchange) => void;
  readonly signal?: AbortSignal;
}

/**
 * Says to another central system what a recorded station said, in the same order, and compares the answers with the
 * recorded ones.
 */
export class Replay {
  readonly #exchanges: readonly RecordedExchange[];
  readonly #o: ReplayOptions;
  readonly #substitution: Substitution;
  readonly #commands: Command[] = [];
  /** Commands of the log that have not come yet. */
  readonly #expected: RecordedExchange[];
  readonly #began: number;
  readonly #firstAt: number | undefined;

  constructor(recording: Recording, o: ReplayOptions) {
    this.#exchanges = exchangesOf(recording);
    this.#o = o;
    this.#expected = this.#exchanges.filter((e) => e.from === "csms");
    this.#began = o.clock.now();
    this.#firstAt = this.#exchanges.find((e) => e.at !== undefined)?.at;
    const shift = this.#firstAt === undefined || o.keepTimes ? 0 : this.#began - this.#firstAt;
    this.#substitution = new Substitution(shift);
  }

  /** Until the end of the log, the loss of the connection or an interruption. */
  async run(link: ReplayLink): Promise<ReplayReport> {
    const exchanges: ReplayedExchange[] = [];
    const messages = this.#exchanges.filter(({ from }) => from === "station");
    const stopped = aborted(this.#o.signal);
    let lost: AppError | undefined;
    try {
      await Promise.race([link.ready(), stopped]);
      for (const message of messages) {
        await this.#pause(message);
        const done = await Promise.race([this.#replay(message, link), stopped]);
        if (done === undefined || this.#o.signal?.aborted === true) break;
        exchanges.push(done);
        this.#o.onExchange?.(done);
      }
    } catch (e) {
      if (!isAppError(e)) throw e;
      lost = e;
    }
    return {
      exchanges,
      commands: this.#commands,
      missing: this.#expected.map(({ action, line }) => ({ action, line })),
      left: messages.length - exchanges.length,
      ...(lost === undefined ? {} : { lost }),
    };
  }

  /** Answers a command as the recorded station answered the next one of that action. */
  readonly command = (action: string, payload: unknown): CallAnswer => {
    const at = this.#expected.findIndex((e) => e.action === action);
    const known =
      at < 0 ? this.#exchanges.findLast((e) => e.from === "csms" && e.action === action) : undefined;
    const [taken = known] = at < 0 ? [] : this.#expected.splice(at, 1);
    this.#commands.push({ action, payload, ...(taken === undefined ? {} : { answeredFrom: taken.line }) });
    const { answer } = taken ?? {};
    if (answer?.kind === "result") return { ok: true, payload: this.#substitution.apply(answer.payload) };
    const description = "The recorded station was not asked this";
    if (answer === undefined) return { ok: false, code: "NotImplemented", description };
    return { ok: false, code: answer.code as never, description: "As the recorded station answered" };
  };

  async #replay(exchange: RecordedExchange, link: ReplayLink): Promise<ReplayedExchange> {
    const { line, action, payload, answer: recorded } = exchange;
    const about = { line, action, ...(recorded === undefined ? {} : { recorded }) };
    if (JSON.stringify(payload ?? {}).includes(`"${MASK}"`))
      return {
        ...about,
        differences: [],
        problem: "not sent: a secret in it was masked when it was recorded",
      };
    await link.ready();
    const sent = this.#substitution.apply(payload ?? {});
    const outcome = await link.call(action, sent);
    const now = answerOf(outcome);
    this.#learn(action, recorded, now);
    const problem = this.#schemaProblem(action, now);
    const found = recorded === undefined ? [] : answerDifferences(recorded, now, this.#o.ignore);
    return { ...about, sent, now, differences: found, ...(problem === undefined ? {} : { problem }) };
  }

  #learn(action: string, recorded: RecordedAnswer | undefined, now: Answer): void {
    if (action !== "StartTransaction" || recorded?.kind !== "result" || now.kind !== "result") return;
    const id = (answer: unknown) => (answer as { transactionId?: unknown } | null)?.transactionId;
    this.#substitution.learn(id(recorded.payload), id(now.payload));
  }

  #schemaProblem(action: string, now: Answer): string | undefined {
    if (now.kind !== "result") return undefined;
    const wrong = payloadCheck(this.#o.version)(action, "response", now.payload);
    return wrong === undefined ? undefined : `the answer does not fit its schema: ${wrong.detail}`;
  }

  async #pause({ at }: RecordedExchange): Promise<void> {
    const { pace, clock, signal } = this.#o;
    if (pace === "fast" || at === undefined || this.#firstAt === undefined) return;
    const wait = this.#began + (at - this.#firstAt) - clock.now();
    if (wait <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = clock.setTimeout(resolve, wait);
      signal?.addEventListener("abort", () => {
        clock.clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** Resolves at an interruption. */
const aborted = (signal: AbortSignal | undefined): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) resolve(undefined);
    signal?.addEventListener("abort", () => resolve(undefined));
  });

function answerOf(outcome: CallOutcome): Answer {
  if (outcome.kind === "result") return { kind: "result", payload: outcome.payload };
  if (outcome.kind === "error") return { kind: "error", code: outcome.code };
  return { kind: "none", why: outcome.kind === "disconnected" ? "the connection broke" : "timeout" };
}

/** The kind of answer first; fields only where both are results. */
function answerDifferences(recorded: RecordedAnswer, now: Answer, ignore: readonly string[]): Difference[] {
  if (recorded.kind === "result" && now.kind === "result")
    return differences(recorded.payload ?? {}, now.payload ?? {}, ignore);
  if (recorded.kind === "error" && now.kind === "error" && recorded.code === now.code) return [];
  return [{ path: "", recorded: inShort(recorded), now: inShort(now) }];
}

function inShort(answer: Answer): string {
  if (answer.kind === "result") return "CALLRESULT";
  return answer.kind === "error" ? `CALLERROR ${answer.code}` : `no answer (${answer.why})`;
}
