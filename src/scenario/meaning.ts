import { isAppError } from "../util/errors.ts";
import { memberForm } from "./advice.ts";
import { readTable } from "./csv.ts";
import { ownValue } from "./filled.ts";
import { isRelated } from "./form.ts";
import {
  type Candidate,
  candidatesOf,
  type Literal,
  namesIn,
  originOf,
  type Row,
  type Rows,
  rowsOf,
  without,
} from "./literals.ts";
import { capturesOf, mayBeCaptured } from "./names.ts";
import { StepProblem } from "./problem.ts";
import { placeText } from "./problems.ts";
import type { Reading } from "./reading.ts";
import type { Known, Step, StepKind } from "./step.ts";
import { noList } from "./steps/for-each.ts";
import { stepKinds } from "./steps/table.ts";
import { hasReference, isUnknown, unknownVariable } from "./template.ts";
import { inItsPlace, wrongForms } from "./understand.ts";

/** What the steps of a scenario have around them. */
export interface Surroundings {
  readonly known: Known;
  /** The folder that tables are looked for in. */
  readonly directory: string;
  /** Said of names that are none of them. */
  readonly besides?: string;
}

/** The variables that steps have. */
export interface Scope {
  /** Every name that a reference may mean. */
  readonly defined: ReadonlySet<string>;
  /** Those whose values are written down, outermost first. */
  readonly literals: readonly Rows[];
  /** Those that steps around give to the steps within them alone. */
  readonly given?: ReadonlySet<string>;
}

/** A step as it is said for one version. */
interface Said {
  readonly step: Step;
  readonly version: string;
  readonly value: unknown;
}

/** Looks at what steps mean, with all that is known of their variables. */
export class Meaning {
  readonly #reading: Reading;
  readonly #o: Surroundings;

  constructor(reading: Reading, o: Surroundings) {
    this.#reading = reading;
    this.#o = o;
  }

  check(steps: readonly Step[], version: string, scope: Scope): void {
    for (const step of steps) {
      if (step.ocpp === undefined || step.ocpp === version) this.#check(step, version, scope);
    }
  }

