import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { type Document, isMap, type Node, type Pair } from "yaml";
import { nearest } from "./nearest.ts";

/** What is wrong with a document, and where: an offset into its text. */
export interface Problem {
  readonly offset: number;
  readonly text: string;
  readonly hint?: string | undefined;
  /** The key that is unknown, where that is the problem. */
  readonly unknownKey?: string;
  /** The key that was probably meant by it. */
  readonly meant?: string | undefined;
  /** The key that is not there, where that is the problem. */
  readonly missingKey?: string | undefined;
}

/** As {@link Problem}, its place being a path of keys from the value on. */
export interface Misfit extends Omit<Problem, "offset"> {
  readonly path: readonly string[];
}

/** How a path stands in a message; default with dots between. */
export type ShownPath = (path: readonly string[]) => string;

const withDots: ShownPath = (path) => path.join(".");

/** What of a schema is looked at when a problem is told. */
interface Told {
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Told & { readonly const?: unknown }>>;
  readonly propertyNames?: Told;
  readonly oneOf?: readonly Told[];
}

/** What Ajv tells besides the path, by keyword. */
interface AjvParams {
  readonly additionalProperty?: string;
  readonly missingProperty?: string;
  readonly allowedValues?: readonly unknown[];
  readonly propertyName?: string;
  readonly limit?: number;
  readonly tag?: string;
  readonly tagValue?: unknown;
}

const compiled = new Map<object, ValidateFunction>();
/** One for all: it costs more than most schemas. */
let ajv: Ajv | undefined;

/**
 * In which points a YAML document, as `value`, does not fit a JSON Schema: each with its place, the offending text
 * and what was probably meant. Where a schema has a `title` ("a step"), its unknown keys are told as not being one.
 */
export function schemaProblems(
  schema: object,
  doc: Document.Parsed,
  value: unknown,
  shown: ShownPath = withDots,
): Problem[] {
  // A key that is not known comes first: it says more.
  return misfits(schema, value, shown)
    .map(({ path, ...told }) => ({ offset: offsetOf(doc, path), ...told }))
    .sort((a, b) => a.rank - b.rank || a.offset - b.offset);
}

/** As {@link schemaProblems}, of a value that stands in no document of its own. */
export function misfits(
  schema: object,
  value: unknown,
  shown: ShownPath = withDots,
): readonly (Misfit & { readonly keyword: string; readonly rank: number })[] {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    ajv ??= new Ajv({ allErrors: true, discriminator: true, verbose: true, strict: false });
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return withoutMisspelt(
    tellable(validate.errors ?? []).map((e) => ({
      ...misfitOf(e, shown),
      keyword: e.keyword,
      rank: e.keyword === "additionalProperties" ? 0 : 1,
    })),
  );
}

/** A misspelt key is also a missing one: that is one mistake. */
export function withoutMisspelt<T extends Misfit>(all: readonly T[]): readonly T[] {
  const isMisspelt = ({ path, missingKey }: T): boolean =>
    missingKey !== undefined &&
    all.some((other) => other.meant === missingKey && samePath(other.path.slice(0, -1), path));
  return all.filter((misfit) => !isMisspelt(misfit));
}

const samePath = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key, i) => key === b[i]);

/** Of a choice (`anyOf`) that has a list of words, the list says what would be right. */
function tellable(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = new Set(errors.filter((e) => e.keyword === "anyOf").map((e) => e.instancePath));
  const listed = new Set(errors.filter((e) => e.keyword === "enum").map((e) => e.instancePath));
  return errors.filter(
    (e) =>
      !choices.has(e.instancePath) ||
      (listed.has(e.instancePath) ? e.keyword === "enum" : e.keyword === "anyOf"),
  );
}

