import type { JournalEntry } from "../journal/types.ts";
import { AppError, errorText, isAppError } from "../util/errors.ts";
import type { Bench, OpenBench } from "./bench.ts";
import type { Instance } from "./instance.ts";
import { judged, whatIsMissing } from "./judge.ts";
import { online } from "./online.ts";
import { outside, type Part, type Track } from "./part.ts";
import { StepProblem } from "./problem.ts";
import {
  type Block,
  type Known,
  type Need,
  type Running,
  type Step,
  StepFailure,
  StepSkipped,
} from "./step.ts";
import { stepKinds } from "./steps/table.ts";
import { fill, forVersion, type Vars } from "./template.ts";
import { titleOf } from "./title.ts";
import { Placed, placed, Told } from "./told.ts";
import type { Failure, Outcome, Position, RunEvent, ScenarioResult, StepInfo, StepResult } from "./types.ts";
import { durationText } from "./units.ts";

/** What a run gives all of its scenarios. */
export interface RunContext {
  readonly openBench: OpenBench;
  readonly known: Known;
  readonly emit: (event: RunEvent) => void;
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
    return end({
      outcome: "error",
      failures: [run.failureOf(e, instance.scenario.at, instance.scenario.name)],
    });
  } finally {
    await bench?.close().catch(() => {});
  }
}

/** What fails besides the steps that count says so. */
function within(path: string, failure: Failure): Failure {
  const [part] = path.split(".");
  const where = part === "setup" ? "In the set-up: " : part === "teardown" ? "In the tear-down: " : "";
  return { ...failure, message: `${where}${failure.message}` };
}

