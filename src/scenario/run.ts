import type { JournalEntry } from "../journal/types.ts";
import { AppError } from "../util/errors.ts";
import type { Bench, OpenBench } from "./bench.ts";
import { failureOf } from "./failure.ts";
import { filledText, filledValue } from "./filled.ts";
import type { Instance } from "./instance.ts";
import { judged, whatIsMissing } from "./judge.ts";
import { online } from "./online.ts";
import { outside, type Part, type Track } from "./part.ts";
import { OUTERMOST, placeFrom, type Scope, surroundings } from "./scope.ts";
import { type Known, type Need, type Running, type Step, StepSkipped } from "./step.ts";
import { stepKinds } from "./steps/table.ts";
import type { Vars } from "./template.ts";
import { titleOf } from "./title.ts";
import { Interrupted, placed, Told } from "./told.ts";
import type { Failure, Outcome, Position, RunEvent, ScenarioResult, StepInfo, StepResult } from "./types.ts";
import { understood } from "./understand.ts";
import { durationText } from "./units.ts";

/** What a run gives all of its scenarios. */
export interface RunContext {
  readonly openBench: OpenBench;
  readonly known: Known;
  readonly emit: (event: RunEvent) => void;
  /** OCPP versions in which a station was registered in this run; added to. */
  readonly spoken: Set<string>;
  /** Aborted: the running steps are given up, tear-downs still run. */
  readonly signal: AbortSignal;
  /** Asks a person at the terminal; absent: there is nobody. */
  readonly ask?: (text: string) => Promise<void>;
  /** Why what a step needs is not there; undefined: it is. */
  readonly missing: (need: Need) => string | undefined;
}

/** How long an expectation waits when it does not say, ms: virtual time costs nothing. */
const PATIENCE_MS = { virtual: 30_000, real: 10_000 } as const;
/** How long a scenario may take when it does not say, on its own clock, ms. */
const TIMEOUT_MS = { virtual: 7 * 86_400_000, real: 300_000 } as const;
const TEARDOWN_MS = 60_000;
/** How many of the last facts a failure shows. */
const LAST_FACTS = 12;

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
    await bench.run(run.all(bench));
    return judged(instance, end({ ...run.result(), ms: clock.now() - from }));
  } catch (e) {
    if (context.signal.aborted)
      return end({ outcome: "interrupted", failures: [], why: interruption(context) });
    return end({ outcome: "error", failures: [run.failureOf(e)] });
  } finally {
    await bench?.close().catch(() => {});
  }
}

/** "interrupted (SIGINT)". */
const interruption = ({ signal }: RunContext): string =>
  typeof signal.reason === "string" ? `interrupted (${signal.reason})` : "interrupted";

/** One go through a scenario. */
class ScenarioRun {
  readonly #instance: Instance;
  readonly #context: RunContext;
  readonly #vars: Record<string, unknown>;
  readonly #failures: Failure[] = [];
  #bench: Bench | undefined;
  #outcome: Outcome = "passed";
  #why: string | undefined;
  /** The step that began last, for a time-out and an interruption to name. */
  #current: { readonly title: string; readonly at: Position; readonly scope: Scope } | undefined;

  constructor(instance: Instance, context: RunContext) {
    this.#instance = instance;
    this.#context = context;
    this.#vars = { ...instance.vars };
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
    Object.assign(this.#vars, bench.variables);
    const { setup, steps, teardown } = this.#instance.scenario;
    this.#listen(bench);
    await this.#part(async (track) => {
      await this.#begin(bench);
      await this.#steps(setup, "setup", track, OUTERMOST);
      await this.#steps(steps, "steps", track, OUTERMOST);
    }, this.#timeoutMs(bench));
    if (teardown.length > 0) await this.#tearDown(teardown);
    await bench.settle();
  }

  /** What an error means that no step has told. */
  failureOf(e: unknown, scope = OUTERMOST): Failure {
    const { at, name: step } = this.#instance.scenario;
    return failureOf(e, { path: "", at, step, scope, lastFacts: this.#lastFacts() });
  }

  #timeoutMs(bench: Bench): number {
    return this.#instance.scenario.timeoutMs ?? TIMEOUT_MS[bench.virtual ? "virtual" : "real"];
  }

  #lastFacts(): readonly JournalEntry[] {
    return this.#bench?.journal.query({ last: LAST_FACTS }) ?? [];
  }

