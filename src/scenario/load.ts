import { dirname } from "node:path";
import type { Document } from "yaml";
import { isAppError } from "../util/errors.ts";
import { mapOf } from "../util/record.ts";
import { understoodBefore } from "./before.ts";
import { type Data, NO_DATA, rowsOfList, rowsOfTable, rowsThatLack } from "./data.ts";
import { Form } from "./form.ts";
import { type Head, headOf } from "./head.ts";
import { namesIn, type Row, type Rows, rowsOf, verbatim, without } from "./literals.ts";
import { Meaning } from "./meaning.ts";
import { BEFORE, BUILT_IN, capturedNames, freeNames, mayBeNamed } from "./names.ts";
import { StepProblem } from "./problem.ts";
import { Problems, placeText } from "./problems.ts";
import { StepReader, tellForm } from "./read-steps.ts";
import type { LoadOptions, Reading } from "./reading.ts";
import type { Scenario } from "./scenario.ts";
import { scenarioSchema } from "./schema.ts";
import { Secrets } from "./secrets.ts";
import type { WrittenSetup } from "./setup.ts";
import { Source } from "./source.ts";
import type { Step } from "./step.ts";
import {
  forVersion,
  forVersionOrAny,
  isByVersion,
  nothingSaid,
  unknownVariable,
  writtenPath,
} from "./template.ts";
import { WrongFiles } from "./wrong-files.ts";

const SCHEMA = scenarioSchema();
const BEGINS = 'A scenario begins with "name: …" and has "steps:".';

/**
 * Reads a file of scenarios.
 * @throws WrongFiles with file:line:col, the offending text and what was probably meant
 */
export function loadScenarios(file: string, o: LoadOptions): Scenario[] {
  const source = new Source(file, o.cwd);
  const secrets = new Secrets();
  const problems = new Problems(source.shown, secrets);
  if (source.docs.length === 0) problems.add(source.position(0), "the file is empty", BEGINS);
  const scenarios = source.docs.flatMap((doc) => {
    const reading: Reading = { ...o, problems, secrets, spoiled: new Map(), hidesNames: false };
    try {
      return new Loader(reading, source, doc).scenario() ?? [];
    } catch (e) {
      if (!(e instanceof WrongFiles)) throw e;
      problems.addAll(e.problems);
      return [];
    }
  });
  problems.check();
  return scenarios;
}

/** Reads one document. */
class Loader {
  readonly #reading: Reading;
  readonly #source: Source;
  readonly #doc: Document.Parsed;
  readonly #value: unknown;
  readonly #form: Form;

