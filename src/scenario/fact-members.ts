import { commonMembers, factMembers, type Members, type Shape } from "../station/fact-shapes.ts";
import type { FactKind } from "../station/facts.ts";
import { type Described, Look } from "./look.ts";
import { checkPaths } from "./members.ts";
import type { PayloadSchema } from "./payload-schema.ts";
import { throwAll } from "./problem.ts";

/**
 * Members that no fact of this kind has, words that a member cannot be, and kinds of values that it cannot have, in
 * what is compared with such facts. @throws StepProblem at the first of them, with the others
 */
export function checkFact(value: unknown, kind: FactKind, path: readonly string[]): void {
  if (value === undefined) return;
  const fact = described(kind);
  const look = new Look(fact);
  look.at(value, fact.schema, path, [], true);
  throwAll(look.found);
}

/** Members to capture, as paths with dots. @throws StepProblem for one that no fact of this kind has */
export const checkFactCaptured = (
  capture: Readonly<Record<string, string>>,
  kind: FactKind,
  path: readonly string[],
): void => checkPaths(capture, described(kind), path);

const known = new Map<FactKind, Described>();

function described(kind: FactKind): Described {
  const found = known.get(kind);
  if (found !== undefined) return found;
  const own: Members = factMembers[kind];
  const members: Members = {
    ...own,
    ...commonMembers,
    seq: "number",
    kind: { words: [kind], has: { [kind]: true } },
  };
  const made: Described = {
    schema: schemaOf({ members }),
    isOpen: () => false,
    place: (names) => (names.length === 0 ? `the fact ${kind}` : `"${names.join(".")}" in the fact ${kind}`),
  };
  known.set(kind, made);
  return made;
}

function schemaOf(shape: Shape): PayloadSchema {
  if (shape === "any") return {};
  if (shape === "text") return { type: "string" };
  if (typeof shape === "string") return { type: shape };
  if ("words" in shape) return { type: "string", enum: shape.words };
  if ("list" in shape) return { type: "array", items: schemaOf(shape.list) };
  const properties = Object.fromEntries(
    Object.entries(shape.members).map(([name, member]) => [name, schemaOf(member)]),
  );
  return { type: "object", properties, additionalProperties: false };
}
