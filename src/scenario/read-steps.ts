import { dirname, relative } from "node:path";
import { type Document, isMap, type Node, type Pair } from "yaml";
import { AppError, isAppError } from "../util/errors.ts";
import { mapOf } from "../util/record.ts";
import { offsetOf } from "../util/schema-problems.ts";
import { hyphened, outside } from "./advice.ts";
import { fileBeside } from "./files.ts";
import { Form } from "./form.ts";
import { oneOf, StepProblem } from "./problem.ts";
import type { Reading } from "./reading.ts";
import { STEP_BESIDES, scenarioSchema } from "./schema.ts";
import { Source } from "./source.ts";
import type { Block, Step } from "./step.ts";
import { stepKinds } from "./steps/table.ts";
import { isByVersion, isVersion, nothingSaid, writtenPath } from "./template.ts";
import { inOneLine } from "./title.ts";
import type { Position } from "./types.ts";
import { type FileProblem, WrongFiles } from "./wrong-files.ts";

type Path = readonly (string | number)[];

/** How deep files may include each other. */
const MAX_INCLUDES = 10;

const { definitions } = scenarioSchema();
const STEPS = { ...definitions.steps, definitions };

/** Reads the steps of one document, and those of the files that they include. What they mean is looked at later. */
export class StepReader {
  readonly #reading: Reading;
  readonly #source: Source;
  readonly #doc: Document.Parsed;
  readonly #form: Form;
  /** Files that are being included, outermost first; this one is the last. */
  readonly #chain: readonly string[];

  constructor(
    reading: Reading,
    source: Source,
    doc: Document.Parsed,
    form: Form,
    chain: readonly string[] = [source.path],
  ) {
    this.#reading = reading;
    this.#source = source;
    this.#doc = doc;
    this.#form = form;
    this.#chain = chain;
  }

