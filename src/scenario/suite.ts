import { AppError, type ErrorCode, exitCodeOf } from "../util/errors.ts";
import { cellText } from "./cell.ts";
import type { Instance } from "./instance.ts";
import { redacted } from "./redacted.ts";
import { runInstance } from "./run.ts";
import type { RunContext } from "./run-context.ts";
import type { Position, RunEvent, RunSummary, ScenarioInfo, ScenarioResult } from "./types.ts";

/** Which of the instances are run. */
export interface Selection {
  /** A regular expression over id (which begins with the file), name, and name with cell as reports show them. */
  readonly grep?: RegExp;
  /** At least one of these tags; `!tag`: none that has it. */
  readonly tags?: readonly string[];
  /** Only those with such an id, as reports name it. */
  readonly ids?: ReadonlySet<string>;
  /** The i-th of n parts, from 1. */
  readonly shard?: { readonly index: number; readonly of: number };
}

export interface SuiteOptions {
  readonly context: Omit<RunContext, "emit" | "spoken">;
  readonly emit: (event: RunEvent) => void;
  readonly instances: readonly Instance[];
  readonly workers: number;
  readonly retries: number;
  /** Stop at the first that does not pass. */
  readonly bail: boolean;
  readonly seed: number;
  readonly version: string;
  readonly command: string;
  readonly flags?: readonly string[];
  readonly leftOut?: number;
  /** It is a part of a whole, in which there may be nothing to do. */
  readonly isPart?: boolean;
}

/** How many a selection leaves out only because others say `only: true`. */
export function leftOut(instances: readonly Instance[], chosen: Selection): number {
  if (marked(instances).length === 0) return 0;
  const free = instances.map(({ scenario: { only: _, ...scenario }, ...i }) => ({ ...i, scenario }));
  return selected(free, chosen).length - selected(instances, chosen).length;
}

/** Where scenarios say `only: true`. */
export const marked = (instances: readonly Instance[]): Position[] => [
  ...new Set(instances.flatMap((i) => i.scenario.only ?? [])),
];

/** The instances that a run is about, in their order. */
export function selected(instances: readonly Instance[], chosen: Selection): Instance[] {
  const { grep, tags = [], ids, shard } = chosen;
  const only = marked(instances).length > 0;
  const without = tags.filter((t) => t.startsWith("!")).map((t) => t.slice(1));
  const wanted = tags.filter((t) => !t.startsWith("!"));
  const fits = instances.filter(
    ({ scenario, info }) =>
      (!only || scenario.only !== undefined) &&
      (ids === undefined || ids.has(info.id)) &&
      (grep === undefined || [info.id, info.name, shown(info)].some((text) => grep.test(text))) &&
      (wanted.length === 0 || wanted.some((t) => scenario.tags.includes(t))) &&
      !without.some((t) => scenario.tags.includes(t)),
  );
  return shard === undefined ? fits : fits.filter((_, i) => i % shard.of === shard.index - 1);
}

const shown = (info: ScenarioInfo): string => `${info.name} [${cellText(info)}]`;

/**
 * Runs them, several side by side, and tells everything that happens. Rejects with what
 * `emit` throws: nothing more is told then, those that run are given up, and their tear-downs are run.
 */
export async function runSuite(given: SuiteOptions): Promise<RunSummary> {
  const deaf = new AbortController();
  const emitted = guarded(given, deaf);
  const signal = AbortSignal.any([given.context.signal, deaf.signal]);
  const o = {
    ...given,
    emit: emitted,
    context: { ...given.context, signal, emit: emitted, spoken: new Set<string>() },
  };
  const { instances, workers, emit } = o;
  const began = performance.now();
  emit({
    kind: "runBegan",
    time: wall(),
    version: o.version,
    total: instances.length,
    workers,
    seed: o.seed,
    command: o.command,
    ...(o.flags === undefined ? {} : { flags: o.flags }),
    ...(o.leftOut === undefined || o.leftOut === 0 ? {} : { leftOut: o.leftOut }),
  });
  const results: ScenarioResult[] = [];
  const queue = [...instances];
  /** Versions and stations that the central system refuses, as has turned out. */
  const refused = new Set<string>();
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const who = `${next.ocpp} ${String(next.vars.station)}`;
      const unspoken = refused.has(who)
        ? `the central system refuses OCPP ${next.ocpp}, as was told`
        : undefined;
      const absent = isAbsent(results, o.context.spoken)
        ? "the central system is not there: others did not reach it, as was told"
        : undefined;
      const bailed = o.bail && results.some(isBad) ? "another one did not pass (--bail)" : undefined;
      results.push(
        await one(
          next,
          o,
          o.context.signal.aborted ? "the run was interrupted" : (unspoken ?? absent ?? bailed),
        ),
      );
      if (isUnspoken(results.at(-1))) refused.add(who);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(workers, instances.length)) }, work));
  const summary = summaryOf(results, performance.now() - began, o);
  emit({ kind: "runEnded", summary, time: wall() });
  if (deaf.signal.aborted) throw deaf.signal.reason;
  return summary;
}

