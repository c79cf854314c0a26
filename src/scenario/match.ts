import { nearest } from "../util/nearest.ts";
import { KINDS } from "../util/schema-problems.ts";
import { StepProblem } from "./problem.ts";
import { finds } from "./regex.ts";

/** One point in which a value is not what was wanted. */
export interface Difference {
  /** Members with dots between; "" is the value itself. */
  readonly path: string;
  readonly wanted: string;
  readonly found: string;
}

/** The matchers that are written as a map with this one key. */
export const OPERATORS = ["contains", "oneOf", "not", "equals"] as const;
type Operator = (typeof OPERATORS)[number];

const REGEX = /^\/(.+)\/([imsu]*)$/s;
const RANGE = /^(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?$/;
/** Texts that stand for others. */
export const PLACEHOLDERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  "<any>": (v) => v !== undefined,
  "<absent>": (v) => v === undefined,
  "<number>": (v) => typeof v === "number",
  "<text>": (v) => typeof v === "string",
  "<time>": (v) => typeof v === "string" && /^\d{4}-\d\d-\d\dT/.test(v) && !Number.isNaN(Date.parse(v)),
};

/**
 * In which points `value` is not as `wanted`; empty: it fits. A map wants its members and lets others be there; a
 * list wants as many elements. `<any>`, `<absent>`, `<number>`, `<text>`, `<time>`, `/regex/`, `1..10`, `5..`,
 * `{contains: x}`, `{oneOf: [x, y]}`, `{not: x}` and, for a text that looks like one of these, `{equals: "1..2"}`.
 */
export function differences(wanted: unknown, value: unknown, path = ""): Difference[] {
  const operator = operatorOf(wanted);
  if (operator !== undefined) return holds(operator, value) ? [] : [difference(wanted, value, path)];
  if (typeof wanted === "string") return textFits(wanted, value) ? [] : [difference(wanted, value, path)];
  if (Array.isArray(wanted)) {
    if (!Array.isArray(value) || value.length !== wanted.length) return [difference(wanted, value, path)];
    return wanted.flatMap((item, i) => differences(item, value[i], join(path, String(i))));
  }
  if (typeof wanted === "object" && wanted !== null) {
    if (typeof value !== "object" || value === null) return [difference(wanted, value, path)];
    return Object.entries(wanted).flatMap(([key, item]) =>
      differences(item, own(value, key), join(path, key)),
    );
  }
  return Object.is(wanted, value) ? [] : [difference(wanted, value, path)];
}

/** Does the value fit? */
export const matches = (wanted: unknown, value: unknown): boolean => differences(wanted, value).length === 0;

/** @throws StepProblem for a regular expression or a range that is none */
export function checkMatcher(wanted: unknown, path: readonly (string | number)[]): void {
  if (typeof wanted === "string") {
    const [, source, flags] = REGEX.exec(wanted) ?? [];
    if (source !== undefined) compile(source, flags ?? "", path);
    const [, wrong] = /^\/.+\/([A-Za-z]+)$/s.exec(wanted) ?? [];
    if (source === undefined && wrong !== undefined)
      throw new StepProblem(
        path,
        `"${wrong}" are no flags of a regular expression here`,
        `There are i, m, s and u; write {equals: "${wanted}"} for the text itself.`,
      );
    if (isRange(wanted)) inOrder(wanted, path);
    if (/^<[^<>]*>$/.test(wanted) && !Object.hasOwn(PLACEHOLDERS, wanted)) {
      throw new StepProblem(
        path,
        `"${wanted}" stands for nothing`,
        `There are ${Object.keys(PLACEHOLDERS).join(", ")}; write {equals: "${wanted}"} for the text itself.`,
      );
    }
  } else if (typeof wanted === "object" && wanted !== null) {
    for (const [key, item] of Object.entries(wanted)) checkMatcher(item, [...path, key]);
  }
}

