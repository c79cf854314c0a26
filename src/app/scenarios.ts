import { definitionOf, loadStations } from "../drivers/definitions.ts";
import { sendersOf } from "../ocpp/directions.ts";
import { knownActions, payloadCheck, payloadSchema } from "../ocpp/schemas.ts";
import { versions } from "../ocpp/versions.ts";
import { scenarioFiles } from "../scenario/files.ts";
import { type Instance, instancesOf } from "../scenario/instance.ts";
import { loadScenarios } from "../scenario/load.ts";
import type { Known, Need } from "../scenario/step.ts";
import { leftOut, marked, runSuite, type Selection, selected } from "../scenario/suite.ts";
import type { Ask, RunEvent, RunSummary } from "../scenario/types.ts";
import { type FileProblem, WrongFiles } from "../scenario/wrong-files.ts";
import { standardTable, valueProblem } from "../station/settings.ts";
import { AppError } from "../util/errors.ts";
import { DEFAULT_MODEL } from "./config-settings.ts";
import {
  type CredentialOptions,
  certificatesIn,
  credentialsIn,
  givenCredentials,
  readCertificates,
} from "./credentials.ts";
import { type BenchChoice, openBench } from "./scenario/bench.ts";

export { refusalOf } from "../scenario/wrong-files.ts";

export interface RunScenariosOptions extends Selection, Omit<CredentialOptions, "csms" | "certificate"> {
  /** Files and folders. */
  readonly paths: readonly string[];
  /** What relative paths count from; default the working directory. */
  readonly cwd?: string;
  /** Only these OCPP versions; default those that each scenario names. */
  readonly ocpp?: readonly string[];
  /** Base URL of another central system than the built-in one; then in real time. */
  readonly csms?: string;
  /** PEM files with roots of the central system, and with the station's certificate and its key: both or none. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Real readers, as `--reader` names them; then in real time, and `ask` tells whom to tap. */
  readonly readers?: readonly string[];
  /** The station's id where a scenario names none; default "CP001". */
  readonly id?: string;
  /** How many run side by side; default 4 with the built-in central system, else 1. */
  readonly workers?: number;
  /** How often one that does not pass is tried again; default 0. */
  readonly retries?: number;
  readonly bail?: boolean;
  /** Default 1: everything that is random is the same in every run. */
  readonly seed?: number;
  /** May scenarios that say `only: true` leave the others out? Default true. */
  readonly allowOnly?: boolean;
  /** Let scenarios run programs of this machine. Default false. */
  readonly allowShell?: boolean;
  /** Asks a person; absent: there is nobody. */
  readonly ask?: Ask;
  readonly signal?: AbortSignal;
  /** Hears everything that happens. */
  readonly onEvent?: (event: RunEvent) => void;
  /** For reports. */
  readonly version?: string;
  readonly command?: string;
  /** What has to be said again for the same surroundings, see `runBegan`. */
  readonly flags?: readonly string[];
}

/** Side by side in one process; more gain nothing, since virtual time is all work. */
const WORKERS = 4;
const DEFAULT_ID = "CP001";

const isVersion = (ocpp: string): ocpp is keyof typeof versions => Object.hasOwn(versions, ocpp);

const KNOWN: Known = {
  versions: Object.keys(versions),
  ocpp: "1.6",
  actionsOf: (ocpp) => (isVersion(ocpp) ? knownActions(ocpp) : []),
  sendersOf,
  schemaOf: (ocpp, action, kind) => (isVersion(ocpp) ? payloadSchema(ocpp, action, kind) : undefined),
  misfit: (ocpp, action, kind, payload) =>
    isVersion(ocpp) ? payloadCheck(ocpp)(action, kind, payload)?.detail : undefined,
  settings: [...standardTable.keys16, ...standardTable.variableNames],
  settingProblem: (name, value) => {
    const row = standardTable.any(name);
    return row === undefined ? undefined : valueProblem(row, value);
  },
  evsesOf: (model = DEFAULT_MODEL) => definitionOf(models(), "stations", model).evses.count,
};

let loadedModels: ReturnType<typeof loadStations> | undefined;

/** Read when they are asked for, once. */
function models(): ReturnType<typeof loadStations> {
  loadedModels ??= loadStations();
  return loadedModels;
}

/**
 * The scenarios that would run, in their order.
 * @throws AppError `usage`, `definition.invalid` with file:line:col of every problem in every file
 */
export function planScenarios(o: RunScenariosOptions): Instance[] {
  return selected(loaded(o), o);
}

function loaded(o: RunScenariosOptions): Instance[] {
  const cwd = o.cwd ?? process.cwd();
  const cell = {
    ...(o.csms === undefined ? {} : { csms: "external" }),
    ...((o.readers ?? []).length === 0 ? {} : { reader: (o.readers ?? []).join(", ") }),
  };
  const played = o.ocpp === undefined ? {} : { ocpp: o.ocpp };
  const password = o.password ?? o.authorizationKey;
  const known = password === undefined ? KNOWN : { ...KNOWN, password };
  const wrong: FileProblem[] = [];
  const instances = scenarioFiles(o.paths, cwd).flatMap((file) => {
    try {
      return loadScenarios(file, { cwd, known, ...played }).flatMap((scenario, i) =>
        instancesOf(scenario, i, { seed: o.seed ?? 1, id: o.id ?? DEFAULT_ID, cell, known, ...played }),
      );
    } catch (e) {
      if (!(e instanceof WrongFiles)) throw e;
      wrong.push(...e.problems);
      return [];
    }
  });
  if (wrong.length > 0) throw new WrongFiles(wrong);
  return instances;
}