  #check(step: Step, version: string, scope: Scope): void {
    const value = this.#guard(step, version, () => ownValue(step, version));
    if (value === undefined) return;
    const said: Said = { step, version, value };
    const own = step.kind === "parallel" ? undefined : value;
    this.#checkNames({ ...said, value: own }, scope.defined);
    for (const capture of capturesOf(own))
      this.#guard(step, version, () => mayBeCaptured(capture, scope.given ?? new Set()));
    const candidates = candidatesOf(own, scope.literals);
    for (const candidate of candidates) this.#understand(said, candidate);
    const inner = this.#within(said, candidates, scope);
    for (const block of step.blocks) this.check(block.steps, version, inner);
  }

  #checkNames({ step, version, value }: Said, defined: ReadonlySet<string>): void {
    if (this.#reading.hidesNames) return;
    const { besides } = this.#o;
    for (const name of namesIn(value)) {
      if (defined.has(name)) continue;
      const { message, hint } = unknownVariable(name, [...defined], besides);
      const at = step.place(pathOf(value, name) ?? [], version);
      this.#reading.problems.add(at, message, hint);
    }
  }

  /** What is wrong with a value as variables make it; what hangs on others shows when it runs. */
  #understand(said: Said, candidate: Candidate): void {
    const { step, version } = said;
    const { problems, from } = candidate;
    const kind = stepKinds[step.kind];
    if (kind === undefined) return;
    const known = { ...this.#o.known, ocpp: version };
    const value = from.length === 0 ? candidate.value : inItsPlace(kind, candidate.value, said.value, known);
    const spoiled = this.#reading.spoiled.get(step) ?? [];
    const isSure = ({ path, sure }: StepProblem): boolean =>
      (sure || !(path.length > 0 ? isUnknown(value, path) : hasReference(value))) &&
      !spoiled.some((wrong) => isRelated(wrong, path) || isMissed(value, path, wrong));
    const forms = from.length === 0 ? [] : wrongForms(step.kind, kind, value);
    const wrong = [...problems, ...forms].filter(isSure);
    if (wrong.length === 0) wrong.push(...this.#misread(step, kind, value, known).filter(isSure));
    for (const problem of wrong) this.#tell(said, candidate, problem);
  }

  #misread(step: Step, kind: StepKind, value: unknown, known: Known): readonly StepProblem[] {
    try {
      kind.parse(value, known);
      return [];
    } catch (e) {
      if (e instanceof StepProblem) return [e, ...e.others];
      if (isAppError(e)) return [new StepProblem([], e.message, e.hint ?? "")];
      // What is of a wrong form may be read no further, and is told already.
      if (this.#reading.spoiled.has(step)) return [];
      throw e;
    }
  }

  #tell({ step, version, value }: Said, { from }: Candidate, problem: StepProblem): void {
    const { path, message } = problem;
    const hint = formAsked(step.kind, value) ?? problem.hint;
    const at = step.place(path, version);
    const origin = originOf(value, path, from);
    if (origin === undefined) this.#reading.problems.add(at, message, hint);
    else this.#reading.problems.addFrom(origin, at, message, hint);
  }

  /** What the steps within have around them. */
  #within(said: Said, candidates: readonly Candidate[], scope: Scope): Scope {
    const { step, version, value } = said;
    const { as, vars } = mapOf(value);
    if (step.kind === "include") {
      const row = Object.entries(mapOf(vars)).map(([name, item]): [string, Literal] => [
        name,
        { value: item, at: (members) => placeText(step.place(["vars", name, ...members], version)) },
      ]);
      return withRows(scope, [Object.fromEntries(row)]);
    }
    if (step.kind !== "for-each" || typeof as !== "string") return scope;
    const rows = candidates.flatMap((candidate) => this.#items(said, candidate, as) ?? []);
    if (rows.length > 0) return withRows(scope, rows);
    const own = new Set([as]);
    return {
      defined: new Set([...scope.defined, as]),
      literals: without(scope.literals, own),
      given: new Set([...(scope.given ?? []), as]),
    };
  }

  #items(said: Said, candidate: Candidate, as: string): readonly Row[] | undefined {
    const { step, version } = said;
    const { in: items } = candidate.value as { in?: unknown };
    if (Array.isArray(items)) {
      return items.map((value, i) => ({
        [as]: {
          value,
          at: (members) => {
            const path = ["in", String(i), ...members];
            return originOf(said.value, path, candidate.from) ?? placeText(step.place(path, version));
          },
        },
      }));
    }
    // In its place it would be a text, the name of a file.
    if (typeof items === "number" || typeof items === "boolean") this.#tell(said, candidate, noList(items));
    if (typeof items !== "string" || hasReference(items)) return undefined;
    return this.#guard(step, version, () => tableRows(items, this.#o.directory, as), ["in"]);
  }

  #guard<T>(step: Step, version: string, read: () => T, path: readonly string[] = []): T | undefined {
    try {
      return read();
    } catch (e) {
      if (!isAppError(e)) throw e;
      const inner = [...path, ...(e instanceof StepProblem ? e.path : [])];
      const spoiled = this.#reading.spoiled.get(step) ?? [];
      if (!spoiled.some((wrong) => isRelated(wrong, inner)))
        this.#reading.problems.add(step.place(inner, version), e.message, e.hint);
      return undefined;
    }
  }
}

/** Is something not there, beside which something wrong is? It may stand there under another name. */
const isMissed = (value: unknown, path: readonly string[], wrong: readonly string[]): boolean =>
  path.length > 0 &&
  path.length === wrong.length &&
  path.slice(0, -1).every((key, i) => key === wrong[i]) &&
  path.reduce<unknown>((inner, key) => mapOf(inner)[key], value) === undefined;

/** How a step is written that names a member as if that were all: `network: half-open`. */
function formAsked(kind: string, value: unknown): string | undefined {
  const form = memberForm(kind, value);
  return form === undefined ? undefined : `Write ${form}.`;
}

const withRows = ({ defined, literals, given = new Set() }: Scope, rows: readonly Row[]): Scope => {
  const inner = rowsOf(rows);
  return {
    defined: new Set([...defined, ...inner.names]),
    literals: [...literals, inner],
    given: new Set([...given, ...inner.names]),
  };
};

const mapOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Each row of a table, as one variable. @throws AppError `definition.invalid` */
function tableRows(file: string, directory: string, as: string): Row[] {
  const { rows, lines, columns } = readTable(file, directory);
  const besides = `${file} has the columns ${columns.join(", ")}.`;
  return rows.map((value, i) => ({
    [as]: {
      value,
      // That a column is not there is no row's mistake.
      at: ([column = ""]) => (columns.includes(column) ? `${file}:${lines[i]}` : file),
      besides,
    },
  }));
}

/** The path of the first reference to a variable. */
function pathOf(value: unknown, name: string): string[] | undefined {
  if (typeof value === "string") return namesIn(value).has(name) ? [] : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const path = pathOf(item, name);
    if (path !== undefined) return [key, ...path];
  }
  return undefined;
}
