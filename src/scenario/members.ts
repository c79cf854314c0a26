import { nearest } from "../util/nearest.ts";
import { KINDS } from "../util/schema-problems.ts";
import { isPattern, type Operation, operatorOf } from "./match.ts";
import type { PayloadSchema } from "./payload-schema.ts";
import { listed, StepProblem, throwAll } from "./problem.ts";
import type { Known } from "./step.ts";
import { hasReference } from "./template.ts";

/** Whose payload it is. */
export interface PayloadOf {
  readonly action: string;
  readonly kind: "request" | "response" | "error";
}

/** `matcher`: what is waited for; `part`: laid over another payload; `whole`: sent as it stands. */
export type PayloadUse = "matcher" | "part" | "whole";

type Path = readonly (string | number)[];

const SPOKEN = {
  request: "the request",
  response: "the answer to",
  error: "the error that answers",
} as const;

/** OCPP-J §4.2.3, as the journal writes it. */
const ERROR: PayloadSchema = {
  type: "object",
  properties: { errorCode: { type: "string" }, errorDescription: { type: "string" }, errorDetails: {} },
  additionalProperties: false,
};

const schemaOf = ({ action, kind }: PayloadOf, ocpp: string, known: Known): PayloadSchema | undefined =>
  kind === "error" ? ERROR : known.schemaOf(ocpp, action, kind);

/**
 * Members that the message does not have in the version that is spoken, values that one of its enumerations lacks,
 * and kinds of values that a member cannot have. What holds variables is left for later, and so is what extends OCPP:
 * customData, and members whose name begins with "x-".
 * @throws StepProblem at the first of them, with the others
 */
export function checkPayload(value: unknown, of: PayloadOf, known: Known, path: Path, use: PayloadUse): void {
  if (value === undefined) return;
  const schema = schemaOf(of, known.ocpp, known);
  if (schema === undefined) return;
  const look = new Look(schema, of, known);
  look.at(value, schema, path, [], use === "matcher");
  throwAll(look.found);
  if (use !== "whole" || of.kind === "error" || hasReference(value)) return;
  const misfit = known.misfit(known.ocpp, of.action, of.kind, value);
  if (misfit === undefined) return;
  throw new StepProblem(
    path,
    `it does not fit ${SPOKEN[of.kind]} ${of.action} of OCPP ${known.ocpp}: ${misfit}`,
    "Write raw: true beside it if that is on purpose.",
  );
}

/** Members to capture, as paths with dots. @throws StepProblem for one that the message does not have */
export function checkCaptured(
  capture: Readonly<Record<string, string>>,
  of: PayloadOf,
  known: Known,
  path: Path,
): void {
  const schema = schemaOf(of, known.ocpp, known);
  if (schema === undefined) return;
  const look = new Look(schema, of, known);
  for (const [name, member] of Object.entries(capture)) {
    if (!hasReference(member)) look.along(member === "" ? [] : member.split("."), [...path, name]);
  }
  throwAll(look.found);
}

const isExtension = (member: string): boolean => member === "customData" || member.startsWith("x-");

class Look {
  readonly found: StepProblem[] = [];
  readonly #root: PayloadSchema;
  readonly #of: PayloadOf;
  readonly #known: Known;

  constructor(root: PayloadSchema, of: PayloadOf, known: Known) {
    this.#root = root;
    this.#of = of;
    this.#known = known;
  }

  /** `names`: the members that led here. */
  at(value: unknown, schema: PayloadSchema, path: Path, names: readonly string[], matches: boolean): void {
    if (typeof value === "string" && (hasReference(value) || (matches && isPattern(value)))) return;
    const operator = matches ? operatorOf(value) : undefined;
    if (operator !== undefined) {
      this.#operand(operator, schema, path, names);
      return;
    }
    const { type, items, enum: words } = resolved(schema, this.#root);
    if (this.#isOtherKind(value, type, path, names)) return;
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) this.at(item, items ?? {}, [...path, i], names, matches);
    } else if (typeof value === "object" && value !== null) {
      const inner = type === "array" ? { items: items ?? {} } : schema;
      for (const [key, item] of Object.entries(value)) {
        const member = this.#member(inner, key, [...path, key], names);
        const named = type === "array" ? names : [...names, key];
        if (member !== undefined) this.at(item, member, [...path, key], named, matches);
      }
    } else if (words !== undefined && !words.includes(value)) this.#noSuchWord(value, words, path, names);
  }

