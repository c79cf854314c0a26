import { dirname, relative } from "node:path";
import type { Document, Node } from "yaml";
import { isAppError } from "../util/errors.ts";
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
import { writtenPath } from "./template.ts";
import { inOneLine } from "./title.ts";
import { WrongFiles } from "./wrong-files.ts";

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

  /** Those of a list at a path; `versions`: those that they are for. */
  steps(list: unknown, path: Path, versions: readonly string[]): Step[] {
    if (!Array.isArray(list)) return [];
    return list.flatMap((item, i) =>
      typeof item === "object" && item !== null && !Array.isArray(item)
        ? (this.#step(item as Record<string, unknown>, [...path, i], versions) ?? [])
        : [],
    );
  }

  #step(item: Readonly<Record<string, unknown>>, path: Path, around: readonly string[]): Step | undefined {
    const { ocpp, ...keys } = item;
    const [kind, second] = Object.keys(keys);
    if (kind === undefined || second !== undefined) {
      this.#notOne(path, keys);
      return undefined;
    }
    const valuePath = [...path, kind];
    const value = keys[kind];
    if (stepKinds[kind] === undefined) {
      this.#noStep(valuePath.map(String), kind);
      return undefined;
    }
    const versions = ocpp === undefined ? around : this.#spoken([...path, "ocpp"], inOneLine(ocpp), around);
    const blocks: readonly Block[] =
      kind === "include"
        ? [{ steps: this.#include(value, valuePath, versions) }]
        : (stepKinds[kind]?.blocks?.(value) ?? []).map((inner) => ({
            steps: this.steps(valueAt(value, inner), [...valuePath, ...inner], versions),
          }));
    const at = offsetOf(this.#doc, valuePath.map(String));
    const range = (this.#doc.getIn(path, true) as Node | undefined)?.range;
    const { text, endLine } = this.#source.lines(at, range?.[1] ?? at);
    const step: Step = {
      kind,
      value,
      blocks,
      ...(ocpp === undefined ? {} : { ocpp: String(ocpp) }),
      at: this.#source.position(at),
      endLine,
      text,
      place: (inner, version) =>
        this.#source.place(this.#doc, [...valuePath.map(String), ...writtenPath(value, inner, version)]),
    };
    const spoiled = this.#form.within(valuePath.map(String));
    if (spoiled.length > 0) this.#reading.spoiled.set(step, spoiled);
    return step;
  }

  /** A word that the form lets through: a step as a whole is for no version. */
  #noStep(path: readonly string[], word: string): void {
    if (this.#form.isWrong(path)) return;
    const hint = "A step as a whole is for a version with ocpp: beside it; what it says may be for each one.";
    this.#reading.problems.add(this.#source.place(this.#doc, path), `"${word}" is not a step`, hint);
  }

  /** It names no step, or two. Members that stand beside their step are told with its form. */
  #notOne(path: Path, keys: Readonly<Record<string, unknown>>): void {
    const [kind, second] = Object.keys(keys);
    const at = [...path, second ?? kind ?? STEP_BESIDES[0]].map(String);
    if (this.#form.isWrong(at) || outside(keys) !== undefined) return;
    const text =
      kind === undefined
        ? "there is no step here"
        : `"${second}" is a step of its own, beside "${kind}" in the same one`;
    const hint = second === undefined ? hyphened("tap", "04A2241BC85E80") : hyphened(second, keys[second]);
    this.#reading.problems.add(this.#source.place(this.#doc, at), text, hint);
  }

  /** Those of the versions in which a step is done. What is included may be for scenarios of other versions too. */
  #spoken(path: Path, version: string, around: readonly string[]): readonly string[] {
    this.#guard(path, () => {
      oneOf([], version, this.#reading.known.versions, "OCPP version");
      // None: the scenario's own are wrong, and told there.
      if (around.length === 0 || this.#chain.length > 1 || around.includes(version)) return;
      throw new StepProblem(
        [],
        `it never comes to this: the scenario is for OCPP ${around.join(", ")}`,
        "Leave the step out, or name the version at the scenario too.",
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
    return source.docs.flatMap((doc) => {
      const value = source.valueOf(doc, STEPS);
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

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