/** @throws StepProblem for a range that nothing is in */
function inOrder(range: string, path: readonly (string | number)[]): void {
  const [, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY] = RANGE.exec(range) ?? [];
  if (Number(from) > Number(to))
    throw new StepProblem(path, `"${range}" is a range that nothing is in`, "Write the lesser number first.");
}

/** Can only a text fit it? */
export const isOfTexts = (pattern: string): boolean => pattern === "<text>" || pattern === "<time>";

/** What a value that is no matcher was probably meant to be: { Not: 5 }, 1...5. */
export function matcherMeant(value: unknown): string | undefined {
  if (typeof value === "string") {
    const [, from, to] = /^(-?\d[\d.]*?)?\s*\.{2,}\s*(-?\d[\d.]*)?$/.exec(value) ?? [];
    return from === undefined && to === undefined ? undefined : `Did you mean ${from ?? ""}..${to ?? ""}?`;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const [key, other] = Object.keys(value);
  const meant = key === undefined || other !== undefined ? undefined : nearest(key, OPERATORS);
  return meant === undefined ? undefined : `Did you mean { ${meant}: … }?`;
}

/** Does the text stand for others: a placeholder, a regular expression, a range? */
export const isPattern = (text: string): boolean =>
  Object.hasOwn(PLACEHOLDERS, text) || REGEX.test(text) || isRange(text);

function isRange(text: string): boolean {
  const range = RANGE.exec(text);
  return range !== null && (range[1] ?? range[2]) !== undefined;
}

/** A value as it stands in a message to a person. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

function textFits(wanted: string, value: unknown): boolean {
  const placeholder = Object.hasOwn(PLACEHOLDERS, wanted) ? PLACEHOLDERS[wanted] : undefined;
  if (placeholder !== undefined) return placeholder(value);
  const [, source, flags] = REGEX.exec(wanted) ?? [];
  if (source !== undefined) {
    return (
      (typeof value === "string" || typeof value === "number") && finds(source, flags ?? "", String(value))
    );
  }
  if (isRange(wanted)) {
    const range = RANGE.exec(wanted) ?? [];
    const n = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof n !== "number") return false;
    return (
      n >= Number(range[1] ?? Number.NEGATIVE_INFINITY) && n <= Number(range[2] ?? Number.POSITIVE_INFINITY)
    );
  }
  return wanted === value;
}

export type Operation = { readonly name: Operator; readonly operand: unknown };

/** The operator that a map with this one key is. */
export function operatorOf(wanted: unknown): Operation | undefined {
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) return undefined;
  const entries = Object.entries(wanted);
  const [first] = entries;
  const name = OPERATORS.find((o) => o === first?.[0]);
  return entries.length === 1 && name !== undefined ? { name, operand: first?.[1] } : undefined;
}

function holds({ name, operand }: Operation, value: unknown): boolean {
  if (name === "not") return !matches(operand, value);
  if (name === "oneOf") return Array.isArray(operand) && operand.some((o) => matches(o, value));
  if (name === "equals") return same(operand, value);
  if (typeof value === "string") return value.includes(String(operand));
  return Array.isArray(value) && value.some((item) => matches(operand, item));
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return Object.is(a, b);
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(own(a, key), own(b, key)))
  );
}

const own = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

function difference(wanted: unknown, value: unknown, path: string): Difference {
  const [said, found] = [show(wanted), show(value)];
  // "1" and 1 look the same.
  const kind = said === found && typeof wanted !== typeof value ? kindText(value) : "";
  return { path, wanted: said, found: `${found}${kind}` };
}

function kindText(value: unknown): string {
  const kind = KINDS[value === null ? "null" : typeof value];
  return kind === undefined ? "" : ` (${kind})`;
}

function compile(source: string, flags: string, path: readonly (string | number)[]): void {
  try {
    new RegExp(source, flags);
  } catch (e) {
    throw new StepProblem(
      path,
      `/${source}/ is no regular expression: ${(e as Error).message}`,
      "Correct it, or write {equals: …} for the text itself.",
    );
  }
}
