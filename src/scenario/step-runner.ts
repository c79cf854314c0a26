import type { JournalEntry } from "../journal/types.ts";
import { AppError } from "../util/errors.ts";
import type { Bench } from "./bench.ts";
import { type FailurePlace, failureOf } from "./failure.ts";
import { filledText, filledValue } from "./filled.ts";
import type { Instance } from "./instance.ts";
import { outside, type Track, waiting, whileOn } from "./part.ts";
import type { RunContext } from "./run-context.ts";
import type { Scope } from "./scope.ts";
import { type Running, type Step, StepSkipped } from "./step.ts";
import { stepKinds } from "./steps/table.ts";
import type { Vars } from "./template.ts";
import { titleOf } from "./title.ts";
import { Interrupted, placed, Told } from "./told.ts";
import type { Failure, Position, StepInfo, StepResult } from "./types.ts";
import { understood } from "./understand.ts";

/** How long an expectation waits when it does not say, ms: virtual time costs nothing. */
const PATIENCE_MS = { virtual: 30_000, real: 10_000 } as const;
/** How many of the last facts a failure shows. */
const LAST_FACTS = 12;

/** What was before a failure, for it to tell. */
export function before(bench: Bench | undefined): Pick<FailurePlace, "lastFacts" | "takenOver"> {
  if (bench === undefined) return { lastFacts: [] };
  const isTakenOver = (fact: JournalEntry): boolean => fact.kind === "link" && fact.takenOver === true;
  return {
    lastFacts: bench.journal.query({ last: LAST_FACTS }),
    // At the built-in central system there is no other station.
    takenOver: bench.central === undefined && bench.journal.query({ kinds: ["link"] }).some(isTakenOver),
  };
}

/** How long what is waited for may take when it does not say, ms. */
export const patienceMs = ({ virtual }: Bench): number => PATIENCE_MS[virtual ? "virtual" : "real"];

/** A step that has begun and not ended. */
export interface UnderWay {
  readonly title: string;
  readonly at: Position;
  readonly scope: Scope;
}

/** Does the steps of one scenario on its bench, with the variables that they define, and tells of each. */
export class StepRunner {
  readonly #instance: Instance;
  readonly #context: RunContext;
  readonly #bench: Bench;
  readonly #vars: Record<string, unknown>;
  readonly #underWay = new Set<UnderWay>();

  constructor(instance: Instance, context: RunContext, bench: Bench) {
    this.#instance = instance;
    this.#context = context;
    this.#bench = bench;
    this.#vars = { ...instance.vars, ...bench.variables };
  }

  /** The innermost ones that are under way now, several side by side: for a time-out and an interruption to name. */
  get underWay(): readonly UnderWay[] {
    return [...this.#underWay];
  }

  /** Does them one after another; `prefix` begins their paths. @throws Told, Interrupted, StepSkipped */
  async steps(steps: readonly Step[], prefix: string, track: Track, scope: Scope): Promise<void> {
    for (const [i, step] of steps.entries()) {
      track.part.throwIfAborted();
      await this.#step(step, `${prefix}.${i + 1}`, track, scope);
    }
  }

  async #step(step: Step, path: string, track: Track, scope: Scope): Promise<void> {
    const bench = this.#bench;
    const { emit } = this.#context;
    const { ocpp, info } = this.#instance;
    const began = bench.clock.now();
    const filled = () => filledValue(step, ocpp, this.#allVars(scope.vars));
    const about: StepInfo = {
      path,
      kind: step.kind,
      title: titleOf(
        { ...step, value: this.#told(step.value) },
        () => this.#told(filled()),
        stepKinds[step.kind],
        this.#instance.scenario.directory,
      ),
      text: step.text,
      at: step.at,
      endLine: step.endLine,
    };
    const time = () => new Date(bench.clock.now()).toISOString();
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
    const here = { title: about.title, at: about.at, scope };
    if (step.blocks.length === 0) this.#underWay.add(here);
    try {
      await this.#do(step, filled(), path, track, scope);
      end({ outcome: "passed" });
    } catch (e) {
      if (e instanceof StepSkipped) end({ outcome: "skipped", why: e.message });
      if (e instanceof Interrupted) end({ outcome: "interrupted", why: e.message });
      if (e instanceof StepSkipped || e instanceof Interrupted) throw e;
      const failure = e instanceof Told ? e.failure : this.#failureAt(e, step, path, scope);
      end({ outcome: failure.outcome, failure });
      throw new Told(failure);
    } finally {
      this.#underWay.delete(here);
    }
  }

  #failureAt(e: unknown, step: Step, path: string, scope: Scope): Failure {
    const written = filledText(step, this.#allVars(scope.vars));
    const place = { path, at: step.at, step: written, scope, ...before(this.#bench) };
    return failureOf(placed(e, step, this.#instance.ocpp), place);
  }

  async #do(step: Step, value: unknown, path: string, track: Track, scope: Scope): Promise<void> {
    const bench = this.#bench;
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
    await (step.blocks.length > 0 ? work : whileOn(track.part, work));
    if (kind.looks !== true) await bench.settle();
  }

  #running(step: Step, path: string, track: Track, scope: Scope): Running {
    const bench = this.#bench;
    return {
      bench,
      step,
      ocpp: this.#instance.ocpp,
      vars: this.#allVars(scope.vars),
      known: { ...this.#context.known, ocpp: this.#instance.ocpp },
      sinceSeq: track.since,
      secrets: this.#instance.secrets,
      define: (name, value) => {
        this.#instance.secrets.learnVariable(name, value);
        this.#vars[name] = value;
      },
      sleep: async (ms) => {
        await waiting(bench, track.part, ms);
      },
      hear: (ms, see) => waiting(bench, track.part, ms, see),
      block: (block, { where, round, branch, vars }) =>
        this.steps(
          block.steps,
          round === undefined && branch === undefined ? path : `${path}#${round ?? branch}`,
          branch === undefined ? track : { ...track },
          { vars: { ...scope.vars, ...vars }, around: [...scope.around, { at: step.at, where }] },
        ),
      patienceMs: patienceMs(bench),
      directory: this.#instance.scenario.directory,
      outside: (start) => outside(start, bench, track.part),
      ask: (text, done) => {
        const { ask } = this.#context;
        if (ask === undefined) throw new StepSkipped(`nobody is there to be asked: ${text}`);
        const until = (over: AbortSignal) => (done === undefined ? { over } : { done, over });
        return outside((over) => ask(text, until(over)), bench, track.part);
      },
    };
  }

  /** A step's value without its secrets. */
  #told(value: unknown): unknown {
    const { secrets } = this.#instance;
    secrets.learn(value);
    return secrets.value(value);
  }

  #allVars(vars: Vars): Vars {
    return { ...this.#vars, now: new Date(this.#bench.clock.now()).toISOString(), ...vars };
  }
}
