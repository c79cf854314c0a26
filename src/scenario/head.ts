import { isAppError } from "../util/errors.ts";
import type { CentralSetup, StationSetup } from "./bench.ts";
import { cardOf, texts, tokenOf } from "./card.ts";
import { oneOf, StepProblem } from "./problem.ts";
import type { Scenario } from "./scenario.ts";
import { settingOf } from "./setting.ts";
import type { Known } from "./step.ts";
import { hasReference } from "./template.ts";
import { inOneLine } from "./title.ts";
import { duration } from "./units.ts";

type Raw = Readonly<Record<string, unknown>>;

/** What `read` gives; what it throws is a problem of what stands at the path, and undefined is given. */
export type Guard = <T>(path: readonly (string | number)[], read: () => T) => T | undefined;

/** What stands above a scenario's steps. */
export type Head = Omit<
  Scenario,
  "vars" | "rows" | "setup" | "steps" | "teardown" | "at" | "source" | "directory" | "only"
>;

/** Understands the head of a scenario whose form is right. */
export function headOf(raw: Raw, known: Known, guard: Guard): Head {
  const { versions } = known;
  const wanted = raw.ocpp === undefined ? versions : [...new Set([raw.ocpp].flat().map(inOneLine))];
  const ocpp = wanted.flatMap(
    (version) => guard(["ocpp"], () => oneOf([], version, versions, "OCPP version")) ?? [],
  );
  const timeoutMs =
    raw.timeout === undefined ? undefined : guard(["timeout"], () => duration([], raw.timeout));
  return {
    name: String(raw.name),
    ...text(raw, "shows"),
    ...text(raw, "spec"),
    tags: ((raw.tags ?? []) as unknown[]).map(String),
    ...text(raw, "skip"),
    ...(raw["expect-failure"] === undefined ? {} : { expectFailure: String(raw["expect-failure"]) }),
    ocpp,
    station: stationOf((raw.station ?? {}) as Raw, known, guard),
    central: centralOf((raw.central ?? {}) as Raw, guard),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

function stationOf(value: Raw, known: Known, guard: Guard): StationSetup {
  const { retap, settings, evses, list, cache, password, "security-profile": profile, ...rest } = value;
  guard(["station", "time"], () => momentOf(rest.time));
  guard(["station", "model"], () => modelEvses(rest.model, known));
  for (const [name, to] of Object.entries((settings ?? {}) as object)) {
    guard(["station", "settings"], () => settingOf(name, to, known));
  }
  return {
    ...(rest as StationSetup),
    ...(evses === undefined ? {} : { evses: Number(evses) }),
    ...(settings === undefined ? {} : { settings: texts(settings as object) }),
    ...(password === undefined ? {} : { password: String(password) }),
    ...(profile === undefined
      ? {}
      : {
          securityProfile:
            guard(["station", "security-profile"], () => profileOf(profile, password ?? known.password)) ?? 0,
        }),
    ...(list === undefined ? {} : { list: (list as unknown[]).map(tokenOf) }),
    ...(cache === undefined ? {} : { cache: (cache as unknown[]).map(tokenOf) }),
    ...(retap === undefined ? {} : { retapMs: guard(["station", "retap"], () => duration([], retap)) ?? 0 }),
  };
}

/** How many EVSEs the station has; undefined where that hangs on a variable, or the model is none. */
export function evsesOf({ evses, model }: StationSetup, known: Known): number | undefined {
  if (evses !== undefined) return Number.isInteger(evses) ? evses : undefined;
  try {
    return model === undefined ? known.evsesOf() : modelEvses(model, known);
  } catch (e) {
    if (isAppError(e)) return undefined;
    throw e;
  }
}

const modelEvses = (model: unknown, known: Known): number | undefined =>
  model === undefined || hasReference(model) ? undefined : known.evsesOf(String(model));

function centralOf(value: Raw, guard: Guard): CentralSetup {
  const { cards, heartbeat, password, ...rest } = value;
  const seconds = guard(["central", "heartbeat"], () =>
    heartbeat === undefined ? undefined : duration([], heartbeat) / 1000,
  );
  for (const name of Object.keys((rest.files ?? {}) as object)) {
    guard(["central", "files", name], () => fileName(name));
  }
  return {
    ...(rest as CentralSetup),
    ...(password === undefined ? {} : { password: String(password) }),
    ...(cards === undefined ? {} : { cards: (cards as unknown[]).map(cardOf) }),
    ...(seconds === undefined ? {} : { heartbeat: seconds }),
  };
}

/** @throws StepProblem */
function profileOf(value: unknown, password: unknown): number {
  if (!/^[0-3]$/.test(String(value)))
    throw new StepProblem([], `"${String(value)}" is no security profile`, "There are 0 to 3.");
  const profile = Number(value);
  if ((profile !== 1 && profile !== 2) || password !== undefined) return profile;
  throw new StepProblem([], `security profile ${profile} needs a password`, "Write password: … beside it.");
}

/** Files are variables' members: `$files.v2.url`. */
function fileName(name: string): void {
  if (/^[A-Za-z_]\w*$/.test(name) && !["uploads", "certificate", "root"].includes(name)) return;
  throw new StepProblem(
    [],
    `"${name}" cannot be the name of a file here`,
    "Use letters, digits and _, for example v2; uploads, certificate and root are taken.",
  );
}

const text = <K extends string>(raw: Record<string, unknown>, key: K): { [P in K]?: string } =>
  (raw[key] === undefined ? {} : { [key]: String(raw[key]) }) as { [P in K]?: string };

/** @throws StepProblem */
function momentOf(time: unknown): void {
  if (time === undefined || hasReference(time) || !Number.isNaN(Date.parse(String(time)))) return;
  throw new StepProblem([], `"${String(time)}" is no moment`, "Write it in ISO 8601: 2030-01-01T00:00:00Z.");
}
