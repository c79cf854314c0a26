import { cut } from "../util/text.ts";
import type { BenchSetup } from "./bench.ts";
import { secretsOf } from "./redacted.ts";
import type { Scenario } from "./scenario.ts";
import type { Secrets } from "./secrets.ts";
import { setupInPlace, setupOf } from "./setup.ts";
import type { Known } from "./step.ts";
import { fill, forVersion, forVersionOrAny, type Vars } from "./template.ts";
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
  /** @throws StepProblem, AppError where it cannot be understood */
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
  readonly known: Known;
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
  return spoken.flatMap((ocpp) => {
    const isIdle = scenario.steps.every((step) => step.ocpp !== undefined && step.ocpp !== ocpp);
    const skip = scenario.skip ?? (isIdle ? `no step is for OCPP ${ocpp}` : undefined);
    return scenario.rows.map((row, i) =>
      instance(scenario, shared, ocpp, row, scenario.rows.length > 1 ? i + 1 : undefined, o, skip),
    );
  });
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
  const chosen = forVersionOrAny(row, ocpp) as Vars;
  const given = forVersionOrAny(scenario.vars, ocpp) as Vars;
  const own: Vars = { round: 1, ...given, ...chosen, station: o.id, ocpp, seed: o.seed };
  const { id: called = o.id } = (forVersionOrAny(scenario.before.station, ocpp) ?? {}) as { id?: unknown };
  const station = filledText(String(called), own);
  const vars: Vars = { ...own, station };
  const name = secrets.text(filledText(scenario.name, vars));
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
    setup: () => {
      const written = forVersion(scenario.before, ocpp);
      const setup = setupOf(setupInPlace(fill(written, vars), written), { ...o.known, ocpp });
      return { ocpp, seed: o.seed, ...setup, station: { ...setup.station, id: station } };
    },
  };
}

/** With the row's variables; what only runs define stays as it is written. */
function filledText(text: string, vars: Vars): string {
  try {
    return String(fill<unknown>(text, vars));
  } catch {
    return text;
  }
}

function cellsOf(row: Vars, secrets: Secrets): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const text = typeof value === "object" ? JSON.stringify(value) : String(value);
      return [column, cut(secrets.text(text), CELL_MAX)];
    }),
  );
}
