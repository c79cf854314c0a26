import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Draft, type DraftOptions, type DraftStep, draftOf } from "../scenario/record/draft.ts";
import { type Recorded, readRecorded } from "../scenario/record/head.ts";
import { textOf } from "../scenario/record/text.ts";
import type { RunEvent } from "../scenario/types.ts";
import { WholeFile } from "../store/whole-file.ts";
import { AppError, errorText, isAppError } from "../util/errors.ts";
import { localTime } from "../util/local-time.ts";
import { isRecord } from "../util/record.ts";
import type { RecordFiles } from "./recorder.ts";
import { runScenarios } from "./scenarios.ts";

/** What became of a recording. */
export interface RecordOutcome {
  /** Steps of the scenario. */
  readonly steps: number;
  /** What had to be left out, each in one sentence. */
  readonly remarks: readonly string[];
  /** Expectations that do not hold in their place, and are looked for since the start. */
  readonly eased: number;
  /** Why the scenario does not pass although it should; absent when it does. */
  readonly failure?: string;
}

/** Expectations are eased one by one; after so many it is hopeless. */
const MAX_CHANGES = 200;

/**
 * Makes the scenario of a recording, tries it in virtual time against the built-in central system, and writes it. What
 * was seen in the session and does not come again stays in the file as a remark.
 * @throws AppError `input.invalid` when the file is no recording
 */
export async function writeScenario(files: RecordFiles, name: string | undefined): Promise<RecordOutcome> {
  const recorded = readBack(files.facts);
  const options: DraftOptions = {
    clock: (ms) => localTime(ms).slice(11, 19),
    day: (ms) => localTime(ms).slice(0, 16),
    ...(name === undefined ? {} : { name }),
  };
  const draft = draftOf(recorded, options);
  const { steps, failure } = await tried(draft);
  writeSafely(files.scenario, textOf({ ...draft, steps }));
  const left = steps.flatMap(({ step, comment }) => (step === undefined && comment ? [comment] : []));
  return {
    steps: steps.length - left.length,
    eased: steps.filter(({ step }) => isEased(step?.expect)).length,
    remarks: [
      ...left,
      ...(recorded.broken === 0 ? [] : [`${recorded.broken} lines of the recording could not be read`]),
    ],
    ...(failure === undefined ? {} : { failure }),
  };
}

function readBack(file: string): Recorded {
  let recorded: Recorded | undefined;
  try {
    recorded = readRecorded(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new AppError("input.invalid", `${file} cannot be read: ${errorText(cause)}`, {
      hint: "Give the .jsonl that tapstation record wrote.",
      cause,
    });
  }
  if (recorded !== undefined) return recorded;
  throw new AppError(
    "input.invalid",
    `${file} is no recording: its first line does not say how the station stood`,
    {
      hint: "Give the .jsonl that tapstation record wrote. Other logs can be said again: tapstation replay.",
    },
  );
}

/** Runs the draft; what does not come again in its place is looked for since the start, and then left out. */
async function tried(draft: Draft): Promise<{ steps: readonly DraftStep[]; failure?: string }> {
  const steps = [...draft.steps];
  const dir = mkdtempSync(path.join(tmpdir(), "tapstation-record-"));
  try {
    const file = path.join(dir, "recorded.yaml");
    for (let changes = 0; changes <= MAX_CHANGES; changes++) {
      writeFileSync(file, textOf({ ...draft, steps }));
      const failed = await firstFailure(file);
      if (failed === undefined) return { steps };
      const written = steps.flatMap(({ step }, index) => (step === undefined ? [] : [index]));
      const index = failed.step === undefined ? undefined : written[failed.step];
      const eased = index === undefined ? undefined : easier(steps[index], failed.why);
      if (index === undefined || eased === undefined) return { steps, failure: failed.why };
      steps[index] = eased;
    }
    return { steps, failure: "too much of it does not come again" };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Messages trail behind deeds that follow one another at once, and in virtual time they do not: then it is enough that
 * they have come by now. Undefined for what is no expectation.
 */
function easier(given: DraftStep | undefined, why: string): DraftStep | undefined {
  const command = given?.step?.csms;
  if (isRecord(command) && isRecord(command.expect))
    return withLessOf(command, command.expect, given?.comment);
  const expect = given?.step?.expect;
  if (typeof expect !== "object" || expect === null) return undefined;
  if (!isEased(expect)) return { ...given, step: { expect: { ...expect, since: "start" } } };
  const { since: _, ...seen } = expect as Record<string, unknown>;
  const before = given?.comment === undefined ? "" : `${given.comment}: `;
  return { comment: `${before}did not come again: ${JSON.stringify(seen)} (${why})` };
}

/** The status that a command is answered with has to come again, and what else is in the answer as far as it does. */
function withLessOf(
  command: Readonly<Record<string, unknown>>,
  { status, error, ...others }: Readonly<Record<string, unknown>>,
  before: string | undefined,
): DraftStep | undefined {
  if (Object.keys(others).length === 0) return undefined;
  const { expect: _, ...csms } = command;
  const kept = { ...(status === undefined ? {} : { status }), ...(error === undefined ? {} : { error }) };
  const said = `was answered with ${JSON.stringify(others)}, which did not come again`;
  return {
    step: { csms: { ...csms, ...(Object.keys(kept).length === 0 ? {} : { expect: kept }) } },
    comment: [before, said].filter((part) => part !== undefined).join(": "),
  };
}

const isEased = (expect: unknown): boolean =>
  typeof expect === "object" && expect !== null && "since" in expect;

/** Other seeds let other things happen at the same time: what holds with two of them does not hold by chance. */
const SEEDS = [1, 2];

async function firstFailure(file: string): Promise<{ step?: number; why: string } | undefined> {
  for (const seed of SEEDS) {
    const failed = await firstFailureWith(seed, file);
    if (failed !== undefined) return failed;
  }
  return undefined;
}

/** The first step that does not pass, counted from 0, and why. */
async function firstFailureWith(
  seed: number,
  file: string,
): Promise<{ step?: number; why: string } | undefined> {
  let found: { step?: number; why: string } | undefined;
  const onEvent = (event: RunEvent): void => {
    if (event.kind === "stepEnded" && event.result.failure !== undefined && found === undefined) {
      const [, n] = /^steps\.(\d+)$/.exec(event.step.path) ?? [];
      found = { why: event.result.failure.message, ...(n === undefined ? {} : { step: Number(n) - 1 }) };
    } else if (event.kind === "scenarioEnded" && event.result.outcome !== "passed")
      found ??= { why: event.result.failures[0]?.message ?? event.result.why ?? "no reason is known" };
  };
  try {
    await runScenarios({ paths: [file], onEvent, seed });
  } catch (e) {
    if (!isAppError(e)) throw e;
    return { why: e.message };
  }
  return found;
}

/** Whole or not at all. */
function writeSafely(file: string, text: string): void {
  const whole = new WholeFile(file, { mode: 0o600 });
  try {
    whole.write(text);
    whole.finish();
  } catch (cause) {
    whole.discard();
    throw new AppError("store.writeFailed", `${file} cannot be written: ${errorText(cause)}`, {
      hint: "The facts are kept beside it: tapstation record FILE.yaml --from FILE.jsonl makes it again.",
      cause,
    });
  }
}