  #listen(bench: Bench): void {
    const { emit } = this.#context;
    const { id } = this.#instance.info;
    const tell = (fact: JournalEntry) => emit({ kind: "fact", id, fact });
    bench.journal.subscribe(tell);
    for (const fact of bench.journal.query()) tell(fact);
  }

  /** An interruption does not end it: the second one ends the program. */
  #tearDown(steps: readonly Step[]): Promise<void> {
    this.#current = undefined;
    const never = new AbortController().signal;
    return this.#part((track) => this.#steps(steps, "teardown", track, OUTERMOST), TEARDOWN_MS, never);
  }

  /** Does a part of it; a failure, the time-out or an interruption ends the part. */
  async #part(
    work: (track: Track) => Promise<void>,
    timeoutMs: number,
    signal = this.#context.signal,
  ): Promise<void> {
    const bench = this.#bench as Bench;
    let giveUp: (e: Error) => void = () => {};
    const ended = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const part: Part = { ended, over: undefined };
    const late = () => {
      const hint = "Give it a timeout of its own, or shorter waits.";
      const said = `It took longer than ${durationText(timeoutMs)}${this.#during()}`;
      giveUp(new AppError("state.conflict", said, { hint }));
    };
    const interrupted = () => giveUp(new Interrupted(interruption(this.#context)));
    const timer = bench.clock.setTimeout(late, timeoutMs);
    signal.addEventListener("abort", interrupted);
    if (signal.aborted) interrupted();
    try {
      await Promise.race([work({ since: 0, part }), ended]);
    } catch (e) {
      this.#note(
        signal.aborted && !(e instanceof StepSkipped) ? new Interrupted(interruption(this.#context)) : e,
      );
    } finally {
      bench.clock.clearTimeout(timer);
      signal.removeEventListener("abort", interrupted);
      part.over = new AppError("state.conflict", "It is over");
    }
  }

  /** ", at the step wait 10 s (line 7)". */
  #during(): string {
    if (this.#current === undefined) return "";
    const { title, at } = this.#current;
    return `, at the step ${title} (${placeFrom(this.#instance.scenario.at, at)})`;
  }

  #whereInterrupted(e: Interrupted): string {
    if (this.#current === undefined) return `${e.message}, before its first step`;
    const { around = [] } = surroundings(this.#current.scope, this.#current.at);
    return [`${e.message}${this.#during()}`, ...around.map(({ text }) => text)].join("; ");
  }

  #note(e: unknown): void {
    if (e instanceof StepSkipped || e instanceof Interrupted) {
      if (this.#outcome !== "passed") return;
      this.#outcome = e instanceof Interrupted ? "interrupted" : "skipped";
      this.#why = e instanceof Interrupted ? this.#whereInterrupted(e) : e.message;
      return;
    }
    const failure = e instanceof Told ? e.failure : this.failureOf(e, this.#current?.scope);
    this.#failures.push(failure);
    if (this.#outcome === "passed") this.#outcome = failure.outcome;
  }

  async #begin(bench: Bench): Promise<void> {
    const { begins = "online" } = this.#instance.scenario.station;
    if (begins === "online") {
      const { known, spoken } = this.#context;
      const { ocpp } = this.#instance;
      await online(bench, this.#patienceMs(bench), { ...known, ocpp }, spoken);
      spoken.add(ocpp);
    }
    await bench.settle();
  }

  #patienceMs(bench: Bench): number {
    return PATIENCE_MS[bench.virtual ? "virtual" : "real"];
  }

  async #steps(steps: readonly Step[], prefix: string, track: Track, scope: Scope): Promise<void> {
    for (const [i, step] of steps.entries()) {
      if (track.part.over !== undefined) throw track.part.over;
      await this.#step(step, `${prefix}.${i + 1}`, track, scope);
    }
  }

  async #step(step: Step, path: string, track: Track, scope: Scope): Promise<void> {
    const bench = this.#bench as Bench;
    const { emit } = this.#context;
    const { ocpp, info } = this.#instance;
    const began = bench.clock.now();
    const filled = () => filledValue(step, ocpp, this.#allVars(scope.vars));
    const about: StepInfo = {
      path,
      kind: step.kind,
      title: titleOf(step, filled, stepKinds[step.kind], this.#instance.scenario.directory),
      text: step.text,
      at: step.at,
      endLine: step.endLine,
    };
    const time = () => new Date(bench.clock.now()).toISOString();
    this.#current = { title: about.title, at: about.at, scope };
    emit({ kind: "stepBegan", id: info.id, step: about, time: time() });
    const end = (result: Omit<StepResult, "ms">) =>
      emit({
        kind: "stepEnded",
        id: info.id,
        step: about,
        time: time(),
        result: { ...result, ms: bench.clock.now() - began },
      });
    if (step.ocpp !== undefined && step.ocpp !== ocpp) {
      end({ outcome: "skipped", why: `only in OCPP ${step.ocpp}` });
      return;
    }
    try {
      await this.#do(step, filled(), path, track, scope);
      end({ outcome: "passed" });
    } catch (e) {
      if (e instanceof StepSkipped) end({ outcome: "skipped", why: e.message });
      if (e instanceof Interrupted) end({ outcome: "interrupted", why: e.message });
      if (e instanceof StepSkipped || e instanceof Interrupted || e === track.part.over) throw e;
      const failure = e instanceof Told ? e.failure : this.#failureAt(e, step, path, scope);
      end({ outcome: failure.outcome, failure });
      throw new Told(failure);
    }
  }

  #failureAt(e: unknown, step: Step, path: string, scope: Scope): Failure {
    const written = filledText(step, this.#allVars(scope.vars));
    const place = { path, at: step.at, step: written, scope, lastFacts: this.#lastFacts() };
    return failureOf(placed(e, step, this.#instance.ocpp), place);
  }

  async #do(step: Step, value: unknown, path: string, track: Track, scope: Scope): Promise<void> {
    const bench = this.#bench as Bench;
    const { known, missing } = this.#context;
    const kind = stepKinds[step.kind];
    if (kind === undefined) throw new AppError("internal", `There is no step ${step.kind}`);
    const parsed = understood(step, kind, value, { ...known, ocpp: this.#instance.ocpp });
    for (const need of kind.needs?.(parsed) ?? []) {
      const why = missing(need);
      if (why !== undefined) throw new StepSkipped(why);
    }
    if (kind.looks !== true && step.blocks.length === 0) {
      track.since = bench.journal.query({ last: 1 })[0]?.seq ?? 0;
    }
    const work = kind.run(parsed, this.#running(step, path, track, scope));
    // A step with steps within ends when they do: the innermost one tells what was interrupted.
    await (step.blocks.length > 0 ? work : Promise.race([work, track.part.ended]));
    if (kind.looks !== true) await bench.settle();
  }

  #running(step: Step, path: string, track: Track, scope: Scope): Running {
    const bench = this.#bench as Bench;
    return {
      bench,
      step,
      ocpp: this.#instance.ocpp,
      vars: this.#allVars(scope.vars),
      known: { ...this.#context.known, ocpp: this.#instance.ocpp },
      sinceSeq: track.since,
      define: (name, value) => {
        this.#vars[name] = value;
      },
      sleep: (ms) => new Promise((resolve) => bench.clock.setTimeout(resolve, ms)),
      block: (block, { where, round, branch, vars }) =>
        this.#steps(
          block.steps,
          round === undefined && branch === undefined ? path : `${path}#${round ?? branch}`,
          branch === undefined ? track : { ...track },
          { vars: { ...scope.vars, ...vars }, around: [...scope.around, { at: step.at, where }] },
        ),
      patienceMs: this.#patienceMs(bench),
      directory: this.#instance.scenario.directory,
      outside: (start) => outside(start, bench, track.part),
      ask: (text) => {
        const { ask } = this.#context;
        if (ask === undefined) throw new StepSkipped(`nobody is there to be asked: ${text}`);
        return outside(() => ask(text), bench, track.part);
      },
    };
  }

  #allVars(vars: Vars): Vars {
    return { ...this.#vars, now: new Date(this.#bench?.clock.now() ?? 0).toISOString(), ...vars };
  }
}