  /** The member that a path of names leads to. */
  along(members: readonly string[], path: Path): void {
    let schema: PayloadSchema | undefined = this.#root;
    const names: string[] = [];
    for (const member of members) {
      const isList: boolean = resolved(schema, this.#root).type === "array";
      schema = this.#member(schema, member, path, names);
      if (schema === undefined) return;
      if (!isList) names.push(member);
    }
  }

  #operand({ name, operand }: Operation, schema: PayloadSchema, path: Path, names: readonly string[]): void {
    const { type, items = {} } = resolved(schema, this.#root);
    const inner = [...path, name];
    if (name === "not") this.at(operand, schema, inner, names, true);
    else if (name === "equals") this.at(operand, schema, inner, names, false);
    else if (name === "contains" && type === "array") this.at(operand, items, inner, names, true);
    else if (name === "oneOf" && Array.isArray(operand))
      for (const [i, one] of operand.entries()) this.at(one, schema, [...inner, i], names, true);
  }

  /** The schema of a member; undefined where nothing is known of it, or it is told that there is none. */
  #member(
    schema: PayloadSchema,
    key: string,
    path: Path,
    names: readonly string[],
  ): PayloadSchema | undefined {
    const { items, properties, additionalProperties } = resolved(schema, this.#root);
    if (items !== undefined) {
      if (/^\d+$/.test(key)) return items;
      if (key !== "length")
        this.#tell(
          path,
          `${this.#place(names)} is a list, and "${key}" no place in it`,
          "Write 0 for the first.",
        );
      return undefined;
    }
    if (isExtension(key)) return undefined;
    if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
    if (additionalProperties !== false) return undefined;
    this.#tell(
      path,
      `"${key}" is no member of ${this.#place(names)}`,
      this.#meant(key, Object.keys(properties ?? {}), names),
    );
    return undefined;
  }

  /** Is it another kind of value than the member has? */
  #isOtherKind(value: unknown, type: string | undefined, path: Path, names: readonly string[]): boolean {
    const kind = kindOf(value);
    if (type === undefined || kind === type || (kind === "number" && type === "integer")) return false;
    // A map of places within a list.
    if (type === "array" && kind === "object") return false;
    const advice: Record<string, string> = {
      string: "Write it in quotes.",
      number: "Write the number without quotes.",
      integer: "Write the number without quotes.",
      boolean: "Write true or false, without quotes.",
      array: "Write [ ] around it.",
      object: "Write { } with its members.",
    };
    const hint =
      kind === "null" ? "Write what it is, or <absent> to wait for a message without it." : advice[type];
    this.#tell(path, `${this.#place(names)} is ${KINDS[type]}, not ${KINDS[kind]}`, hint ?? "");
    return true;
  }

  #noSuchWord(value: unknown, words: readonly unknown[], path: Path, names: readonly string[]): void {
    const texts = words.map(String);
    const meant = nearest(String(value), texts);
    this.#tell(
      path,
      `"${String(value)}" is no value of ${this.#place(names)}`,
      meant === undefined ? `One of: ${listed(texts)}.` : `Did you mean "${meant}"?`,
    );
  }

  #meant(key: string, members: readonly string[], names: readonly string[]): string {
    const { versions, ocpp } = this.#known;
    const other = versions.find((version) => version !== ocpp && this.#isIn(version, [...names, key]));
    if (other !== undefined) {
      return `It is one in OCPP ${other}: write { ${other}: …, ${ocpp}: … }, or ocpp: ${other} beside the step.`;
    }
    const meant = nearest(key, members);
    if (meant !== undefined) return `Did you mean "${meant}"?`;
    const own = members.filter((member) => !isExtension(member));
    return own.length === 0
      ? "It has none."
      : `It has ${listed(own)}. For a member that OCPP does not know write fact: frame, with: { payload: … }.`;
  }

  #isIn(version: string, names: readonly string[]): boolean {
    const root = schemaOf(this.#of, version, this.#known);
    let schema: PayloadSchema | undefined = root;
    for (const name of names) {
      if (root === undefined || schema === undefined) return false;
      const { items, properties } = resolved(schema, root);
      const own = items === undefined ? properties : resolved(items, root).properties;
      schema = own !== undefined && Object.hasOwn(own, name) ? own[name] : undefined;
    }
    return schema !== undefined;
  }

  #place(names: readonly string[]): string {
    const { action, kind } = this.#of;
    const message = `${SPOKEN[kind]} ${action}`;
    const where = names.length === 0 ? message : `"${names.join(".")}" in ${message}`;
    return kind === "error" ? where : `${where} of OCPP ${this.#known.ocpp}`;
  }

  #tell(path: Path, text: string, hint: string): void {
    this.found.push(new StepProblem(path, text, hint, { sure: true }));
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function resolved(schema: PayloadSchema, root: PayloadSchema): PayloadSchema {
  const name = schema.$ref?.replace("#/definitions/", "");
  return name === undefined ? schema : (root.definitions?.[name] ?? {});
}
