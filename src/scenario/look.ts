import { nearest } from "../util/nearest.ts";
import { KINDS } from "../util/schema-problems.ts";
import { cut } from "../util/text.ts";
import { isOfTexts, isPattern, matcherMeant, matches, type Operation, operatorOf } from "./match.ts";
import type { PayloadSchema } from "./payload-schema.ts";
import { listed, StepProblem } from "./problem.ts";
import { hasReference } from "./template.ts";
import { turned } from "./turned.ts";

/** Of a value, in a hint. */
const SHOWN_MAX = 40;

type Path = readonly (string | number)[];

/** Something whose members are known. */
export interface Described {
  readonly schema: PayloadSchema;
  /** A place in it as it is called in a message, by the members that lead there. */
  readonly place: (names: readonly string[]) => string;
  /** May a member be there of which nothing is known? */
  readonly isOpen: (member: string) => boolean;
  /** A hint where these members are some of something else that was probably meant. */
  readonly elsewhere?: (names: readonly string[]) => string | undefined;
  /** What stands behind the names of its members. */
  readonly otherwise?: string;
}

/** Looks at values that something described is compared with or made of, and gathers what is wrong with them. */
export class Look {
  readonly found: StepProblem[] = [];
  readonly #root: PayloadSchema;
  readonly #of: Described;

  constructor(of: Described) {
    this.#root = of.schema;
    this.#of = of;
  }

