import { commonMembers, factMembers, type Members, type Shape } from "../station/fact-shapes.ts";
import type { FactKind } from "../station/facts.ts";
import { nearest } from "../util/nearest.ts";
import { type Described, Look } from "./look.ts";
import { isPattern } from "./match.ts";
import { checkPaths } from "./members.ts";
import type { PayloadSchema } from "./payload-schema.ts";
import { StepProblem, throwAll } from "./problem.ts";
import type { Known } from "./step.ts";
import type { TypedPlace } from "./suited.ts";
import { hasReference } from "./template.ts";
import { evseOf } from "./units.ts";

/**
 * Members that no fact of this kind has, words that a member cannot be, and kinds of values that it cannot have, in
 * what is compared with such facts. @throws StepProblem at the first of them, with the others
 */
export function checkFact(value: unknown, kind: FactKind, known: Known, path: readonly string[]): void {
  if (value === undefined) return;
  const fact = described(kind);
  const look = new Look(fact);
  look.at(value, fact.schema, path, [], true);
  throwAll([...look.found, ...misspelt(value, kind, known, path), ...noEvse(value, known, path)]);
}

/** A hint what was probably meant by a text that may be anything; undefined: it is as usual. */
type Meant = (said: string, known: Known) => string | undefined;

const nearlyOneOf =
  (words: (known: Known) => readonly string[]): Meant =>
  (said, known) => {
    const all = words(known);
    const meant = all.includes(said) ? undefined : nearest(said, all);
    return meant === undefined ? undefined : `Did you mean "${meant}"?`;
  };

/** As readers tell it: whole bytes, capital letters. */
const uid: Meant = (said) => {
  if (!/^[\da-f]{6,}$/i.test(said)) return undefined;
  if (said.length % 2 > 0) return "A UID has whole bytes: an even number of digits.";
  return said === said.toUpperCase() ? undefined : `Did you mean "${said.toUpperCase()}"?`;
};

/** Members that may say anything, and mostly say something of a kind. */
const USUAL: { readonly [K in FactKind]?: readonly [member: string, meant: Meant] } = {
  frame: ["action", nearlyOneOf(({ versions, actionsOf }) => versions.flatMap(actionsOf))],
  setting: ["name", nearlyOneOf(({ settings }) => settings)],
  card: ["uid", uid],
  signal: ["uid", uid],
};

/** An EVSE that the station does not have; 0 is the station. */
function noEvse(value: unknown, known: Known, path: readonly string[]): StepProblem[] {
  const { evseId } = (value ?? {}) as { readonly evseId?: unknown };
  if (typeof evseId !== "number") return [];
  try {
    evseOf([...path, "evseId"], evseId, known, 0);
    return [];
  } catch (e) {
    if (e instanceof StepProblem) return [e];
    throw e;
  }
}

/** What is nearly something that is usual there. */
function misspelt(value: unknown, kind: FactKind, known: Known, path: readonly string[]): StepProblem[] {
  const [member = "", meantBy] = USUAL[kind] ?? [];
  const said = (value as Readonly<Record<string, unknown>> | null)?.[member];
  if (typeof said !== "string" || hasReference(said) || isPattern(said)) return [];
  const meant = meantBy?.(said, known);
  if (meant === undefined) return [];
  const hint = `${meant} If not, write { equals: ${said} }.`;
  return [new StepProblem([...path, member], `"${said}" is probably misspelt`, hint)];
}

/** Where something stands that is compared with such facts. */
export function factAt(path: readonly string[], kind: FactKind): TypedPlace {
  const { schema, isOpen } = described(kind);
  return { path, schema, isOpen, isMatcher: true };
}

/** Members to capture, as paths with dots. @throws StepProblem for one that no fact of this kind has */
export const checkFactCaptured = (
  capture: Readonly<Record<string, string>>,
  kind: FactKind,
  path: readonly string[],
): void => checkPaths(capture, described(kind), path);

const cached = new Map<FactKind, Described>();

function described(kind: FactKind): Described {
  const found = cached.get(kind);
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
  cached.set(kind, made);
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