function misfitOf(e: ErrorObject, shown: ShownPath): Misfit {
  const path = e.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const said = shown(path);
  const where = said === "" ? "the definition" : `"${said}"`;
  const params = e.params as AjvParams;
  const schema = e.parentSchema as Told | undefined;
  const tellers: Record<string, () => Misfit> = {
    additionalProperties: () => unknownKey(schema, path, String(params.additionalProperty), shown),
    required: () => ({
      path,
      text: `${where} needs the key "${params.missingProperty}"`,
      hint: schema?.properties?.[String(params.missingProperty)]?.description,
      missingKey: params.missingProperty,
    }),
    enum: () => ({
      path,
      text: `${where} is ${show(e.data)}, which is none of ${list(params.allowedValues ?? [])}`,
      hint: suggestion(String(e.data), (params.allowedValues ?? []).map(String)),
    }),
    discriminator: () => ({
      path: [...path, String(params.tag)],
      text: `"${params.tag}" is ${show(params.tagValue)}, which is none of ${list(tagValues(schema, params))}`,
      hint: suggestion(String(params.tagValue), tagValues(schema, params)),
    }),
    type: () => ({
      path,
      text: `${where} is ${show(e.data)}; it must be ${kinds(schema)}`,
      hint: schema?.description,
    }),
    minItems: () => ({
      path,
      text: params.limit === 1 ? `${where} is empty` : `${where} has fewer than ${params.limit} items`,
      hint: schema?.description,
    }),
    minProperties: () => ({ path, text: `${where} is empty`, hint: schema?.description }),
    propertyNames: () => ({
      path: [...path, String(params.propertyName)],
      text: `"${params.propertyName}" cannot be a key of ${where}`,
      hint: schema?.propertyNames?.description,
    }),
  };
  // A text may stand there only as what is filled in.
  const keyword = e.keyword === "pattern" && schema?.pattern === REFERENCE ? "type" : e.keyword;
  return (
    tellers[keyword]?.() ?? {
      path,
      text: `${where} is ${show(e.data)}; it ${e.message}`,
      hint: schema?.description,
    }
  );
}

/** The pattern of texts that stand for a value of any kind: variables, `$name`. */
export const REFERENCE = "^\\$";

/** The types of JSON Schema as a person calls them. */
export const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  null: "empty",
};

function kinds(schema: Told | undefined): string {
  const types = [schema?.type ?? []].flat();
  const told = schema?.pattern === REFERENCE ? types.filter((type) => type !== "string") : types;
  return told.map((type) => KINDS[type] ?? type).join(" or ");
}

function unknownKey(
  schema: Told | undefined,
  path: readonly string[],
  key: string,
  shown: ShownPath,
): Misfit {
  const known = Object.keys(schema?.properties ?? {});
  const said = shown(path);
  const inside = said === "" ? "" : ` in "${said}"`;
  return {
    path: [...path, key],
    text: schema?.title === undefined ? `unknown key "${key}"${inside}` : `"${key}" is not ${schema.title}`,
    hint: suggestion(key, known) ?? `Known keys: ${known.join(", ")}.`,
    unknownKey: key,
    meant: nearest(key, known),
  };
}

function tagValues(schema: Told | undefined, params: AjvParams): string[] {
  return (schema?.oneOf ?? []).map((one) => String(one.properties?.[String(params.tag)]?.const));
}

function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const near = nearest(word, candidates);
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}

const list = (values: readonly unknown[]): string => values.map((v) => show(v)).join(", ");

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Offset of the key that a path ends at, else of the nearest thing around it. */
export function offsetOf(doc: Document.Parsed, path: readonly string[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = doc.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1] ?? "";
    const node = isMap(parent) ? pairOf(parent.items as Pair[], key) : doc.getIn(path.slice(0, depth), true);
    const offset = (node as Node | undefined)?.range?.[0];
    if (offset !== undefined) return offset;
  }
  return doc.contents?.range?.[0] ?? 0;
}

function pairOf(items: readonly Pair[], key: string): Node | undefined {
  return items
    .map((pair) => pair.key as Node & { value?: unknown })
    .find((node) => String(node?.value) === key);
}
