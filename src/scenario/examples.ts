import { parse, stringify } from "yaml";
import type { StepKind } from "./step.ts";

/** An example as it stands in a scenario: its lines, without the indentation that they share. */
export function yaml(text: TemplateStringsArray): string {
  const lines = text.join("").replace(/^\n/, "").trimEnd().split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const shared = Math.min(...indents);
  return lines.map((line) => line.slice(shared)).join("\n");
}

/** An example as a whole scenario: what is none gets a head, and a name. */
export function scenarioOf(example: string, name: string): string {
  const said = parse(example) as unknown[] | { readonly name?: string };
  if (!Array.isArray(said) && said.name !== undefined) return `${example}\n`;
  const rest = Array.isArray(said) ? `steps:\n${example.replace(/^/gm, "  ")}` : example;
  return `name: ${JSON.stringify(name)}\n${rest}\n`;
}

const known = new Map<string, unknown>();

/** Read once: a message may look through all of them for several words. */
function parsed(example: string): unknown {
  if (!known.has(example)) known.set(example, parse(example));
  return known.get(example);
}

/** What the examples say for a kind of step, the plainest first; also where it stands within other steps. */
export function valuesOf(name: string, { examples }: Pick<StepKind, "examples">): unknown[] {
  const found = new Map<string, unknown>();
  const look = (value: unknown, isStep: boolean): void => {
    if (typeof value !== "object" || value === null) return;
    if (isStep && Object.hasOwn(value, name)) {
      const said = (value as Record<string, unknown>)[name];
      found.set(JSON.stringify(said), said);
    }
    for (const item of Object.values(value)) look(item, Array.isArray(value));
  };
  for (const example of examples) look(parsed(example), false);
  return [...found.values()];
}

/** A step in one line, as people write it: `repeat: { times: 3, steps: [{ plug: 1 }] }`. */
export const written = (name: string, value: unknown): string =>
  value === null ? `${name}:` : `${name}: ${inFlow(value)}`;

/** A value in one line of YAML. */
export function inFlow(value: unknown): string {
  const flow = stringify(value, { collectionStyle: "flow", flowCollectionPadding: true, lineWidth: 0 });
  return flow.trim().replaceAll("[ ", "[").replaceAll(" ]", "]");
}
