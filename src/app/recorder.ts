import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { TokenSetup } from "../scenario/bench.ts";
import type { RecordingHead } from "../scenario/record/head.ts";
import type { Fact } from "../station/facts.ts";
import type { Store, StoredToken } from "../station/ports.ts";
import { SECRET_SETTING } from "../station/secrets.ts";
import { standardTable } from "../station/settings.ts";
import { openStationStore } from "../store/station-store.ts";
import { writeAll } from "../store/whole-file.ts";
import { isoTime, systemClock } from "../util/clock.ts";
import { AppError, errorText } from "../util/errors.ts";
import type { Config } from "./config.ts";
import { DEFAULT_MODEL } from "./config-settings.ts";
import { dataFiles, ensureDataDir } from "./paths.ts";
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
      ...(store.list.size() > MAX_TOKENS ? {} : { list: tokensOf(store.list) }),
      ...(store.cache.size() > MAX_TOKENS ? {} : { cache: tokensOf(store.cache) }),
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

/** PIN codes are secrets. */
const tokensOf = (held: Store["list"] | Store["cache"]): TokenSetup[] =>
  [...held.entries()].filter(({ token }) => token.type !== "KeyCode").map(tokenOf);

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
  #tell: (problem: AppError) => void = () => {};

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
    if (this.#failure === undefined) return;
    this.discard();
    throw cannotWrite(files.facts, this.#failure);
  }

  /** Whom to tell when it cannot be written any more: at once, and once. */
  onTrouble(tell: (problem: AppError) => void): void {
    this.#tell = tell;
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
      writeAll(this.#fd, `${JSON.stringify(line)}\n`);
    } catch (cause) {
      const why = `${this.#files.facts} cannot be written, and nothing is recorded from now on: ${errorText(cause)}`;
      const hint = "Make room on the disk, and record again.";
      this.#failure = cause;
      this.#tell(new AppError("store.writeFailed", why, { hint, cause }));
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

const cannotWrite = (file: string, cause: unknown): AppError =>
  new AppError("usage", `${file} cannot be written: ${errorText(cause)}`, {
    hint: "Name a file in a directory that is there and can be written.",
    cause,
  });

function opened(file: string): number {
  try {
    if (statSync(path.dirname(file), { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new Error("its directory is not there");
    return openSync(file, "wx", 0o600);
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
}
