import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TokenSetup } from "../scenario/bench.ts";
import { type Draft, type DraftOptions, type DraftStep, draftOf } from "../scenario/record/draft.ts";
import { type Recorded, type RecordingHead, readRecorded } from "../scenario/record/head.ts";
import { textOf } from "../scenario/record/text.ts";
import type { RunEvent } from "../scenario/types.ts";
import type { Fact } from "../station/facts.ts";
import type { Store, StoredToken } from "../station/ports.ts";
import { SECRET_SETTING } from "../station/secret-settings.ts";
import { standardTable } from "../station/settings.ts";
import { openStationStore } from "../store/station-store.ts";
import { isoTime, systemClock } from "../util/clock.ts";
import { AppError, errorText, isAppError } from "../util/errors.ts";
import { localTime } from "../util/local-time.ts";
import type { Config } from "./config.ts";
import { DEFAULT_MODEL } from "./config-settings.ts";
import { dataFiles, ensureDataDir } from "./paths.ts";
import { runScenarios } from "./scenarios.ts";
import { version } from "./version.ts";

/** A scenario and, beside it, the facts that it was made from. */
export interface RecordFiles {
  readonly scenario: string;
  readonly facts: string;
}

/**
 * Where a recording goes: `session.yaml` and `session.jsonl`.
 * @throws AppError `usage` for another kind of file
 */
export function recordFiles(file: string, cwd: string): RecordFiles {
  const scenario = path.resolve(cwd, file);
  if (!/\.ya?ml$/.test(scenario)) {
    throw new AppError("usage", `${file} is no name for a scenario`, {
      hint: "Scenarios are YAML: name it for example session.yaml.",
    });
  }
  return { scenario, facts: scenario.replace(/\.ya?ml$/, ".jsonl") };
}

/** More tokens than this are not written down: they are other people's. */
const MAX_TOKENS = 2000;

/** How the station of this configuration stands before it is started. */
function headOf(config: Config): RecordingHead {
  ensureDataDir(config.data);
  const store = openStationStore(dataFiles(config.data).station(config.id));
  try {
    return {
      kind: "recording",
      version: version(),
      time: isoTime(systemClock),
      model: config.model ?? DEFAULT_MODEL,
      settings: storedSettings(store),
      ...(store.list.size() > MAX_TOKENS ? {} : { list: store.list.entries().map(tokenOf) }),
      ...(store.cache.size() > MAX_TOKENS ? {} : { cache: store.cache.entries().map(tokenOf) }),
      registered: store.values.get("registered") === true,
    };
  } finally {
    store.close();
  }
}

/** Those that every station has: a scenario knows no others, and runs without TLS and passwords. */
function storedSettings({ values }: Store): Record<string, string> {
  const named = values.names("setting.").map((name) => [name.slice("setting.".length), values.get(name)]);
  return Object.fromEntries(
    named.filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" &&
        !SECRET_SETTING.test(String(entry[0])) &&
        !String(entry[0]).startsWith("SecurityCtrlr.") &&
        standardTable.row(String(entry[0])) !== undefined,
    ),
  );
}

const tokenOf = ({ token, info }: StoredToken): TokenSetup => ({
  id: token.idToken,
  type: token.type,
  status: info.status,
  ...(info.cacheExpiryDateTime === undefined ? {} : { expiry: info.cacheExpiryDateTime }),
  ...(info.groupIdToken === undefined ? {} : { group: info.groupIdToken.idToken }),
});

/** Writes every fact down as it happens, so that a session that is killed is not lost. */
export class Recorder {
  readonly #files: RecordFiles;
  readonly #fd: number;
  /** Where the facts are written until the station stands: not over an earlier recording, which would be lost. */
  readonly #begun: string;
  #failure: unknown;

  /**
   * Begins a recording of the station that is about to be started.
   * @throws AppError `usage` when a file is there already and `force` is not set, or none can be written there
   */
  constructor(files: RecordFiles, config: Config, force: boolean) {
    this.#files = files;
    for (const file of Object.values(files)) if (!force) mustBeNew(file);
    this.#begun = existsSync(files.facts) ? `${files.facts}.${process.pid}.part` : files.facts;
    this.#fd = opened(this.#begun);
    this.#write(headOf(config));
  }

  /** The station stands: this recording takes the place of an earlier one. */
  stands(): void {
    if (this.#begun !== this.#files.facts) renameSync(this.#begun, this.#files.facts);
  }

  readonly hear = (fact: Fact): void => {
    if (this.#failure === undefined) this.#write(fact);
  };

  /** @returns what is missing when something could not be written: the facts up to there are whole */
  close(): AppError | undefined {
    closeSync(this.#fd);
    if (this.#failure === undefined) return undefined;
    const why = `${this.#files.facts} is not whole: ${errorText(this.#failure)}`;
    return new AppError("store.writeFailed", why, {
      hint: "Make room on the disk, and record again. The scenario shows what was written until then.",
      cause: this.#failure,
    });
  }

  /** Nothing was recorded: the station could not be started. */
  discard(): void {
    closeSync(this.#fd);
    rmSync(this.#begun, { force: true });
  }

  #write(line: object): void {
    try {
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    } catch (e) {
      this.#failure = e;
    }
  }
}

/** @throws AppError `usage` */
export function mustBeNew(file: string): void {
  if (!existsSync(file)) return;
  throw new AppError("usage", `${file} is there already`, {
    hint: "Give another name, or --force to write over it.",
  });
}

function opened(file: string): number {
  try {
    if (statSync(path.dirname(file), { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new Error("its directory is not there");
    return openSync(file, "wx", 0o600);
  } catch (cause) {
    throw new AppError("usage", `${file} cannot be written: ${errorText(cause)}`, {
      hint: "Name a file in a directory that is there and can be written.",
      cause,
    });
  }
}

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
  const expect = given?.step?.expect;
  if (typeof expect !== "object" || expect === null) return undefined;
  if (!isEased(expect)) return { ...given, step: { expect: { ...expect, since: "start" } } };
  const { since: _, ...seen } = expect as Record<string, unknown>;
  const before = given?.comment === undefined ? "" : `${given.comment}: `;
  return { comment: `${before}did not come again: ${JSON.stringify(seen)} (${why})` };
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
  const part = `${file}.${process.pid}.part`;
  try {
    const fd = openSync(part, "w", 0o600);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(part, file);
  } catch (cause) {
    rmSync(part, { force: true });
    throw new AppError("store.writeFailed", `${file} cannot be written: ${errorText(cause)}`, {
      hint: "The facts are kept beside it: tapstation record FILE.yaml --from FILE.jsonl makes it again.",
      cause,
    });
  }
}
