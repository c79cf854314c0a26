import { isAppError } from "../util/errors.ts";
import type { CentralSetup, StationSetup } from "./bench.ts";
import { accessMode, asText, cardOf, defined, roamingOf, texts, tokenOf } from "./card.ts";
import { given, oneOf, readAll, readEach, StepProblem, throwAll, within } from "./problem.ts";
import { settingOf } from "./setting.ts";
import { setupSchemas } from "./setup-schemas.ts";
import type { Known } from "./step.ts";
import { suitedTo } from "./suited.ts";
import { hasReference } from "./template.ts";
import { wrongValues } from "./understand.ts";
import { duration, moment, truth, whole } from "./units.ts";

type Raw = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/** What a scenario says of its station and of the central system, for one OCPP version; its variables are filled in or not. */
export interface WrittenSetup {
  readonly station: unknown;
  readonly central: unknown;
}

/** The names of the EVSEs' count among the settings: it follows from the station. */
const EVSE_COUNT = ["NumberOfConnectors", "ChargingStation.NumberOfConnectors"];
/** Members of $files that are always there. */
const FILES = ["uploads", "certificate", "root"];

/** The set-up, variables having the kinds that their places want; `written`: before they were filled in. */
export const setupInPlace = (filled: unknown, written: unknown): WrittenSetup =>
  suitedTo({ properties: setupSchemas }, filled, written) as WrittenSetup;

/**
 * Understands a set-up whose variables are filled in.
 * @throws StepProblem with all that is wrong
 */
export function setupOf(
  { station, central }: WrittenSetup,
  known: Known,
): { readonly station: StationSetup; readonly central: CentralSetup } {
  const parts = { station: (station ?? {}) as Raw, central: (central ?? {}) as Raw };
  const wrong = Object.entries(parts).flatMap(([part, value]) =>
    wrongValues(part, setupSchemas[part as keyof typeof parts], value).map((e) => e.within([part])),
  );
  const read = () =>
    readEach({
      station: () => within(["station"], () => stationOf(parts.station, known)),
      central: () => within(["central"], () => centralOf(parts.central, known)),
    });
  if (wrong.length === 0) return read();
  try {
    read();
  } catch (e) {
    // What is of a wrong form may be read no further.
    if (e instanceof StepProblem) wrong.push(e, ...e.others);
  }
  const [first, ...others] = wrong;
  throw first?.within([], others);
}

/** What is wrong with a set-up; what hangs on variables that are not filled in is told as wrong too. */
export function misunderstood(setup: unknown, known: Known): readonly StepProblem[] {
  try {
    setupOf(setup as WrittenSetup, known);
    return [];
  } catch (e) {
    if (e instanceof StepProblem) return [e, ...e.others];
    throw e;
  }
}

function stationOf(raw: Raw, known: Known): StationSetup {
  const read = given(raw);
  const tokens = each((path, token) => tokenOf(path, token, known));
  return defined(
    readEach({
      id: read("id", asText),
      model: read("model", (path, model) => modelOf(path, model, known)),
      evses: read("evses", (path, evses) => whole(path, evses, 1, "number of EVSEs")),
      settings: read("settings", (path, settings) => settingsOf(path, settings as Raw, known)),
      begins: read("begins", (path, word) => oneOf(path, word, ["online", "powered", "off"], "beginning")),
      retapMs: read("retap", duration),
      time: read("time", moment),
      password: read("password", asText),
      securityProfile: read("security-profile", (path, profile) =>
        profileOf(path, profile, raw.password ?? known.password),
      ),
      list: read("list", tokens),
      cache: read("cache", tokens),
    }),
  );
}

function centralOf(raw: Raw, known: Known): CentralSetup {
  const read = given(raw);
  return defined(
    readEach({
      mode: read("mode", accessMode),
      cards: read(
        "cards",
        each((path, card) => cardOf(path, card, known)),
      ),
      roaming: read(
        "roaming",
        each((path, contract) => roamingOf(path, contract, known)),
      ),
      heartbeat: read("heartbeat", (path, interval) => duration(path, interval) / 1000),
      approved: read("approved", truth),
      tls: read("tls", truth),
      password: read("password", asText),
      files: read("files", filesOf),
    }),
  );
}

/** Every item of a list; none of them twice. */
const each =
  <T extends { readonly id: string; readonly type?: string }>(of: (path: Path, item: unknown) => T) =>
  (path: Path, list: unknown): T[] => {
    const items = readAll((list as readonly unknown[]).map((item, i) => () => of([...path, i], item)));
    const keys = items.map(({ id, type = "" }) => `${type} ${id.toLowerCase()}`);
    throwAll(
      items.flatMap(({ id }, i) =>
        keys.indexOf(keys[i] ?? "") === i || hasReference(id)
          ? []
          : new StepProblem(
              [...path, i],
              `"${id}" stands here twice`,
              "Say in one item all that is true of it.",
            ),
      ),
    );
    return items;
  };

function settingsOf(path: Path, settings: Raw, known: Known): Record<string, string> {
  readAll(
    Object.entries(settings).map(([name, value]) => () => {
      const [found] = within(path, () => settingOf(name, value, known));
      if (!EVSE_COUNT.includes(found)) return;
      const hint = "Write station: { evses: … } instead.";
      throw new StepProblem([...path, name], `${name} follows from how many EVSEs the station has`, hint);
    }),
  );
  return texts(settings);
}

/** How many EVSEs the station has; undefined where that hangs on a variable, or the model is none. */
export function evsesOf(station: unknown, known: Known): number | undefined {
  const { evses, model } = (station ?? {}) as Raw;
  if (evses !== undefined) return /^\d{1,9}$/.test(String(evses)) ? Number(evses) : undefined;
  if (hasReference(model)) return undefined;
  try {
    return model === undefined ? known.evsesOf() : known.evsesOf(String(model));
  } catch (e) {
    if (isAppError(e)) return undefined;
    throw e;
  }
}

/** @throws StepProblem for a model that there is not */
function modelOf(path: Path, model: unknown, known: Known): string {
  const name = String(model);
  try {
    if (!hasReference(model)) known.evsesOf(name);
    return name;
  } catch (e) {
    if (!isAppError(e)) throw e;
    throw new StepProblem(path, e.message, e.hint ?? "");
  }
}

/** @throws StepProblem */
function profileOf(path: Path, value: unknown, password: unknown): number {
  if (!/^[0-3]$/.test(String(value)))
    throw new StepProblem(path, `"${String(value)}" is no security profile`, "There are 0 to 3.");
  const profile = Number(value);
  if ((profile !== 1 && profile !== 2) || password !== undefined) return profile;
  throw new StepProblem(path, `security profile ${profile} needs a password`, "Write password: … beside it.");
}

/** Files are variables' members: `$files.v2.url`. */
function filesOf(path: Path, files: unknown): Record<string, string> {
  readAll(
    Object.keys(files as object).map((name) => () => {
      if (/^[A-Za-z_]\w*$/.test(name) && !FILES.includes(name)) return;
      throw new StepProblem(
        [...path, name],
        `"${name}" cannot be the name of a file here`,
        `Use letters, digits and _, for example v2; ${FILES.join(", ")} are taken.`,
      );
    }),
  );
  return texts(files as object);
}
