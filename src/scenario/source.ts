import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { type Alias, type Document, LineCounter, parseAllDocuments, visit, type YAMLParseError } from "yaml";
import { AppError, errorText } from "../util/errors.ts";
import { offsetOf } from "../util/schema-problems.ts";
import { isUnclosed, notYaml } from "./not-yaml.ts";
import type { Position } from "./types.ts";
import { keepTexts, keepWritten, type RootSchema } from "./written.ts";
import { type FileProblem, WrongFiles } from "./wrong-files.ts";

/** A scenario file larger than this is something else. */
const MAX_BYTES = 4 * 1024 * 1024;
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
    const wrong = this.docs
      .flatMap((doc) => doc.errors.map((e) => this.#noYaml(doc, e)))
      .filter(isFirstOfLine);
    if (wrong.length > 0) throw new WrongFiles(wrong);
    for (const doc of this.docs) keepWritten(doc);
  }

  #noYaml(doc: Document.Parsed, { pos: [at], message }: YAMLParseError): FileProblem {
    return {
      at: this.position(isUnclosed(message) ? lastQuote(doc) : at),
      ...notYaml(message, this.text[at]),
    };
  }

  /**
   * What a document says, where a text is wanted as it is written.
   * @throws WrongFiles where its aliases stand for nothing, for themselves, or would blow it up
   */
  valueOf(doc: Document.Parsed, schema: RootSchema): unknown {
    const wrong = this.#wrongAliases(doc);
    if (wrong.length > 0) throw new WrongFiles(wrong);
    keepTexts(doc, schema);
    try {
      return doc.toJS({ maxAliasCount: 100 });
    } catch (e) {
      const at = this.position(doc.contents?.range?.[0] ?? 0);
      throw new WrongFiles([{ at, message: errorText(e), hint: "Write it out where it is needed." }]);
    }
  }

  #wrongAliases(doc: Document.Parsed): FileProblem[] {
    const wrong: FileProblem[] = [];
    const tell = (alias: Alias, message: string, hint: string) =>
      wrong.push({ at: this.position(alias.range?.[0] ?? 0), message, hint });
    visit(doc, {
      Alias(_, alias, around) {
        const meant = alias.resolve(doc);
        if (meant === undefined)
          tell(
            alias,
            `*${alias.source} stands for nothing`,
            `Write &${alias.source} above it, in front of what it means.`,
          );
        else if (around.includes(meant))
          tell(alias, `*${alias.source} stands for what it is a part of`, "Write it out where it is needed.");
      },
    });
    return wrong;
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

/** Where the last text in quotes begins. */
function lastQuote(doc: Document.Parsed): number {
  let last = 0;
  visit(doc, {
    Scalar(_, { type, range }) {
      if (type?.startsWith("QUOTE_") === true) last = range?.[0] ?? last;
    },
  });
  return last;
}

/** What else is wrong on a line follows from the first. */
const isFirstOfLine = ({ at }: FileProblem, i: number, all: readonly FileProblem[]): boolean =>
  all.findIndex((other) => other.at.line === at.line) === i;

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