  /**
   * Those of a list at a path; `around`: the versions that they are for. Lists, steps and what has steps within may
   * be by version: then there is a step for each version that is said.
   */
  steps(list: unknown, path: Path, around: readonly string[], only?: string): Step[] {
    if (Array.isArray(list)) return list.flatMap((item, i) => this.#item(item, [...path, i], around, only));
    if (isByVersion(list))
      return this.#byVersion(list, path, around, (steps, version) =>
        this.steps(steps, [...path, version], [version], version),
      );
    if (list === undefined || this.#form.isWrong(asSaid(path))) return [];
    throw new AppError("internal", `${path.join(".")} is no list of steps, and its form let it pass`);
  }

  #item(item: unknown, path: Path, around: readonly string[], only?: string): Step[] {
    if (isByVersion(item))
      return this.#byVersion(item, path, around, (step, version) =>
        this.#item(step, [...path, version], [version], version),
      );
    if (typeof item !== "object" || item === null || Array.isArray(item)) return [];
    return this.#step(item as Record<string, unknown>, path, around, only);
  }

  /** What `read` makes of that which is said for each of the versions. */
  #byVersion<T>(
    said: Readonly<Record<string, unknown>>,
    path: Path,
    around: readonly string[],
    read: (item: unknown, version: string) => readonly T[],
  ): T[] {
    const { ocpp: played } = this.#reading;
    const versions = around.length === 0 ? Object.keys(said) : around;
    return versions.flatMap((version) => {
      if (Object.hasOwn(said, version)) return read(said[version], version);
      if (played === undefined || played.includes(version))
        this.#guard(path, () => {
          throw nothingSaid(said, version);
        });
      return [];
    });
  }

  #step(
    item: Readonly<Record<string, unknown>>,
    path: Path,
    around: readonly string[],
    only?: string,
  ): Step[] {
    const { ocpp, ...keys } = item;
    const [kind, second] = Object.keys(keys);
    if (kind === undefined || second !== undefined) {
      this.#notOne(path, keys);
      return [];
    }
    const value = keys[kind];
    const said = ocpp === undefined ? only : inOneLine(ocpp);
    const versions =
      ocpp === undefined ? around : this.#spoken([...path, "ocpp"], inOneLine(ocpp), around, only);
    const at: Place = { path, kind, valuePath: [...path, kind] };
    const { file } = mapOf(value);
    if (stepKinds[kind]?.blocks === undefined && kind !== "include")
      return [this.#stepOf(at, value, [], said)];
    if (isByVersion(value))
      return this.#byVersion(value, at.valuePath, versions, (own, version) => [
        this.#outer({ ...at, valuePath: [...at.valuePath, version] }, own, [version], version),
      ]);
    if (kind === "include" && isByVersion(file))
      return this.#byVersion(file, [...at.valuePath, "file"], versions, (own, version) => [
        this.#outer(at, { ...mapOf(value), file: own }, [version], version),
      ]);
    return [this.#outer(at, value, versions, said)];
  }

  /** A step that has steps within. */
  #outer(at: Place, value: unknown, versions: readonly string[], ocpp?: string): Step {
    const blocks: readonly Block[] =
      at.kind === "include"
        ? [{ steps: this.#include(value, at.valuePath, versions) }]
        : (stepKinds[at.kind]?.blocks?.(value) ?? []).map((inner) => ({
            steps: this.steps(valueAt(value, inner), [...at.valuePath, ...inner], versions),
          }));
    return this.#stepOf(at, value, blocks, ocpp);
  }

  #stepOf({ path, kind, valuePath }: Place, value: unknown, blocks: readonly Block[], ocpp?: string): Step {
    const at = offsetOf(this.#doc, [...path, kind].map(String));
    const { text, endLine } = this.#source.lines(at, endOf(this.#doc.getIn(path, true)) ?? at);
    const step: Step = {
      kind,
      value,
      blocks,
      ...(ocpp === undefined ? {} : { ocpp }),
      at: this.#source.position(at),
      endLine,
      text,
      place: (inner, version) =>
        this.#source.place(this.#doc, [...valuePath.map(String), ...writtenPath(value, inner, version)]),
    };
    const spoiled = this.#form.within(asSaid(valuePath));
    if (spoiled.length > 0) this.#reading.spoiled.set(step, spoiled);
    return step;
  }

  /** It names no step, or two. Members that stand beside their step are told with its form. */
  #notOne(path: Path, keys: Readonly<Record<string, unknown>>): void {
    const [kind, second] = Object.keys(keys);
    const at = [...path, second ?? kind ?? STEP_BESIDES[0]].map(String);
    if (this.#form.isWrong(asSaid(at)) || outside(keys) !== undefined) return;
    const text =
      kind === undefined
        ? "there is no step here"
        : `"${second}" is a step of its own, beside "${kind}" in the same one`;
    const hint = second === undefined ? hyphened("tap", "04A2241BC85E80") : hyphened(second, keys[second]);
    this.#reading.problems.add(this.#source.place(this.#doc, at), text, hint);
  }

  /** Those of the versions in which a step is done. What is included may be for scenarios of other versions too. */
  #spoken(path: Path, version: string, around: readonly string[], only?: string): readonly string[] {
    this.#guard(path, () => {
      oneOf([], version, this.#reading.known.versions, "OCPP version");
      const isIncluded = only === undefined && this.#chain.length > 1;
      // None: the scenario's own are wrong, and told there.
      if (around.length === 0 || isIncluded || around.includes(version)) return;
      throw new StepProblem(
        [],
        `it never comes to this: ${only === undefined ? "the scenario" : "what is around it"} is for OCPP ${around.join(", ")}`,
        only === undefined
          ? "Leave the step out, or name the version at the scenario too."
          : "Leave the step out.",
      );
    });
    return [version];
  }

  #include(value: unknown, at: Path, versions: readonly string[]): readonly Step[] {
    const named = typeof value === "object" && value !== null;
    const file = named ? (value as { file?: unknown }).file : value;
    const steps =
      typeof file === "string"
        ? this.#guard(named ? [...at, "file"] : at, () => this.#stepsOf(file, versions))
        : undefined;
    if (steps === undefined) this.#reading.hidesNames = true;
    return steps ?? [];
  }

  #stepsOf(file: string, versions: readonly string[]): Step[] {
    const { cwd } = this.#reading;
    const path = fileBeside(file, dirname(this.#source.path));
    if (this.#chain.includes(path) || this.#chain.length > MAX_INCLUDES) {
      const names = [...this.#chain, path].map((p) => relative(cwd, p));
      throw new StepProblem([], `these files include each other: ${names.join(" > ")}`, "Break the circle.");
    }
    const source = new Source(path, cwd);
    if (source.docs.length === 0) throw new WrongFiles([noSteps(source.position(0))]);
    return source.docs.flatMap((doc) => {
      const value = source.valueOf(doc, STEPS);
      if (!Array.isArray(value) && !isByVersion(value))
        throw new WrongFiles([noSteps(source.place(doc, []))]);
      this.#reading.secrets.learn(value);
      const form = new Form(STEPS, value, this.#reading.known);
      tellForm(this.#reading, source, doc, form);
      return new StepReader(this.#reading, source, doc, form, [...this.#chain, path]).steps(
        value,
        [],
        versions,
      );
    });
  }

  /** What `read` gives; what it throws becomes a problem at its place. */
  #guard<T>(path: Path, read: () => T): T | undefined {
    try {
      return read();
    } catch (e) {
      if (e instanceof WrongFiles) this.#reading.problems.addAll(e.problems);
      else if (isAppError(e))
        this.#reading.problems.add(this.#source.place(this.#doc, path.map(String)), e.message, e.hint);
      else throw e;
      return undefined;
    }
  }
}

/** Notes what is wrong with the form of a document. */
export function tellForm(reading: Reading, source: Source, doc: Document.Parsed, form: Form): void {
  for (const { written, text, hint } of form.wrong)
    reading.problems.add(source.place(doc, written), text, hint);
  reading.hidesNames ||= form.hidesNames;
}

/** Of an included file; what stands there instead may be nobody's business. */
const noSteps = (at: Position): FileProblem => ({
  at,
  message: "this is no list of steps",
  hint: "A file to be included has steps alone, each with a hyphen: - plug: 1.",
});

/** Where a step stands: `path` leads to it, `valuePath` to its value. */
interface Place {
  readonly path: Path;
  readonly kind: string;
  readonly valuePath: Path;
}

/** A path as it is for one version: where something is by version, the file has a key more. */
const asSaid = (path: Path): string[] => path.map(String).filter((key) => !isVersion(key));

/** Where a step ends: its braces are no part of it. */
function endOf(node: unknown): number | undefined {
  if (!isMap(node)) return undefined;
  const [last] = node.items.toReversed() as Pair<Node, Node | null>[];
  return node.flow === true ? (last?.value ?? last?.key)?.range?.[1] : node.range?.[1];
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
