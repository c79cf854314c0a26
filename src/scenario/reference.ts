import { KINDS } from "../util/schema-problems.ts";
import { some } from "../util/text.ts";
import { head, values } from "./reference-common.ts";
import { STEP_BESIDES, scenarioSchema } from "./schema.ts";
import type { Member, Section } from "./section.ts";
import type { Schema, StepKind } from "./step.ts";
import { stepKinds } from "./steps/table.ts";

/** The reference of the scenario language, made of the tables that it is read by. */
export function reference(): readonly Section[] {
  return [
    { ...head, members: headMembers() },
    ...Object.entries(stepKinds).map(([name, kind]) => sectionOf(name, kind)),
    ...values,
  ];
}

const sectionOf = (
  name: string,
  { describe, notes = [], schema, examples, files = {} }: StepKind,
): Section => ({
  name,
  isStep: true,
  describe,
  notes,
  members: membersOf(schema),
  examples,
  files,
});

function headMembers(): Member[] {
  const { definitions, ...schema } = scenarioSchema();
  const beside = Object.entries(definitions.step?.properties ?? {}).filter(([key]) =>
    STEP_BESIDES.some((known) => known === key),
  );
  const step = { properties: Object.fromEntries(beside) };
  return [...membersOf(schema), ...membersOf(step, "steps[].")];
}

/** `told`: which members had these members before. */
function membersOf(
  { properties = {}, required = [] }: Schema,
  before = "",
  told = new Map<object, string>(),
): Member[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${before}${key}`;
    const inner = schema.items?.properties === undefined ? schema : schema.items;
    const same = inner.properties && told.get(inner.properties);
    if (inner.properties !== undefined && same === undefined) told.set(inner.properties, name);
    const row: Member = {
      name,
      value: valueText(schema),
      meaning: some(schema.description, same && `Members as of ${same}.`),
      required: required.includes(key),
    };
    if (same !== undefined) return [row];
    return [row, ...membersOf(inner, inner === schema ? `${name}.` : `${name}[].`, told)];
  });
}

/** What is written there. A variable may stand anywhere, and is not told each time. */
function valueText(schema: Schema): string {
  const words = schema.enum ?? schema.anyOf?.flatMap((one) => one.enum ?? []);
  if (words !== undefined) return words.filter((word) => word !== null).join(", ");
  if (schema.$ref !== undefined) return "steps";
  const [example] = schema.examples ?? [];
  if (example !== undefined && typeof example !== "object") return String(example);
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return "any value";
  // A variable is a text, and a number may be written as one.
  const isText = types.includes("number") || types.includes("object") || types.includes("array");
  const told = types.filter((type) => (type === "string" ? isText || types.length === 1 : type !== "number"));
  return types.includes("number") && types.includes("boolean")
    ? "a text"
    : told.map((type) => KINDS[type] ?? type).join(" or ");
}
