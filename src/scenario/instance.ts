import { cut } from "../util/text.ts";
import type { BenchSetup, CentralSetup, StationSetup } from "./bench.ts";
import { texts } from "./card.ts";
import { secretsOf } from "./redacted.ts";
import type { Scenario } from "./scenario.ts";
import type { Secrets } from "./secrets.ts";
import { fill, forVersionOrAny, type Vars } from "./template.ts";
import type { ScenarioInfo } from "./types.ts";

/** A scenario as it will run: with one OCPP version and one row of its data. */
export interface Instance {
  readonly info: ScenarioInfo;
  readonly scenario: Scenario;
  readonly ocpp: string;
  readonly seed: number;
  readonly vars: Vars;
  /** Masked in whatever is told of it. */
  readonly secrets: Secrets;
  /** Why it is not run. */
  readonly skip?: string;
  setup(): BenchSetup;
}

export interface InstanceOptions {
  /** Versions that were chosen by flag; absent: each scenario's own. */
  readonly ocpp?: readonly string[];
  readonly seed: number;
  /** Told in each cell: the reader or central system that was chosen. */
  readonly cell?: Readonly<Record<string, string>>;
  /** The station's id when the scenario names none. */
  readonly id: string;
}

/** How long a column's value may be in a cell. */
const CELL_MAX = 40;

/** Everything that a scenario stands for, in the order of versions, then rows. */
export function instancesOf(scenario: Scenario, index: number, o: InstanceOptions): Instance[] {
  const chosen = o.ocpp ?? scenario.ocpp;
  const spoken = chosen.filter((version) => scenario.ocpp.includes(version));
  const secrets = secretsOf(scenario);
  const shared: Shared = { index, secrets, source: secrets.yaml(scenario.source) };
  if (spoken.length === 0) {
    const why = `it is for OCPP ${scenario.ocpp.join(", ")} only`;
    return [instance(scenario, shared, chosen[0] ?? "", {}, undefined, o, why)];
  }
  return spoken.flatMap((ocpp) =>
    scenario.rows.map((row, i) =>
      instance(scenario, shared, ocpp, row, scenario.rows.length > 1 ? i + 1 : undefined, o, scenario.skip),
    ),
  );
}

/** What is the same in all instances of a scenario. */
interface Shared extends Pick<Instance, "secrets">, Pick<ScenarioInfo, "source"> {
  readonly index: number;
}

function instance(
  scenario: Scenario,
  { index, secrets, source }: Shared,
  ocpp: string,
  row: Vars,
  rowNumber: number | undefined,
  o: InstanceOptions,
  skip: string | undefined,
): Instance {
  const { shows, spec, tags, at } = scenario;
  const place = rowNumber === undefined ? "" : ` row ${rowNumber}`;
  const id = `${at.file}#${index + 1} OCPP ${ocpp}${place}`;
  const station = scenario.station.id ?? o.id;
  const chosen = forVersionOrAny(row, ocpp) as Vars;
  const given = forVersionOrAny(scenario.vars, ocpp) as Vars;
  const vars: Vars = { round: 1, ...given, ...chosen, station, ocpp, seed: o.seed };
  const name = secrets.text(named(scenario.name, vars));
  return {
    info: {
      id,
      name,
      ...(shows === undefined ? {} : { shows: secrets.text(shows) }),
      ...(spec === undefined ? {} : { spec }),
      tags,
      at,
      source,
      cell: { ocpp, ...o.cell, ...cellsOf(chosen, secrets) },
    },
    scenario,
    ocpp,
    seed: o.seed,
    vars,
    secrets,
    ...(skip === undefined ? {} : { skip }),
    setup: () => ({
      ocpp,
      seed: o.seed,
      station: { ...stationSetup(scenario.station, vars), id: station },
      central: fill<CentralSetup>(scenario.central, vars),
    }),
  };
}

/** With the row's variables; what only runs define stays as it is written. */
function named(name: string, vars: Vars): string {
  try {
    return fill({ name }, vars).name;
  } catch {
    return name;
  }
}

/** A variable keeps its type when it is filled in (`true`), and a setting is text. */
function stationSetup(written: StationSetup, vars: Vars): StationSetup {
  const { settings, ...rest } = fill<StationSetup>(written, vars);
  return settings === undefined ? rest : { ...rest, settings: texts(settings) };
}

function cellsOf(row: Vars, secrets: Secrets): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const text = typeof value === "object" ? JSON.stringify(value) : String(value);
      return [column, cut(secrets.text(text), CELL_MAX)];
    }),
  );
}