/** `emit`, without the scenarios' secrets; once it has thrown it hears no more, and `deaf` is aborted with what it threw. */
function guarded({ emit, instances }: SuiteOptions, deaf: AbortController): SuiteOptions["emit"] {
  const secrets = new Map(instances.map((instance) => [instance.info.id, instance.secrets]));
  return (event) => {
    if (deaf.signal.aborted) return;
    try {
      emit("id" in event ? redacted(event, secrets.get(event.id)) : event);
    } catch (e) {
      deaf.abort(e);
    }
  };
}

type Suite = SuiteOptions & { readonly context: RunContext };

async function one(instance: Instance, o: Suite, skip: string | undefined): Promise<ScenarioResult> {
  const { emit, retries } = o;
  const { info } = instance;
  emit({ kind: "scenarioBegan", scenario: info, time: wall() });
  const chosen = skip === undefined ? instance : { ...instance, skip };
  let result = await runInstance(chosen, o.context, 0);
  for (
    let retry = 1;
    retry <= retries && isBad(result) && !isUnspoken(result) && !o.context.signal.aborted;
    retry++
  ) {
    emit({ kind: "retry", id: info.id, result });
    result = await runInstance(chosen, o.context, retry);
  }
  emit({ kind: "scenarioEnded", id: info.id, result, time: wall() });
  return result;
}

/** So many scenarios wait for a central system that none has reached. */
const MAX_WAITS = 2;

/** Is it in vain to wait for the central system once more? */
function isAbsent(results: readonly ScenarioResult[], spoken: ReadonlySet<string>): boolean {
  const waited = results.filter((r) => r.failures.some(({ code }) => code === "csms.unreachable"));
  return spoken.size === 0 && waited.length >= MAX_WAITS;
}

const isUnspoken = (r: ScenarioResult | undefined): boolean =>
  r?.failures.some(({ code }) => code === "csms.version") === true;

const isBad = (r: ScenarioResult): boolean => r.outcome === "failed" || r.outcome === "error";

const wall = (): string => new Date().toISOString();

function summaryOf(
  results: readonly ScenarioResult[],
  wallMs: number,
  o: Pick<SuiteOptions, "context" | "isPart">,
): RunSummary {
  const count = (outcome: ScenarioResult["outcome"]) => results.filter((r) => r.outcome === outcome).length;
  return {
    total: results.length,
    passed: count("passed"),
    failed: count("failed"),
    errors: count("error"),
    skipped: count("skipped"),
    interrupted: count("interrupted"),
    flaky: results.filter((r) => r.outcome === "passed" && r.retry > 0).length,
    wallMs,
    exitCode: exitCodeFor(results, o),
  };
}

/** That nothing ran is no success: what was asked for fits nothing. */
function exitCodeFor(
  results: readonly ScenarioResult[],
  { context, isPart }: Pick<SuiteOptions, "context" | "isPart">,
): number {
  const { aborted, reason } = context.signal;
  if (aborted) return reason === "SIGTERM" ? 143 : 130;
  const bad = results.filter(isBad);
  if (bad.length > 0) return worst(bad);
  const isIdle = results.length > 0 && results.every((r) => r.outcome === "skipped");
  return isIdle && isPart !== true ? 2 : 0;
}

/** A device or central system that is not there explains the rest; otherwise something failed. */
function worst(bad: readonly ScenarioResult[]): number {
  const codes = bad.flatMap((r) => r.failures.flatMap((f) => (f.code === undefined ? [] : [exitOf(f.code)])));
  return codes.find((c) => c === 3) ?? codes.find((c) => c === 4) ?? 1;
}

function exitOf(code: string): number {
  return exitCodeOf(new AppError(code as ErrorCode, ""));
}