/**
 * Runs scenarios. Failures are in the summary and the events. Rejects with what `onEvent` throws, after the tear-downs.
 * @throws AppError as {@link planScenarios}; `definition.invalid` for `only: true` where it is not allowed; `usage` where
 * nothing fits
 */
export async function runScenarios(o: RunScenariosOptions): Promise<RunSummary> {
  const virtual = o.csms === undefined && (o.readers ?? []).length === 0;
  const choice = {
    ...(o.csms === undefined ? {} : { csms: o.csms }),
    ...(o.readers === undefined ? {} : { readers: o.readers }),
    ...identityOf(o),
  };
  const all = loaded(o);
  mayBeMarked(o, all);
  const { shard: _, ...whole } = o;
  mustFit(o, selected(all, whole));
  const instances = selected(all, o);
  mayRunSideBySide(o, instances);
  return runSuite({
    context: {
      openBench: (setup) => openBench(setup, choice),
      known: KNOWN,
      signal: o.signal ?? new AbortController().signal,
      missing: (need) => missing(need, o, virtual),
      ...(o.ask === undefined ? {} : { ask: o.ask }),
    },
    emit: o.onEvent ?? (() => {}),
    instances,
    leftOut: leftOut(all, o),
    isPart: o.shard !== undefined,
    ...(o.flags === undefined ? {} : { flags: o.flags }),
    workers: o.workers ?? (virtual ? WORKERS : 1),
    retries: o.retries ?? 0,
    bail: o.bail === true,
    seed: o.seed ?? 1,
    version: o.version ?? "",
    command: o.command ?? "",
  });
}

/**
 * What all stations show the central system, whatever scenarios say.
 * @throws AppError `usage` for what contradicts itself, `config.invalid` for files that cannot be read
 */
function identityOf(o: RunScenariosOptions): Pick<BenchChoice, "credentials" | "certificates"> {
  const { csms, password, authorizationKey, securityProfile, csmsSecure, cert } = o;
  const given = { password, authorizationKey, securityProfile, csmsSecure, cert };
  const credentials = credentialsIn(given);
  if (csms !== undefined) givenCredentials({ csms, ...credentials });
  return { credentials, certificates: readCertificates(certificatesIn(o)) };
}

/** @throws AppError `definition.invalid` where `only: true` was forgotten in a file */
function mayBeMarked(o: RunScenariosOptions, all: readonly Instance[]): void {
  if (o.allowOnly !== false) return;
  const places = marked(all);
  if (places.length === 0) return;
  throw new WrongFiles(
    places.map((at) => ({ at, message: "only: true leaves all other scenarios out" })),
    "Take it away: CI is set, and all are wanted there. --allow-only lets it stand.",
  );
}

/**
 * Of many shards one may have nothing to do; a misspelt tag must not look like success.
 * @throws AppError `usage`
 */
function mustFit({ grep, tags = [] }: Selection, { length }: readonly Instance[]): void {
  if (length > 0) return;
  const given = [...(grep === undefined ? [] : [`--grep ${grep.source}`]), ...tags.map((t) => `--tag ${t}`)];
  throw new AppError("usage", `No scenario fits ${given.join(" ") || "what was asked for"}`, {
    hint: "The same command with --list and without these flags shows all.",
  });
}

/** @throws AppError `usage` where scenarios would take each other's place at a central system, or each other's reader */
function mayRunSideBySide(o: RunScenariosOptions, instances: readonly Instance[]): void {
  if ((o.workers ?? 1) === 1) return;
  if ((o.readers ?? []).length > 0) {
    throw new AppError("usage", "A reader serves one scenario at a time", { hint: "Leave --workers out." });
  }
  if (o.csms === undefined) return;
  const ids = instances.map(({ vars }) => String(vars.station));
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice === undefined) return;
  throw new AppError(
    "usage",
    `Several scenarios would be ${twice} at the same time, and push each other off`,
    {
      hint: "Leave --workers out, or give each scenario a station of its own: station: { id: CP002 }.",
    },
  );
}

function missing(need: Need, o: RunScenariosOptions, virtual: boolean): string | undefined {
  const absent: Record<Need, string | undefined> = {
    central:
      o.csms === undefined ? undefined : "it steers the built-in central system, and --csms names another",
    virtualTime: virtual ? undefined : "it moves time, and here time is real",
    virtualReader:
      (o.readers ?? []).length === 0 ? undefined : "it needs the virtual reader, and --reader names another",
    person: o.ask === undefined ? "somebody has to act, and nobody is at a terminal" : undefined,
    shell:
      o.allowShell === true ? undefined : "it runs programs of this machine, and --allow-shell is not set",
  };
  return absent[need];
}
