import type { JournalEntry } from "../journal/types.ts";
import { AppError } from "../util/errors.ts";
import type { Bench } from "./bench.ts";
import { failureOf } from "./failure.ts";
import type { Instance } from "./instance.ts";
import { judged, whatIsMissing } from "./judge.ts";
import { online } from "./online.ts";
import { type Track, whileOn } from "./part.ts";
import type { RunContext } from "./run-context.ts";
import { OUTERMOST, placeFrom, type Scope, shared, surroundings } from "./scope.ts";
import { type Step, StepSkipped } from "./step.ts";
import { before, patienceMs, StepRunner, type UnderWay } from "./step-runner.ts";
import { Interrupted, interruption, Told } from "./told.ts";
import type { Failure, Outcome, ScenarioResult } from "./types.ts";
import { durationText } from "./units.ts";

/** How long a scenario may take when it does not say, on its own clock, ms. */
const TIMEOUT_MS = { virtual: 7 * 86_400_000, real: 300_000 } as const;
const TEARDOWN_MS = 60_000;
/** Runs one scenario once, on a bench of its own. Never rejects: what goes wrong is in the result. */
export async function runInstance(
  instance: Instance,
  context: RunContext,
  retry: number,
): Promise<ScenarioResult> {
  const began = performance.now();
  const end = (
    part: Pick<ScenarioResult, "outcome" | "failures"> & Partial<ScenarioResult>,
  ): ScenarioResult => ({
    ms: 0,
    wallMs: performance.now() - began,
    retry,
    seed: instance.seed,
    ...part,
  });
  const why = instance.skip ?? whatIsMissing(instance, context);
  if (why !== undefined) return end({ outcome: "skipped", failures: [], why });
  let bench: Bench | undefined;
  const run = new ScenarioRun(instance, context);
  try {
    bench = await context.openBench(instance.setup());
    const { clock } = bench;
    const from = clock.now();
    await bench.run(run.all(bench), (e) => run.giveUp(e));
    return judged(instance, end({ ...run.result(), ms: clock.now() - from }));
  } catch (e) {
    if (context.signal.aborted)
      return end({ outcome: "interrupted", failures: [], why: interruption(context.signal) });
    return end({ outcome: "error", failures: [run.failureOf(e)] });
  } finally {
    await bench?.close().catch(() => {});
  }
}

/** One go through a scenario. */
class ScenarioRun {
  readonly #instance: Instance;
  readonly #context: RunContext;
  readonly #failures: Failure[] = [];
  #bench: Bench | undefined;
  #outcome: Outcome = "passed";
  #why: string | undefined;
  #runner: StepRunner | undefined;
  #going: AbortController | undefined;
  /** The steps at which its part was given up. */
  #here: readonly UnderWay[] = [];

  constructor(instance: Instance, context: RunContext) {
    this.#instance = instance;
    this.#context = context;
  }