  /** `names`: the members that led here. */
  at(value: unknown, schema: PayloadSchema, path: Path, names: readonly string[], isMatcher: boolean): void {
    if (typeof value === "string") {
      if (hasReference(value)) return;
      if (isMatcher && isPattern(value)) {
        this.#pattern(value, resolved(schema, this.#root), path, names);
        return;
      }
    }
    const operator = isMatcher ? operatorOf(value) : undefined;
    if (operator !== undefined) {
      this.#operand(operator, schema, path, names);
      return;
    }
    const { type, items, enum: words, maxLength } = resolved(schema, this.#root);
    if (this.#isOtherKind(value, type, path, names, isMatcher)) return;
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) this.at(item, items ?? {}, [...path, i], names, isMatcher);
    } else if (typeof value === "object" && value !== null) {
      const inner = type === "array" ? { items: items ?? {} } : schema;
      for (const [key, item] of Object.entries(value)) {
        const member = this.#member(inner, key, [...path, key], names);
        const named = type === "array" ? names : [...names, key];
        if (member !== undefined) this.at(item, member, [...path, key], named, isMatcher);
      }
    } else if (words !== undefined && !words.includes(value)) this.#noSuchWord(value, words, path, names);
    else if (isMatcher && typeof value === "string" && maxLength !== undefined && value.length > maxLength)
      this.#tell(
        path,
        `${this.#of.place(names)} has at most ${maxLength} characters, and this has ${value.length}`,
        "It can never be this.",
      );
  }

  /** A text that stands for others: is there any that the member can have? */
  #pattern(
    pattern: string,
    { type, enum: words }: PayloadSchema,
    path: Path,
    names: readonly string[],
  ): void {
    if (pattern === "<any>" || pattern === "<absent>") return;
    if (words !== undefined) {
      if (!words.some((word) => matches(pattern, word)))
        this.#tell(
          path,
          `"${pattern}" fits no value of ${this.#of.place(names)}`,
          `One of: ${listed(words.map(String))}.`,
        );
      return;
    }
    const isNumber = type === "number" || type === "integer";
    const fits = isNumber
      ? !isOfTexts(pattern)
      : type === "string"
        ? pattern !== "<number>"
        : type === undefined;
    if (fits || type === undefined) return;
    this.#tell(
      path,
      `${this.#of.place(names)} is ${KINDS[type]}, which ${pattern} never fits`,
      "Write <any> for whatever it is.",
    );
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
    const { type, items = {}, enum: words } = resolved(schema, this.#root);
    const inner = [...path, name];
    if (name === "not") this.at(operand, schema, inner, names, true);
    else if (name === "equals") this.at(operand, schema, inner, names, false);
    else if (name === "contains" && type === "array") this.at(operand, items, inner, names, true);
    else if (name === "contains" && words?.some((word) => String(word).includes(String(operand))) === false)
      this.#tell(
        path,
        `No value of ${this.#of.place(names)} contains "${String(operand)}"`,
        `One of: ${listed(words.map(String))}.`,
      );
    else if (name === "contains" && type !== undefined && type !== "string" && type !== "array")
      this.#tell(
        path,
        `${this.#of.place(names)} is ${KINDS[type]}, which contains nothing`,
        "Write it without contains.",
      );
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
          `${this.#of.place(names)} is a list, and "${key}" no place in it`,
          "Write 0 for the first.",
        );
      return undefined;
    }
    if (this.#of.isOpen(key)) return undefined;
    if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
    if (additionalProperties !== false) return undefined;
    this.#tell(
      path,
      `"${key}" is no member of ${this.#of.place(names)}`,
      this.#meant(key, Object.keys(properties ?? {}), names),
    );
    return undefined;
  }

  /** Is it another kind of value than the member has? */
  #isOtherKind(
    value: unknown,
    type: string | undefined,
    path: Path,
    names: readonly string[],
    isMatcher: boolean,
  ): boolean {
    const kind = kindOf(value);
    if (type === "integer" && typeof value === "number") return this.#isBroken(value, path, names);
    if (type === undefined || kind === type) return false;
    // A map of places within a list.
    if (type === "array" && kind === "object") return false;
    const advice: Record<string, string> = {
      string: typeof value === "object" ? "Write a text." : "Write it in quotes.",
      number: numberAdvice(value, "number", "number, 12 or 1.5"),
      integer: numberAdvice(value, "integer", "whole number, 12"),
      boolean: `Write true or false${turned(value, "boolean") === value ? "" : ", without quotes"}.`,
      array: "Write [ ] around it.",
      object: "Write { } with its members.",
    };
    const hint =
      kind === "null"
        ? "Write what it is, or <absent> to wait for one without it."
        : ((isMatcher ? matcherMeant(value) : undefined) ?? advice[type]);
    this.#tell(path, `${this.#of.place(names)} is ${KINDS[type]}, not ${KINDS[kind]}`, hint ?? "");
    return true;
  }

  #isBroken(value: number, path: Path, names: readonly string[]): boolean {
    if (Number.isInteger(value)) return false;
    this.#tell(path, `${this.#of.place(names)} is a whole number, not ${value}`, "Write a whole number, 12.");
    return true;
  }

  #noSuchWord(value: unknown, words: readonly unknown[], path: Path, names: readonly string[]): void {
    const texts = words.map(String);
    const meant = nearest(String(value), texts);
    this.#tell(
      path,
      `"${String(value)}" is no value of ${this.#of.place(names)}`,
      meant === undefined ? `One of: ${listed(texts)}.` : `Did you mean "${meant}"?`,
    );
  }

  #meant(key: string, members: readonly string[], names: readonly string[]): string {
    const elsewhere = this.#of.elsewhere?.([...names, key]);
    if (elsewhere !== undefined) return elsewhere;
    const meant = nearest(key, members);
    if (meant !== undefined) return `Did you mean "${meant}"?`;
    const [first = "", ...inner] = key.split(".");
    if (inner.length > 0 && members.includes(first))
      return `Write ${[first, ...inner].join(": { ")}: …${" }".repeat(inner.length)}.`;
    const own = members.filter((member) => !this.#of.isOpen(member));
    return own.length === 0 ? "It has none." : `It has ${listed(own)}.${this.#of.otherwise ?? ""}`;
  }

  #tell(path: Path, text: string, hint: string): void {
    this.found.push(new StepProblem(path, text, hint, { sure: true }));
  }
}

function numberAdvice(value: unknown, type: string, what: string): string {
  if (typeof value !== "string") return `Write a ${what}.`;
  return turned(value, type) === value
    ? `Write a ${what}: "${cut(value, SHOWN_MAX)}" is none.`
    : "Write the number without quotes.";
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** What a `$ref` stands for. */
export function resolved<S extends Referring<S>>(schema: S, root: S): S {
  const name = schema.$ref?.replace("#/definitions/", "");
  return name === undefined ? schema : (root.definitions?.[name] ?? ({} as S));
}

interface Referring<S> {
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, S>>;
}
