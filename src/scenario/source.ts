import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { type Document, LineCounter, parseAllDocuments, type YAMLParseError } from "yaml";
import { AppError, errorText } from "../util/errors.ts";
import { offsetOf } from "../util/schema-problems.ts";
import type { Position } from "./types.ts";
import { keepTexts, keepWritten, type RootSchema } from "./written.ts";
import { type FileProblem, WrongFiles } from "./wrong-files.ts";

/** A scenario file larger than this is something else. */
const MAX_BYTES = 4 * 1024 * 1024;
/** What to do about what is no YAML, by the parser's code. */
const MENDED: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "Indent with spaces.",
  BLOCK_AS_IMPLICIT_KEY:
    "A hyphen begins an item of a list, and what stands above it are keys: put the list below a key, for example steps:",
};

/** A YAML file with the places of everything in it. */
export class Source {
  readonly path: string;
  /** As a person names it: from where the program was started. */
  readonly shown: string;
  readonly text: string;
  readonly docs: readonly Document.Parsed[];
  readonly #lines = new LineCounter();

  /** @throws AppError `definition.invalid` when it cannot be read or is no YAML */
  constructor(path: string, cwd: string) {
    this.path = resolve(cwd, path);
    const near = relative(cwd, this.path);
    this.shown = near.startsWith("..") ? this.path : near;
    this.text = read(this.path, this.shown);
    this.docs = parsed(this.text, this.#lines);
    const wrong = this.docs.flatMap(({ errors }) => errors.map((e) => this.#noYaml(e)));
    if (wrong.length > 0) throw new WrongFiles(wrong);
    for (const doc of this.docs) keepWritten(doc);
  }

  #noYaml({ pos, message, code }: YAMLParseError): FileProblem {
    const at = this.position(pos[0]);
    const hint = MENDED[code];
    return { at, message: `not valid YAML: ${message}`, ...(hint === undefined ? {} : { hint }) };
  }

  /**
   * What a document says, where a text is wanted as it is written.
   * @throws WrongFiles where its aliases would blow it up
   */
  valueOf(doc: Document.Parsed, schema: RootSchema): unknown {
    keepTexts(doc, schema);
    try {
      return doc.toJS({ maxAliasCount: 100 });
    } catch (e) {
      const at = this.position(doc.contents?.range?.[0] ?? 0);
      throw new WrongFiles([{ at, message: errorText(e), hint: "Write it out where it is needed." }]);
    }
  }

  position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.shown, line: line || 1, col: col || 1 };
  }

  place(doc: Document.Parsed, path: readonly string[]): Position {
    return this.position(offsetOf(doc, path));
  }

  /** The lines from one offset to another, without the indentation of the first and blank lines at the end. */
  lines(from: number, to: number): { readonly text: string; readonly endLine: number } {
    const { line, col } = this.#lines.linePos(from);
    const raw = this.text.slice(from, to).replace(/\s+$/, "");
    const text = raw
      .split("\n")
      .map((l, i) => (i === 0 ? l : l.replace(new RegExp(`^\\s{0,${col - 1}}`), "")))
      .filter((l, i) => i === 0 || !/^\s*#/.test(l))
      .join("\n")
      .replace(/\s+$/, "");
    return { text, endLine: line + raw.split("\n").length - 1 };
  }
}

function read(path: string, shown: string): string {
  try {
    const text = decoded(readFileSync(path), shown);
    if (text.length <= MAX_BYTES) return text;
    throw noScenario(shown, `has more than ${MAX_BYTES} characters`, "Give the path of a scenario file.");
  } catch (e) {
    if (e instanceof AppError) throw e;
    throw noScenario(shown, `cannot be read: ${errorText(e)}`, "Give the path of a scenario file.");
  }
}

function decoded(bytes: Uint8Array, shown: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw noScenario(shown, "is not UTF-8", "Save it as UTF-8; is it a scenario at all?");
  }
}

const noScenario = (file: string, message: string, hint: string): WrongFiles =>
  new WrongFiles([{ at: { file }, message, hint }]);

function parsed(text: string, lineCounter: LineCounter): Document.Parsed[] {
  const docs = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: "error",
  });
  return (docs as Document.Parsed[]).filter((doc) => doc.errors.length > 0 || doc.contents !== null);
}
