import { dirname, relative } from "node:path";
import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from "yaml";
import { type AppError, errorText, isAppError } from "../util/errors.ts";
import { misfits, offsetOf } from "../util/schema-problems.ts";
import { advised, hyphened, outside } from "./advice.ts";
import { readCsv } from "./csv.ts";
import { fileBeside } from "./files.ts";
import { evsesOf, headOf } from "./head.ts";
import { definedNames, mayBeNamed } from "./names.ts";
import { shownPath } from "./path.ts";
import { oneOf, StepProblem } from "./problem.ts";
import type { Scenario } from "./scenario.ts";
import { STEP_BESIDES, scenarioSchema } from "./schema.ts";
import { Source } from "./source.ts";
import type { Block, Known, Step, StepKind } from "./step.ts";
import { stepKinds } from "./steps/table.ts";
import {
  forVersion,
  forVersionOrAny,
  hasReference,
  isUnknown,
  referencesIn,
  unknownVariable,
  writtenPath,
} from "./template.ts";

export interface LoadOptions {
  /** What relative paths count from. */
  readonly cwd: string;
  readonly known: Known;
  /** OCPP versions that it will run in: what is wrong in others only is not told. Absent: those that it is for. */
  readonly ocpp?: readonly string[];
}

/** How deep files may include each other. */
const MAX_INCLUDES = 10;

/**
 * Reads a file of scenarios.
 * @throws AppError `definition.invalid` with file:line:col, the offending text and what was probably meant
 */
export function loadScenarios(file: string, o: LoadOptions): Scenario[] {
  const source = new Source(file, o.cwd);
  if (source.docs.length === 0) {
    source.problem({
      offset: 0,
      text: "the file is empty",
      hint: 'A scenario begins with "name: …" and has "steps:".',
    });
  }
  const scenarios = source.docs.flatMap((doc) => new Loader(source, doc, o).scenario() ?? []);
  source.check();
  return scenarios;
}

/** A step's value as it is written, where it stands, and the version that it is read for. */
interface Written {
  readonly value: unknown;
  readonly path: readonly (string | number)[];
  readonly version: string;
}

/** Reads one document. Problems are gathered in the source. */
class Loader {
  readonly #source: Source;
  readonly #doc: Document.Parsed;
  /** Where values have the wrong form. */
  readonly #misformed = new Set<number>();
  #o: LoadOptions;
  /** Files that are being included, outermost first. */
  readonly #chain: readonly string[];
  /** Those that the scenario is for. */
  #versions: readonly string[];

  constructor(source: Source, doc: Document.Parsed, o: LoadOptions, chain: readonly string[] = []) {
    this.#source = source;
    this.#doc = doc;
    this.#o = o;
    this.#chain = [...chain, source.path];
    this.#versions = o.known.versions;
  }