/** One go through a scenario. */
class ScenarioRun {
  readonly #instance: Instance;
  readonly #context: RunContext;
  readonly #vars: Record<string, unknown>;
  readonly #failures: Failure[] = [];
  #bench: Bench | undefined;
  #outcome: Outcome = "passed";
  #why: string | undefined;
  /** The step that began last, for a time-out to name: `wait: 10 s (line 7)`. */
  #current: string | undefined;

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
      await this.#steps(setup, "setup", track, {});
      await this.#steps(steps, "steps", track, {});
    }, this.#timeoutMs(bench));
    if (teardown.length > 0)
      await this.#part((track) => this.#steps(teardown, "teardown", track, {}), TEARDOWN_MS);
    await bench.settle();
  }

  failureOf(e: unknown, at: Position, step: string): Failure {
    const known = isAppError(e);
    return {
      outcome: e instanceof StepFailure ? "failed" : "error",
      message: errorText(e),
      ...(known && e.hint !== undefined ? { hint: e.hint } : {}),
      ...(e instanceof StepFailure ? e.parts : {}),
      at: e instanceof StepProblem || !(e instanceof Placed) ? at : e.at,
      step,
      lastFacts: this.#lastFacts(),
      ...(known ? { code: e.code } : {}),
    };
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

  /** Does a part of it; a failure, the time-out or an interruption ends the part. */
  async #part(work: (track: Track) => Promise<void>, timeoutMs: number): Promise<void> {
    const { signal } = this.#context;
    const bench = this.#bench as Bench;
    const { name, at } = this.#instance.scenario;
    let giveUp: (e: Error) => void = () => {};
    const ended = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const part: Part = { ended, over: undefined };
    const late = () => {
      const hint = "Give it a timeout of its own, or shorter waits.";
      const during = this.#current === undefined ? "" : `, at the step ${this.#current}`;
      giveUp(
        new AppError("state.conflict", `It took longer than ${durationText(timeoutMs)}${during}`, { hint }),
      );
    };
    const interrupted = () => giveUp(new AppError("state.conflict", "It was interrupted"));
    const timer = bench.clock.setTimeout(late, timeoutMs);
    signal.addEventListener("abort", interrupted);
    if (signal.aborted && timeoutMs !== TEARDOWN_MS) interrupted();
    try {
      await Promise.race([work({ since: 0, part }), ended]);
    } catch (e) {
      this.#note(e, at, name);
    } finally {
      bench.clock.clearTimeout(timer);
      signal.removeEventListener("abort", interrupted);
      part.over = new AppError("state.conflict", "It is over");
    }
  }

  #note(e: unknown, at: Position, step: string): void {
    if (e instanceof StepSkipped) {
      this.#outcome = "skipped";
      this.#why = e.message;
      return;
    }
    const failure = e instanceof Told ? e.failure : this.failureOf(e, at, step);
    this.#failures.push(failure);
    if (this.#outcome === "passed") this.#outcome = failure.outcome;
  }

  async #begin(bench: Bench): Promise<void> {
    const { begins = "online" } = this.#instance.scenario.station;
    if (begins === "online") await online(bench, this.#patienceMs(bench));
    await bench.settle();
  }

  #patienceMs(bench: Bench): number {
    return PATIENCE_MS[bench.virtual ? "virtual" : "real"];
  }

  async #steps(steps: readonly Step[], prefix: string, track: Track, vars: Vars): Promise<void> {
    for (const [i, step] of steps.entries()) {
      if (track.part.over !== undefined) throw track.part.over;
      await this.#step(step, `${prefix}.${i + 1}`, track, vars);
    }
  }

  async #step(step: Step, path: string, track: Track, vars: Vars): Promise<void> {
    const bench = this.#bench as Bench;
    const { emit } = this.#context;
    const { ocpp, info } = this.#instance;
    const began = bench.clock.now();
    const filled = () => this.#fill(step, vars);
    const about: StepInfo = {
      path,
      kind: step.kind,
      title: titleOf(step, () => filled()),
      text: step.text,
      at: step.at,
      endLine: step.endLine,
    };
    const time = () => new Date(bench.clock.now()).toISOString();
    this.#current = `${about.title} (line ${about.at.line})`;
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
      await this.#do(step, filled(), path, track, vars);
      end({ outcome: "passed" });
    } catch (e) {
      if (e instanceof StepSkipped) end({ outcome: "skipped", why: e.message });
      if (e instanceof StepSkipped || e === track.part.over) throw e;
      const failure =
        e instanceof Told
          ? e.failure
          : within(path, this.failureOf(placed(e, step), step.at, this.#textOf(step, vars)));
      end({ outcome: failure.outcome, failure });
      throw new Told(failure);
    }
  }

  async #do(step: Step, value: unknown, path: string, track: Track, vars: Vars): Promise<void> {
    const bench = this.#bench as Bench;
    const { known, missing } = this.#context;
    const kind = stepKinds[step.kind];
    if (kind === undefined) throw new AppError("internal", `There is no step ${step.kind}`);
    const parsed = kind.parse(value, { ...known, ocpp: this.#instance.ocpp });
    for (const need of kind.needs?.(parsed) ?? []) {
      const why = missing(need);
      if (why !== undefined) throw new StepSkipped(why);
    }
    if (kind.looks !== true && step.blocks.length === 0) {
      track.since = bench.journal.query({ last: 1 })[0]?.seq ?? 0;
    }
    const work = kind.run(parsed, this.#running(step, path, track, vars));
    // A step with steps within ends when they do: the innermost one tells what was interrupted.
    await (step.blocks.length > 0 ? work : Promise.race([work, track.part.ended]));
    if (kind.looks !== true) await bench.settle();
  }

  #running(step: Step, path: string, track: Track, vars: Vars): Running {
    const bench = this.#bench as Bench;
    return {
      bench,
      step,
      ocpp: this.#instance.ocpp,
      vars: this.#allVars(vars),
      known: { ...this.#context.known, ocpp: this.#instance.ocpp },
      sinceSeq: track.since,
      define: (name, value) => {
        this.#vars[name] = value;
      },
      sleep: (ms) => new Promise((resolve) => bench.clock.setTimeout(resolve, ms)),
      block: (block: Block, o = {}) =>
        this.#steps(
          block.steps,
          o.round === undefined && o.branch === undefined ? path : `${path}#${o.round ?? o.branch}`,
          o.branch === undefined ? track : { ...track },
          { ...vars, ...(o.vars ?? {}) },
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

  /** The step's value with its variables; the steps within are filled in when they run. */
  #fill(step: Step, vars: Vars): unknown {
    const value = forVersion(step.value, this.#instance.ocpp);
    if (step.blocks.length === 0) return fill(value, this.#allVars(vars));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const { steps, ...own } = value as Record<string, unknown>;
    return { ...fill(own, this.#allVars(vars)), ...(steps === undefined ? {} : { steps }) };
  }

  #textOf(step: Step, vars: Vars): string {
    try {
      return fill({ text: step.text.replaceAll("$$", "$$$$") }, this.#allVars(vars)).text;
    } catch {
      return step.text;
    }
  }
}
