import { OPERATORS } from "../match.ts";

/** A value to be sent: a dollar sign stands for itself. */
export function literal(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literal(item)]));
}

/** A name as a scenario may have it, plain text in one line; undefined: nothing is left of it. */
export function nameOf(said: string): string | undefined {
  const line = said.replace(/\p{Cc}+/gu, " ").trim();
  return line === "" ? undefined : String(literal(line));
}

/** Texts that an expectation would take for a matcher: `<any>`, `/regex/`, `1..10`. */
const MATCHER = /^(<\w+>|\/.+\/[imsu]*|-?[\d.]*\.\.-?[\d.]*)$/s;

/** A value that is expected as it is. */
export const escaped = (value: unknown): unknown => unmistakable(literal(value));

/** What looks like a matcher is meant literally. */
function unmistakable(value: unknown): unknown {
  if (typeof value === "string") return MATCHER.test(value) ? { equals: value } : value;
  if (Array.isArray(value)) return value.map(unmistakable);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const isOperator = entries.length === 1 && OPERATORS.some((name) => name === entries[0]?.[0]);
  if (isOperator) return { equals: value };
  return Object.fromEntries(entries.map(([key, item]) => [key, unmistakable(item)]));
}
