import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import { AppError } from "../util/errors.ts";
import type { CardField, CardRow, Place } from "./cards-file.ts";

/** Is it JSON rather than CSV? */
export const isJson = (text: string): boolean => /^\s*[[{]/.test(text);

/**
 * Reads OCPP's local list: an array of 1.6's AuthorizationData or 2.0.1's, a SendLocalList request that holds one, or
 * several requests, one a line.
 * @throws AppError `input.invalid` for what is no such list, with its place
 */
export function readLocalList(text: string, file: string): readonly CardRow[] {
  // A request a line is no JSON as a whole; YAML, which has positions, takes the lines as they are.
  const lines = text.split("\n");
  const whole = isWhole(text) ? [{ text, line: 0 }] : lines.map((line, i) => ({ text: line, line: i }));
  return whole
    .filter((part) => part.text.trim() !== "")
    .flatMap((part) => new ListPart(part.text, part.line, file).rows());
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return text.trim().includes("\n") === false;
  }
}

class ListPart {
  readonly #counter = new LineCounter();
  readonly #file: string;
  readonly #line: number;
  readonly #root: Node | null;

  constructor(text: string, line: number, file: string) {
    this.#file = file;
    this.#line = line;
    const doc = parseDocument(text, { lineCounter: this.#counter, schema: "json" });
    const [error] = doc.errors;
    if (error !== undefined) {
      const [at] = error.linePos ?? [];
      throw invalid(
        `${file}:${line + (at?.line ?? 1)}:${at?.col ?? 1}: this is no JSON (${error.message.split("\n")[0]})`,
      );
    }
    this.#root = doc.contents;
  }

  rows(): CardRow[] {
    const list = isMap(this.#root) ? (this.#root.get("localAuthorizationList", true) ?? null) : this.#root;
    if (!isSeq(list)) throw this.#wrong(this.#root, "there is no list of tokens");
    return list.items.flatMap((item) => {
      if (!isMap(item)) throw this.#wrong(item as Node, "an entry of the list is no object");
      const info = mapIn(item, "idTagInfo") ?? mapIn(item, "idTokenInfo");
      // Without info the entry only takes a token away.
      if (info === undefined) return [];
      const token = item.get("idTag", true) ?? mapIn(item, "idToken")?.get("idToken", true);
      return [this.#row(item, token, info)];
    });
  }

  #row(item: YAMLMap, token: unknown, info: YAMLMap): CardRow {
    const status = String(info.get("status"));
    const expiry = info.get("expiryDate") ?? info.get("cacheExpiryDateTime");
    const fields: Partial<Record<CardField, string>> = {
      ...(isScalar(token) ? { hidden_id: String(token.value) } : {}),
      blocked: String(status !== "Accepted"),
      ...(expiry === undefined ? {} : { expiry: String(expiry) }),
    };
    const place = this.#place(isScalar(token) ? token : item);
    return { line: place.line, fields, place: () => place };
  }

  #place(node: Node | null | undefined): Place {
    const { line, col } = this.#counter.linePos(node?.range?.[0] ?? 0);
    return { line: this.#line + Math.max(1, line), col: Math.max(1, col) };
  }

  #wrong(node: Node | null, what: string): AppError {
    const { line, col } = this.#place(node);
    return invalid(`${this.#file}:${line}:${col}: ${what}`);
  }
}

function mapIn(map: YAMLMap, key: string): YAMLMap | undefined {
  const found = map.get(key, true) as unknown;
  return isMap(found) ? found : undefined;
}

function invalid(message: string): AppError {
  return new AppError("input.invalid", message, {
    hint: 'Expected is OCPP\'s local list: [{"idTag":…,"idTagInfo":{"status":…}}], or a SendLocalList request.',
  });
}
