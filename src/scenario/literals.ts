import { StepProblem } from "./problem.ts";
import { baseOf, fill, fillKnown, hasReference, referencesIn } from "./template.ts";

/** A variable whose value is written down: what it makes of a step is known before anything runs. */
export interface Literal {
  readonly value: unknown;
  /** Where it, or a member of it, is written: "s.yaml:2:9". */
  readonly at: (members: readonly string[]) => string;
  /** Said of members that it does not have. */
  readonly besides?: string;
}

/** Variables that are there together. */
export type Row = Readonly<Record<string, Literal>>;

/** Variables that steps have, with all that they may be: one row of them at a time. */
export interface Rows {
  readonly names: ReadonlySet<string>;
  readonly rows: readonly Row[];
}

/** What a value may become. */
export interface Candidate {
  /** Other references stay. */
  readonly value: unknown;
  /** Those that were filled in, the innermost first. */
  readonly from: readonly Row[];
  readonly problems: readonly StepProblem[];
}

/** Tables within tables: after so many everything has been seen. */
const MAX_CANDIDATES = 20_000;

export const rowsOf = (rows: readonly Row[]): Rows => ({
  names: new Set(rows.flatMap((row) => Object.keys(row))),
  rows,
});

/** Without variables of these names: what they are shows when it runs. */
export const without = (around: readonly Rows[], names: ReadonlySet<string>): Rows[] =>
  around.map(({ rows }) =>
    rowsOf(rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !names.has(name))))),
  );

/** A text as it is, where `$` would be a reference. */
export function verbatim(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map(verbatim);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, verbatim(item)]));
}

/** The names of the variables that a value refers to. */
export function namesIn(value: unknown): Set<string> {
  const names = new Set<string>();
  const look = (inner: unknown): void => {
    if (typeof inner === "string") for (const name of referencesIn(inner)) names.add(baseOf(name));
    else if (typeof inner === "object" && inner !== null) Object.values(inner).forEach(look);
  };
  look(value);
  return names;
}

/** Everything that a value may become with the variables around it (outermost first), each different one once. */
export function candidatesOf(value: unknown, around: readonly Rows[]): readonly Candidate[] {
  let all: readonly Candidate[] = [{ value, from: [], problems: [] }];
  for (const rows of around.toReversed()) {
    all = all.flatMap((candidate) => filledWith(candidate, rows)).slice(0, MAX_CANDIDATES);
  }
  return all.map((one) => (hasReference(one.value) ? one : { ...one, value: fill(one.value, {}) }));
}

function filledWith(candidate: Candidate, { names, rows }: Rows): readonly Candidate[] {
  if (names.size === 0) return [candidate];
  const used = [...namesIn(candidate.value)].filter((name) => names.has(name));
  if (used.length === 0) return [candidate];
  const different = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify(used.map((name) => row[name]?.value ?? null));
    if (!different.has(key)) different.set(key, row);
  }
  return [...different.values()].map((row) => {
    const problems: StepProblem[] = [];
    const vars = Object.fromEntries(Object.entries(row).map(([name, literal]) => [name, literal.value]));
    const value = fillKnown(candidate.value, vars, (path, e) => {
      // What is given on is another variable: its members show when it runs.
      const said = [...namesIn(nodeAt(candidate.value, path).node)];
      if (said.some((name) => hasReference(row[name]?.value))) return;
      const besides = besidesOf(candidate.value, path, row);
      problems.push(new StepProblem(path, e.message, `${e.hint ?? ""}${besides}`, { sure: true }));
    });
    return { value, from: [...candidate.from, row], problems: [...candidate.problems, ...problems] };
  });
}

function besidesOf(value: unknown, path: readonly string[], row: Row): string {
  const said = [...namesIn(nodeAt(value, path).node)].map((name) => row[name]?.besides);
  const [first] = said.filter((text) => text !== undefined);
  return first === undefined ? "" : ` ${first}`;
}

/**
 * Where the variables are written that made what stands at a path of `written`: "$n, s.yaml:2:9". `from`: those that
 * were filled in, the innermost first.
 */
export function originOf(
  written: unknown,
  path: readonly string[],
  from: readonly Row[],
): string | undefined {
  const { node, rest } = nodeAt(written, path);
  const places = textsIn(node).flatMap((text) =>
    referencesIn(text).flatMap((reference) => {
      const [name = "", ...members] = reference.split(".");
      const depth = from.findIndex((row) => Object.hasOwn(row, name));
      const literal = from[depth]?.[name];
      if (literal === undefined) return [];
      const inner = [...members, ...rest];
      // What is given on may be another variable.
      return [
        `$${name}, ${literal.at(inner)}`,
        originOf(literal.value, inner, from.slice(depth + 1)) ?? [],
      ].flat();
    }),
  );
  return places.length === 0 ? undefined : [...new Set(places)].join("; ");
}

/** What stands at a path, or the text that stands for all of it. */
function nodeAt(
  value: unknown,
  path: readonly string[],
): { readonly node: unknown; readonly rest: readonly string[] } {
  let node = value;
  for (const [i, key] of path.entries()) {
    if (typeof node !== "object" || node === null) return { node, rest: path.slice(i) };
    node = (node as Record<string, unknown>)[key];
  }
  return { node, rest: [] };
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
