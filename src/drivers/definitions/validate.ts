import { type Document, LineCounter, parseDocument } from "yaml";
import { AppError, errorText } from "../../util/errors.ts";
import { offsetOf, type Problem, schemaProblems } from "../../util/schema-problems.ts";
import type { Schema } from "./from-schema.ts";

/** How many problems one message tells. */
const MAX_TOLD = 5;

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
      : value instanceof Unreadable
        ? [{ offset: 0, text: value.why }]
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
