import type { RunEvent } from "./types.ts";

/** What stands in a report instead. */
export const MASK = "***";
/** A value as YAML or JSON write it. */
const VALUE = String.raw`("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,}\]#]+(?: [^\s,}\]#:]+)*)`;
/** `password: …` of station and central system. */
const PASSWORD = new RegExp(String.raw`(\bpassword"?:\s*)${VALUE}`, "gi");
/** The value that follows the name of a secret setting, in the same payload. */
const SETTING = new RegExp(
  String.raw`((?:AuthorizationKey|BasicAuthPassword)\b[\s\S]{0,160}?\b(?:attributeValue|value)"?:\s*)${VALUE}`,
  "g",
);

/** A scenario's text as it may stand in a report: its passwords and keys are masked. */
export function withoutSecrets(text: string): string {
  if (!/password|AuthorizationKey/i.test(text)) return text;
  return text.replace(PASSWORD, `$1${MASK}`).replace(SETTING, `$1${MASK}`);
}

/** An event as reporters hear it. Facts are masked where they arise; what a person has written is masked here. */
export function redacted(event: RunEvent): RunEvent {
  return event.kind === "fact" ? event : (deep(event) as RunEvent);
}

/** A column or a member of such a name holds a secret. */
const SECRET_NAME = /password|AuthorizationKey/i;
const masked = (item: unknown): unknown => (typeof item === "object" ? deep(item) : MASK);

function deep(value: unknown): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const changed = entries.map(
    ([key, item]) => [key, SECRET_NAME.test(key) ? masked(item) : deep(item)] as const,
  );
  if (changed.every(([, item], i) => item === entries[i]?.[1])) return value;
  return Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed);
}