  constructor(reading: Reading, source: Source, doc: Document.Parsed) {
    this.#reading = reading;
    this.#source = source;
    this.#doc = doc;
    this.#value = source.valueOf(doc, SCHEMA);
    reading.secrets.learn(this.#value);
    this.#form = new Form(SCHEMA, this.#value, reading.known);
  }

  /** Undefined: it is none. */
  scenario(): Scenario | undefined {
    const { problems } = this.#reading;
    if (Array.isArray(this.#value)) {
      problems.add(
        this.#place([]),
        "this is a list of steps and no scenario",
        "A file to be included begins with an underscore (_charge.yaml), so that it is not run by itself.",
      );
      return undefined;
    }
    if (typeof this.#value !== "object" || this.#value === null) {
      problems.add(this.#place([]), "this is no scenario", BEGINS);
      return undefined;
    }
    tellForm(this.#reading, this.#source, this.#doc, this.#form);
    const raw = this.#value as Readonly<Record<string, unknown>>;
    const head = this.#head(raw);
    const vars = mapOf(raw.vars);
    const data = this.#data(raw.data);
    for (const version of head.ocpp)
      for (const name of Object.keys(this.#varsFor(vars, version)))
        this.#guard(this.#written(["vars", name], version), () => mayBeNamed([], name));
    for (const name of Object.keys(data.rows[0] ?? {}))
      this.#guard(["data", "0", name], () => mayBeNamed([], name));
    // Its name is told; what refers to it is right.
    this.#reading.hidesNames ||= [vars, data.rows[0] ?? {}].some((of) =>
      Object.keys(of).some((name) => name.startsWith("$")),
    );
    const reader = new StepReader(this.#reading, this.#source, this.#doc, this.#form);
    const read = (list: "setup" | "steps" | "teardown"): Step[] => reader.steps(raw[list], [list], head.ocpp);
    const lists = { setup: read("setup"), steps: read("steps"), teardown: read("teardown") };
    this.#check(raw, head, { vars, data, steps: Object.values(lists).flat() });
    return {
      ...head,
      ...(raw.only === true ? { only: this.#place(["only"]) } : {}),
      before: { station: raw.station, central: raw.central },
      vars,
      rows: data.rows,
      ...lists,
      ...this.#whole(),
    };
  }

  /** What is of a wrong form there is told already, and must not hide the rest. */
  #head(raw: Readonly<Record<string, unknown>>): Head {
    const { known } = this.#reading;
    try {
      return headOf(raw, known, (path, read) => this.#guard(path.map(String), read));
    } catch (e) {
      if (this.#form.wrong.length === 0) throw e;
      const { versions } = known;
      const said = [raw.ocpp ?? versions].flat().map(String);
      const ocpp = versions.filter((version) => said.includes(version));
      return { name: "", tags: [], ocpp };
    }
  }

  #data(data: unknown): Data {
    if (data === undefined || this.#form.isWrong(["data"])) return NO_DATA;
    if (Array.isArray(data))
      return rowsOfList(data, (path, version) => this.#place(this.#written(["data", ...path], version)));
    const folder = dirname(this.#source.path);
    const table =
      typeof data === "string" ? this.#guard(["data"], () => rowsOfTable(data, folder)) : undefined;
    this.#reading.hidesNames ||= table === undefined;
    return table ?? NO_DATA;
  }

  /** Those of one version, where they are by version as a whole. */
  #varsFor(vars: Readonly<Record<string, unknown>>, version: string): Readonly<Record<string, unknown>> {
    if (!isByVersion(vars)) return vars;
    if (Object.hasOwn(vars, version)) return mapOf(vars[version]);
    this.#guard(["vars"], () => {
      throw nothingSaid(vars, version);
    });
    return {};
  }

  #check(
    raw: Readonly<Record<string, unknown>>,
    { ocpp }: Head,
    o: { vars: Readonly<Record<string, unknown>>; data: Data; steps: readonly Step[] },
  ): void {
    const { data, steps } = o;
    const { known, ocpp: played, hidesNames, problems } = this.#reading;
    const columns = [...new Set(data.rows.flatMap((row) => Object.keys(row)))];
    const captured = capturedNames(steps);
    const used = [...freeNames(steps), ...namesIn([raw.station, raw.central])];
    for (const version of ocpp.filter((v) => played === undefined || played.includes(v))) {
      const vars = this.#varsFor(o.vars, version);
      const own = [...Object.keys(vars), ...columns];
      if (!hidesNames) {
        const before = new Set([...BEFORE, ...own]);
        for (const part of ["station", "central"])
          this.#checkNames(forVersionOrAny(raw[part], version), [part], before, version, data.besides);
        this.#checkNames(
          raw.name,
          ["name"],
          new Set([...BUILT_IN, ...own, ...captured]),
          version,
          data.besides,
        );
      }
      const others = new Set([...Object.keys(vars), ...captured]);
      const names = [...new Set(used)].filter((name) => columns.includes(name) && !others.has(name));
      for (const { row, message, hint } of rowsThatLack(data, names))
        problems.add(this.#place(["data", String(row)]), message, hint);
      const literals = this.#literals(vars, data, version);
      const evses = this.#checkBefore(raw, version, literals);
      const meaning = new Meaning(this.#reading, {
        known: { ...known, evses: () => evses },
        directory: dirname(this.#source.path),
        ...(data.besides === undefined ? {} : { besides: data.besides }),
      });
      const defined = new Set([...BUILT_IN, ...own, ...captured]);
      meaning.check(steps, version, { defined, literals: without(literals, captured) });
    }
  }

  /** What is wrong with station and central system as variables make them. Gives the number of EVSEs, where it is known. */
  #checkBefore(
    { station, central }: Readonly<Record<string, unknown>>,
    version: string,
    literals: readonly Rows[],
  ): number | undefined {
    const { known, problems } = this.#reading;
    const written = this.#guard([], () => forVersion({ station, central }, version));
    if (written === undefined) return undefined;
    const { wrong, evses } = understoodBefore(written as WrittenSetup, literals, { ...known, ocpp: version });
    for (const { problem, origin } of wrong) {
      if (this.#form.isWrong(problem.path)) continue;
      const at = this.#place(this.#written(problem.path, version));
      if (origin === undefined) problems.add(at, problem.message, problem.hint);
      else problems.addFrom(origin, at, problem.message, problem.hint);
    }
    return evses;
  }

  /** The variables of a scenario as they are for a version, outermost first. */
  #literals(vars: Readonly<Record<string, unknown>>, data: Data, version: string): Rows[] {
    const row = (
      values: Readonly<Record<string, unknown>>,
      at: (members: readonly string[]) => string,
    ): Row =>
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          {
            value: verbatim(forVersionOrAny(value, version)),
            at: (members: readonly string[]) => at([name, ...members]),
          },
        ]),
      );
    const place = (members: readonly string[]): string =>
      placeText(this.#place(this.#written(["vars", ...members], version)));
    return [
      rowsOf([row(vars, place)]),
      rowsOf(data.rows.map((values, i) => row(values, (members) => data.at(i, members, version)))),
    ];
  }

  /** Where in the file something stands, as it is for a version. */
  #written(path: readonly string[], version: string): string[] {
    return writtenPath(this.#value, path, version);
  }

  /** References to variables that nothing defines. */
  #checkNames(
    value: unknown,
    path: readonly string[],
    defined: ReadonlySet<string>,
    version: string,
    besides: string | undefined,
  ): void {
    if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value))
        this.#checkNames(item, [...path, key], defined, version, besides);
      return;
    }
    for (const name of namesIn(value)) {
      if (!defined.has(name)) {
        const { message, hint } = unknownVariable(name, [...defined], besides);
        this.#reading.problems.add(this.#place(this.#written(path, version)), message, hint);
      }
    }
  }

  #place(path: readonly string[]): ReturnType<Source["place"]> {
    return this.#source.place(this.#doc, path);
  }

  #whole(): Pick<Scenario, "at" | "source" | "directory"> {
    const [from = 0, , to = 0] = this.#doc.contents?.range ?? [];
    return {
      at: this.#source.position(from),
      source: this.#source.text.slice(from, to).replace(/\s+$/, ""),
      directory: dirname(this.#source.path),
    };
  }

  /** What `read` gives; what it throws becomes a problem at its place. */
  #guard<T>(path: readonly string[], read: () => T): T | undefined {
    try {
      return read();
    } catch (e) {
      if (!isAppError(e)) throw e;
      const at = [...path, ...(e instanceof StepProblem ? e.path : [])];
      if (!this.#form.isWrong(at)) this.#reading.problems.add(this.#place(at), e.message, e.hint);
      return undefined;
    }
  }
}
