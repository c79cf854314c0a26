import { type Document, isMap, isPair, isScalar, isSeq, type Scalar, visit } from "yaml";
import { REFERENCE } from "../util/schema-problems.ts";
import type { Schema } from "./step.ts";
import { isVersion } from "./template.ts";

/* What YAML reads as a number may be meant as a text. Then it is the text that is written, never one made of the
   number: 04112233 is a card, 1234E56789 is none that ends in so many zeros, and 1.50 is a name. */

/** A schema and what it refers to. */
export type RootSchema = Schema & { readonly definitions: Readonly<Record<string, Schema>> };

/** As a number is written; with an exponent it has the exponent's sign, which no UID has. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[-+]\d+)?$/;

/**
 * Keys, and what is not written as numbers are written, stay the text that they are, wherever they stand. So does what a
 * variable is and a number would not be written as: 1.0 may be a version, and becomes a number where one is wanted.
 */
export function keepWritten(doc: Document.Parsed): void {
  visit(doc, {
    Scalar(key, node, ancestors) {
      if (typeof node.value !== "number" || node.source === undefined) return;
      const [plain, , , exponent] = NUMBER.exec(node.source) ?? [];
      const isExact = exponent !== undefined || Math.abs(node.value) <= Number.MAX_SAFE_INTEGER;
      const isLoss = String(node.value) !== node.source && isOfVariable(ancestors);
      if (key === "key" || plain === undefined || !isExact || isLoss) node.value = node.source;
    },
  });
}

/** Does it stand in vars, in rows of data, or among items? */
function isOfVariable(ancestors: readonly unknown[]): boolean {
  const keys = ancestors.flatMap((one) => (isPair(one) && isScalar(one.key) ? [String(one.key.value)] : []));
  const [outermost] = keys;
  const pairs = keys.map((key, i) => `${keys[i - 1] ?? ""} ${key}`);
  return (
    outermost === "vars" ||
    outermost === "data" ||
    pairs.includes("include vars") ||
    pairs.includes("for-each in")
  );
}

/** Numbers and true and false where the schema wants a text become the text that is written. */
export function keepTexts(doc: Document.Parsed, schema: RootSchema): void {
  keep(doc.contents, schema, schema.definitions);
}

function keep(node: unknown, given: Schema, definitions: RootSchema["definitions"]): void {
  const schema =
    given.$ref === undefined ? given : (definitions[given.$ref.replace("#/definitions/", "")] ?? {});
  if (isScalar(node)) keepText(node, schema);
  else if (isSeq(node)) for (const item of node.items) keep(item, schema.items ?? {}, definitions);
  else if (isMap(node)) {
    const keys = node.items.map(({ key }) => (isScalar(key) ? String(key.value) : ""));
    const byVersion = keys.every(isVersion);
    for (const [i, { value }] of node.items.entries()) {
      keep(value, byVersion ? schema : memberOf(schema, keys[i] ?? ""), definitions);
    }
  }
}

function memberOf({ properties, additionalProperties: others }: Schema, key: string): Schema {
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key] ?? {};
  return typeof others === "object" ? others : {};
}

function keepText(node: Scalar, schema: Schema): void {
  // No text but what a variable stands for.
  if (schema.pattern === REFERENCE) return;
  const types = [schema, ...(schema.anyOf ?? [])].flatMap(({ type = [] }) => type);
  const isNumber = typeof node.value === "number" && !types.includes("integer");
  const isBoolean = typeof node.value === "boolean" && types.every((type) => type === "string");
  if (types.includes("string") && (isNumber || isBoolean) && node.source !== undefined)
    node.value = node.source;
}
