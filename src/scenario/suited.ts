import { resolved } from "./look.ts";
import { isPattern, operatorOf } from "./match.ts";
import { isReference } from "./template.ts";
import { turned } from "./turned.ts";

/** What of a schema tells kinds. */
interface KindSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, KindSchema>>;
  readonly items?: KindSchema;
  readonly additionalProperties?: unknown;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, KindSchema>>;
}

/** Where something within a step's value has members whose kinds are known. */
export interface TypedPlace {
  readonly path: readonly string[];
  readonly schema: KindSchema;
  /** Does it stand for values that others are compared with? */
  readonly isMatcher: boolean;
  /** Members that may be of any kind. */
  readonly isOpen: (member: string) => boolean;
}

/** Stands for what a value came from that a variable made: all of it. */
const MADE = Symbol("made by a variable");

/**
 * A value as its places want it: what variables alone stood for takes the kind of its place, see {@link turned}. What is
 * written in place stays. `written`: the same value before its variables were filled in.
 */
export const suited = (value: unknown, written: unknown, places: readonly TypedPlace[]): unknown =>
  places.reduce(
    (made, place) =>
      changedAt(made, written, place.path, (inner, from) => suit(inner, from, place.schema, place)),
    value,
  );

/** As {@link suited}, of all that a schema describes. */
export const suitedTo = (schema: KindSchema, value: unknown, written: unknown): unknown =>
  suited(value, written, [{ path: [], schema, isMatcher: false, isOpen: () => false }]);

function suit(value: unknown, written: unknown, schema: KindSchema, place: TypedPlace): unknown {
  const { isMatcher, isOpen, schema: root } = place;
  const {
    type,
    items = {},
    properties = {},
    additionalProperties: others,
  } = resolved<KindSchema>(schema, root);
  if (typeof value !== "object" || value === null) {
    const stands = isMatcher && typeof value === "string" && isPattern(value);
    return stands || originIn(written) !== MADE ? value : turned(value, type);
  }
  const inner = (key: string, of: KindSchema, at = place): unknown =>
    suit((value as Record<string, unknown>)[key], memberOf(written, key), of, at);
  if (Array.isArray(value)) return value.map((_, i) => inner(String(i), items));
  const operator = isMatcher ? operatorOf(value)?.name : undefined;
  if (operator === "equals") return { equals: inner("equals", schema, { ...place, isMatcher: false }) };
  if (operator === "contains") return { contains: inner("contains", items) };
  if (operator === "oneOf") return { oneOf: inner("oneOf", { items: schema }) };
  if (operator === "not") return { not: inner("not", schema) };
  const schemaOf = (key: string): KindSchema => {
    if (type === "array") return items;
    if (isOpen(key)) return {};
    if (Object.hasOwn(properties, key)) return properties[key] ?? {};
    return typeof others === "object" && others !== null ? others : {};
  };
  return Object.fromEntries(Object.keys(value).map((key) => [key, inner(key, schemaOf(key))]));
}

const originIn = (written: unknown): unknown =>
  typeof written === "string" && isReference(written) ? MADE : written;

/** What a member came from. */
function memberOf(written: unknown, key: string): unknown {
  const origin = originIn(written);
  if (origin === MADE) return MADE;
  return typeof origin === "object" && origin !== null ? (origin as Record<string, unknown>)[key] : undefined;
}

/** The value with what stands at a path changed; nothing, where nothing stands there. */
function changedAt(
  value: unknown,
  written: unknown,
  [key, ...rest]: readonly string[],
  change: (value: unknown, written: unknown) => unknown,
): unknown {
  if (key === undefined) return change(value, written);
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return value;
  const inner = changedAt((value as Record<string, unknown>)[key], memberOf(written, key), rest, change);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner };
}