  scenario(): Scenario | undefined {
    if (isSeq(this.#doc.contents)) {
      this.#source.problem({
        offset: this.#doc.contents.range?.[0] ?? 0,
        text: "this is a list of steps and no scenario",
        hint: "A file to be included begins with an underscore (_charge.yaml), so that it is not run by itself.",
      });
      return undefined;
    }
    const value = this.#value();
    if (value === undefined) return undefined;
    if (!this.#fits(SCHEMA, value)) {
      const said = [(value as { ocpp?: unknown } | null)?.ocpp ?? []].flat().map(String);
      if (said.length > 0) this.#versions = this.#versions.filter((version) => said.includes(version));
      this.#lookOn();
      return undefined;
    }
    const raw = value as Record<string, unknown>;
    const { known } = this.#o;
    const head = headOf(raw, known, (path, read) => this.#guard(path, read));
    this.#versions = head.ocpp;
    this.#o = { ...this.#o, known: { ...known, evses: () => evsesOf(head.station, known) } };
    const vars = (raw.vars ?? {}) as Record<string, unknown>;
    const rows = this.#guard(["data"], () => this.#rows(raw.data)) ?? [{}];
    for (const name of Object.keys(vars)) this.#guard(["vars"], () => mayBeNamed([name], name));
    for (const name of Object.keys(rows[0] ?? {})) this.#guard(["data"], () => mayBeNamed([0, name], name));
    const lists = ["setup", "steps", "teardown"] as const;
    const [setup = [], steps = [], teardown = []] = lists.map((list) => this.steps([list]));
    this.#checkNames([...setup, ...steps, ...teardown], { ...vars, ...rows[0] });
    return {
      ...head,
      ...(raw.only === true ? { only: this.#source.place(this.#doc, ["only"]) } : {}),
      vars,
      rows,
      setup,
      steps,
      teardown,
      ...this.#place(),
    };
  }

  /** What else is wrong is told in the same breath; a step whose form is wrong may be read no further. */
  #lookOn(): void {
    for (const list of ["setup", "steps", "teardown"]) {
      const items = this.#doc.getIn([list], true);
      if (!isSeq(items)) continue;
      for (const [i, item] of items.items.entries()) {
        try {
          if (isMap(item)) this.#step(item as YAMLMap, [list, i], item.range);
        } catch (e) {
          if (isAppError(e)) throw e;
        }
      }
    }
  }

  /** The steps of a document that is a list of them. */
  included(versions: readonly string[]): Step[] {
    this.#versions = versions;
    const value = this.#value();
    return value !== undefined && this.#fits(STEPS, value) ? this.steps([]) : [];
  }

  /** The steps at a path; those of a document that is a list of steps at []. */
  steps(path: readonly (string | number)[]): Step[] {
    const list = path.length === 0 ? this.#doc.contents : this.#doc.getIn(path, true);
    if (!isSeq(list)) return [];
    return (list as YAMLSeq).items.flatMap((item, i) =>
      isMap(item) ? (this.#step(item as YAMLMap, [...path, i], item.range) ?? []) : [],
    );
  }

  /** Does it fit, as it stands for each version? */
  #fits(schema: object, value: unknown): boolean {
    const { known } = this.#o;
    const problems = known.versions.flatMap((version) => {
      const said = forVersionOrAny(value, version);
      return misfits(schema, said, shownPath)
        .sort((a, b) => a.rank - b.rank)
        .map((problem) => advised(problem, said, known));
    });
    for (const { path, text, hint } of problems) {
      const offset = offsetOf(this.#doc, path);
      this.#misformed.add(offset);
      this.#source.problem({ offset, text, hint });
    }
    return problems.length === 0;
  }

  /** What the document says; undefined when that is told to be past reading. */
  #value(): unknown {
    try {
      return this.#doc.toJS({ maxAliasCount: 100 });
    } catch (e) {
      this.#source.problem({ offset: 0, text: errorText(e), hint: "Write it out where it is needed." });
      return undefined;
    }
  }

  #rows(data: unknown): Record<string, unknown>[] {
    if (data === undefined) return [{}];
    if (typeof data !== "string") return data as Record<string, unknown>[];
    return readCsv(data, dirname(this.#source.path));
  }

  #place(): Pick<Scenario, "at" | "source" | "directory"> {
    const [from = 0, , to = 0] = this.#doc.contents?.range ?? [];
    return {
      at: this.#source.position(from),
      source: this.#source.text.slice(from, to).replace(/\s+$/, ""),
      directory: dirname(this.#source.path),
    };
  }

  #step(map: YAMLMap, path: readonly (string | number)[], range: Node["range"]): Step | undefined {
    const { ocpp, ...keys } = map.toJS(this.#doc) as Record<string, unknown>;
    const [kind, second] = Object.keys(keys);
    const at = offsetOf(this.#doc, [...path, kind ?? STEP_BESIDES[0]].map(String));
    // Told with the form: words that are no steps, and members that stand beside theirs.
    if (second !== undefined && (stepKinds[second] === undefined || outside(keys) !== undefined))
      return undefined;
    if (kind === undefined || second !== undefined) {
      this.#source.problem({
        offset: kind === undefined ? at : offsetOf(this.#doc, [...path, second ?? ""].map(String)),
        text:
          kind === undefined
            ? "there is no step here"
            : `"${second}" is a step of its own, beside "${kind}" in the same one`,
        hint: hyphened(second ?? "tap", second === undefined ? "04A2241BC85E80" : keys[second]),
      });
      return undefined;
    }
    const valuePath = [...path, kind];
    const known = stepKinds[kind];
    const value = keys[kind];
    const around = this.#versions;
    if (ocpp !== undefined) {
      this.#guard([...path, "ocpp"], () => this.#spoken(String(ocpp)));
      this.#versions = [String(ocpp)];
    }
    const blocks = (known?.blocks?.(value) ?? []).map(
      (inner): Block => ({
        steps: this.steps([...valuePath, ...inner]),
      }),
    );
    const included = kind === "include" ? this.#include(value, valuePath) : undefined;
    if (kind === "for-each")
      this.#guard([...valuePath, "in"], () => this.#table((value as { in?: unknown })?.in));
    const { ocpp: played } = this.#o;
    for (const version of this.#versions.filter((v) => played === undefined || played.includes(v))) {
      const said = this.#guard(valuePath, () => forVersion(value, version));
      this.#understand(known, said, { value, path: valuePath, version });
    }
    this.#versions = around;
    const { text, endLine } = this.#source.lines(at, range?.[1] ?? at);
    return {
      kind,
      value,
      blocks: included === undefined ? blocks : [{ steps: included }],
      ...(ocpp === undefined ? {} : { ocpp: String(ocpp) }),
      at: this.#source.position(at),
      endLine,
      text,
      place: (inner, version) =>
        this.#source.place(this.#doc, [...valuePath.map(String), ...writtenPath(value, inner, version)]),
    };
  }

  /** What is wrong with a value as it is `said` for one version; what hangs on variables shows when it runs. */
  #understand(kind: StepKind<unknown> | undefined, said: unknown, { value, path, version }: Written): void {
    try {
      if (said !== undefined) kind?.parse(said, { ...this.#o.known, ocpp: version });
    } catch (e) {
      if (!isAppError(e)) throw e;
      const problems =
        e instanceof StepProblem ? [e, ...e.others] : [new StepProblem([], e.message, e.hint ?? "")];
      for (const problem of problems) {
        const { path: inner, sure } = problem;
        const isOpen = inner.length > 0 ? isUnknown(said, inner) : hasReference(said);
        if (sure || !isOpen) this.#tell([...path, ...writtenPath(value, problem.path, version)], problem);
      }
    }
  }

  /** What is included may be for scenarios of other versions too. */
  #spoken(version: string): void {
    oneOf([], version, this.#o.known.versions, "OCPP version");
    // None: the scenario's own are wrong, and told there.
    const { length } = this.#versions;
    if (length === 0 || this.#chain.length > 1 || this.#versions.includes(version)) return;
    throw new StepProblem(
      [],
      `it never comes to this: the scenario is for OCPP ${this.#versions.join(", ")}`,
      "Leave the step out, or name the version at the scenario too.",
    );
  }

  /** A table is beside the scenario, also of steps that it includes. */
  #table(items: unknown): void {
    if (typeof items !== "string" || hasReference(items)) return;
    readCsv(items, dirname(this.#chain[0] ?? this.#source.path));
  }

  #include(value: unknown, at: readonly (string | number)[]): Step[] | undefined {
    const named = typeof value === "object" && value !== null;
    const file = String(named ? (value as { file?: unknown }).file : value);
    return this.#guard(named ? [...at, "file"] : at, () => this.#stepsOf(file));
  }

  #stepsOf(file: string): Step[] {
    const path = fileBeside(file, dirname(this.#source.path));
    if (this.#chain.includes(path) || this.#chain.length > MAX_INCLUDES) {
      const names = [...this.#chain, path].map((p) => relative(this.#o.cwd, p));
      throw new StepProblem([], `these files include each other: ${names.join(" > ")}`, "Break the circle.");
    }
    const source = new Source(path, this.#o.cwd);
    const steps = source.docs.flatMap((doc) =>
      new Loader(source, doc, this.#o, this.#chain).included(this.#versions),
    );
    source.check();
    return steps;
  }

  /** References to variables that nothing defines. */
  #checkNames(steps: readonly Step[], vars: Record<string, unknown>): void {
    const known = [...definedNames(steps, vars)];
    for (const list of [["station"], ["central"], ["setup"], ["steps"], ["teardown"]]) {
      this.#eachText(list, (name, path) => {
        if (known.includes(name)) return;
        const { message, hint } = unknownVariable(name, known);
        this.#source.problem({ offset: offsetOf(this.#doc, path), text: message, hint });
      });
    }
  }

  #eachText(path: readonly string[], hear: (name: string, path: readonly string[]) => void): void {
    const node = this.#doc.getIn(path, true);
    if (isScalar(node)) {
      if (typeof node.value !== "string") return;
      for (const name of referencesIn(node.value)) hear(name.split(".", 1)[0] ?? name, path);
    } else if (isSeq(node)) {
      for (const i of node.items.keys()) this.#eachText([...path, String(i)], hear);
    } else if (isMap(node)) {
      for (const { key } of node.items)
        this.#eachText([...path, String(isScalar(key) ? key.value : key)], hear);
    }
  }

  /** What `read` gives; what it throws becomes a problem at its place. */
  #guard<T>(path: readonly (string | number)[], read: () => T): T | undefined {
    try {
      return read();
    } catch (e) {
      if (!isAppError(e)) throw e;
      this.#tell([...path, ...(e instanceof StepProblem ? e.path : [])], e);
      return undefined;
    }
  }

  /** But for what is said of a value whose form is wrong: that has been told. */
  #tell(path: readonly (string | number)[], { message, hint }: AppError): void {
    const offset = offsetOf(this.#doc, path.map(String));
    if (!this.#misformed.has(offset)) this.#source.problem({ offset, text: message, hint });
  }
}

const SCHEMA = scenarioSchema();
const STEPS = { ...SCHEMA.definitions.steps, definitions: SCHEMA.definitions };