  result(): Pick<ScenarioResult, "outcome" | "failures" | "why"> {
    return {
      outcome: this.#outcome,
      failures: this.#failures,
      ...(this.#why === undefined ? {} : { why: this.#why }),
    };
  }

  /** Set-up, steps, and whatever came of them the tear-down. */
  async all(bench: Bench): Promise<void> {
    this.#bench = bench;
    const runner = new StepRunner(this.#instance, this.#context, bench);
    this.#runner = runner;
    const { setup, steps, teardown } = this.#instance.scenario;
    this.#listen(bench);
    await this.#part(async (track) => {
      await this.#begin(bench, track.part);
      await runner.steps(setup, "setup", track, OUTERMOST);
      await runner.steps(steps, "steps", track, OUTERMOST);
    }, this.#timeoutMs(bench));
    if (teardown.length > 0) await this.#tearDown(bench, teardown, runner);
    await bench.settle();
  }

  /** Ends the part that goes on for a reason; false: none does. */
  giveUp(why: unknown): boolean {
    if (this.#going === undefined || this.#going.signal.aborted) return false;
    this.#here = this.#runner?.underWay ?? [];
    this.#going.abort(why);
    return true;
  }

  /** What an error means that no step has told. */
  failureOf(e: unknown, scope = OUTERMOST): Failure {
    const { at: whole, name } = this.#instance.scenario;
    const { at, title: step } = this.#here[0] ?? { at: whole, title: name };
    return failureOf(e, { path: "", at, step, scope, ...before(this.#bench) });
  }

  #timeoutMs(bench: Bench): number {
    return this.#instance.scenario.timeoutMs ?? TIMEOUT_MS[bench.virtual ? "virtual" : "real"];
  }

  #listen(bench: Bench): void {
    const { emit } = this.#context;
    const { id } = this.#instance.info;
    const tell = (fact: JournalEntry) => emit({ kind: "fact", id, fact });
    bench.journal.subscribe(tell);
    for (const fact of bench.journal.query()) tell(fact);
  }

  /** An interruption does not end it: the second one ends the program. */
  #tearDown(bench: Bench, steps: readonly Step[], runner: StepRunner): Promise<void> {
    const never = new AbortController().signal;
    const work = async (track: Track): Promise<void> => {
      // What a step that was given up leaves to do is done before.
      await bench.settle();
      await runner.steps(steps, "teardown", track, OUTERMOST);
    };
    return this.#part(work, TEARDOWN_MS, never);
  }

  /** Does a part of it; a failure, the time-out or an interruption ends the part. */
  async #part(
    work: (track: Track) => Promise<void>,
    timeoutMs: number,
    signal = this.#context.signal,
  ): Promise<void> {
    const bench = this.#bench as Bench;
    const part = new AbortController();
    this.#going = part;
    this.#here = [];
    const late = () => {
      const here = this.#runner?.underWay ?? [];
      const said = `It took longer than ${durationText(timeoutMs)}${this.#during(here)}`;
      const hint = "Give it a timeout of its own, or shorter waits.";
      this.giveUp(new AppError("state.conflict", said, { hint }));
    };
    const interrupted = () => this.giveUp(new Interrupted(interruption(this.#context.signal)));
    const timer = bench.clock.setTimeout(late, timeoutMs);
    signal.addEventListener("abort", interrupted);
    if (signal.aborted) interrupted();
    try {
      await whileOn(part.signal, work({ since: 0, part: part.signal }));
    } catch (e) {
      this.#note(
        signal.aborted && !(e instanceof StepSkipped)
          ? new Interrupted(interruption(this.#context.signal))
          : e,
      );
    } finally {
      bench.clock.clearTimeout(timer);
      signal.removeEventListener("abort", interrupted);
      part.abort(new AppError("state.conflict", "It is over"));
    }
  }

  /** ", at the step wait 10 s (line 7)"; side by side: ", at the steps … and …". */
  #during(here: readonly UnderWay[]): string {
    const named = here.map(({ title, at }) => `${title} (${placeFrom(this.#instance.scenario.at, at)})`);
    return named.length === 0 ? "" : `, at the step${named.length > 1 ? "s" : ""} ${named.join(" and ")}`;
  }

  #whereInterrupted(e: Interrupted): string {
    const [first] = this.#here;
    if (first === undefined) return `${e.message}, before its first step`;
    const { around = [] } = surroundings(this.#scope(), first.at);
    return [`${e.message}${this.#during(this.#here)}`, ...around.map(({ text }) => text)].join("; ");
  }

  /** What all steps run within at which it was given up. */
  #scope(): Scope {
    return shared(this.#here.map(({ scope }) => scope));
  }

  #note(e: unknown): void {
    if (e instanceof StepSkipped || e instanceof Interrupted) {
      if (this.#outcome !== "passed") return;
      this.#outcome = e instanceof Interrupted ? "interrupted" : "skipped";
      this.#why = e instanceof Interrupted ? this.#whereInterrupted(e) : e.message;
      return;
    }
    const failure = e instanceof Told ? e.failure : this.failureOf(e, this.#scope());
    this.#failures.push(failure);
    // What was skipped excuses no failure of the tear-down.
    if (this.#outcome === "skipped") this.#why = undefined;
    if (this.#outcome === "passed" || this.#outcome === "skipped") this.#outcome = failure.outcome;
  }

  async #begin(bench: Bench, part: AbortSignal): Promise<void> {
    const { begins = "online" } = this.#instance.setup().station;
    if (begins === "online") {
      const { known, spoken } = this.#context;
      const { ocpp } = this.#instance;
      await online(bench, patienceMs(bench), { ...known, ocpp }, spoken, part);
      spoken.add(ocpp);
    }
    await bench.settle();
  }
}
