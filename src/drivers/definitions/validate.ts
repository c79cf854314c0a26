import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { type Document, isMap, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { AppError, errorText } from "../../util/errors.ts";
import { nearest } from "../../util/nearest.ts";
import type { Schema } from "./from-schema.ts";

/** How many problems one message tells. */
const MAX_TOLD = 5;

interface Problem {
  readonly offset: number;
  readonly text: string;
  readonly hint?: string | undefined;
}

/** What Ajv tells besides the path, by keyword. */
interface AjvParams {
  readonly additionalProperty?: string;
  readonly missingProperty?: string;
  readonly allowedValues?: readonly unknown[];
  readonly propertyName?: string;
  readonly tag?: string;
  readonly tagValue?: unknown;
}

const compiled = new Map<Schema, ValidateFunction>();

/**
 * Reads one YAML definition and checks it against its schema.
 * @throws AppError `definition.invalid` that says file:line:col, the offending text and what to write instead.
 */
export function readDefinition<T>(text: string, file: string, schema: Schema): T {
  const lines = new LineCounter();
  const doc = parse(text, lines);
  const value = doc.errors.length === 0 ? toValue(doc) : undefined;
  const problems: Problem[] =
    doc.errors.length > 0
      ? doc.errors.map((e) => ({ offset: e.pos[0], text: e.message }))
      : schemaProblems(schema, doc, value);
  if (problems.length === 0) return value as T;
  const told = problems.slice(0, MAX_TOLD).map((problem) => {
    const { line, col } = lines.linePos(problem.offset);
    return `${file}:${line || 1}:${col || 1}: ${problem.text}`;
  });
  if (problems.length > MAX_TOLD) told.push(`and ${problems.length - MAX_TOLD} more`);
  throw new AppError("definition.invalid", told.join("\n"), {
    hint: problems.find((p) => p.hint !== undefined)?.hint ?? `${schema.description} See its JSON Schema.`,
  });
}

/** Where the value at a path of keys begins, as file:line:col. */
export function placeOf(text: string, file: string, path: readonly string[]): string {
  const lines = new LineCounter();
  const doc = parse(text, lines);
  const { line, col } = lines.linePos(offsetOf(doc, path));
  return `${file}:${line || 1}:${col || 1}`;
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
}

function toValue(doc: Document.Parsed): unknown {
  try {
    return doc.toJS({ maxAliasCount: 20 });
  } catch (e) {
    return new Unreadable(errorText(e));
  }
}

/** Stands for a document that parses but cannot be made a value of: aliases that multiply. */
class Unreadable {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

function schemaProblems(schema: Schema, doc: Document.Parsed, value: unknown): Problem[] {
  if (value instanceof Unreadable) return [{ offset: 0, text: value.why }];
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = new Ajv({ allErrors: true, discriminator: true, verbose: true, strict: false }).compile(
      schema,
    );
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  // A misspelt key is also a missing one: the misspelling comes first, it says more.
  const rank = (e: ErrorObject): number => (e.keyword === "additionalProperties" ? 0 : 1);
  return (validate.errors ?? [])
    .map((e) => ({ ...problemOf(e, doc), rank: rank(e) }))
    .sort((a, b) => a.rank - b.rank || a.offset - b.offset);
}

function problemOf(e: ErrorObject, doc: Document.Parsed): Problem {
  const path = e.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const where = path.length === 0 ? "the definition" : `"${path.join(".")}"`;
  const at = (keys: readonly string[]): number => offsetOf(doc, keys);
  const params = e.params as AjvParams;
  const tellers: Record<string, () => Problem> = {
    additionalProperties: () => unknownKey(e, path, String(params.additionalProperty), at),
    required: () => ({
      offset: at(path),
      text: `${where} needs the key "${params.missingProperty}"`,
      hint: describe(e, String(params.missingProperty)),
    }),
    enum: () => ({
      offset: at(path),
      text: `${where} is ${show(e.data)}, which is none of ${list(params.allowedValues ?? [])}`,
      hint: suggestion(String(e.data), (params.allowedValues ?? []).map(String)),
    }),
    discriminator: () => ({
      offset: at([...path, String(params.tag)]),
      text: `"${params.tag}" is ${show(params.tagValue)}, which is none of ${list(tagValues(e))}`,
      hint: suggestion(String(params.tagValue), tagValues(e)),
    }),
    propertyNames: () => ({
      offset: at([...path, String(params.propertyName)]),
      text: `"${params.propertyName}" cannot be a key of ${where}`,
      hint: "Write Component.Variable as in OCPP 2.0.1, for example AuthCtrlr.LocalPreAuthorize.",
    }),
  };
  return (
    tellers[e.keyword]?.() ?? {
      offset: at(path),
      text: `${where} is ${show(e.data)}; it ${e.message}`,
      hint: e.parentSchema?.description as string | undefined,
    }
  );
}

function unknownKey(
  e: ErrorObject,
  path: readonly string[],
  key: string,
  at: (keys: readonly string[]) => number,
): Problem {
  const known = Object.keys((e.parentSchema as Schema).properties ?? {});
  return {
    offset: at([...path, key]),
    text: `unknown key "${key}"${path.length === 0 ? "" : ` in "${path.join(".")}"`}`,
    hint: suggestion(key, known) ?? `Known keys: ${known.join(", ")}.`,
  };
}

function describe(e: ErrorObject, property: string): string | undefined {
  return (e.parentSchema as Schema).properties?.[property]?.description;
}

function tagValues(e: ErrorObject): string[] {
  const tag = String(e.params.tag);
  return ((e.parentSchema as Schema).oneOf ?? []).map((one) => String(one.properties?.[tag]?.const));
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
function offsetOf(doc: Document.Parsed, path: readonly string[]): number {
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
