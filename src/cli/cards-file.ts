import { parse } from "csv-parse/sync";
import { delimiterOf } from "../util/delimiter.ts";
import { AppError, errorText } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";

/** What a file of cards may say of a card. */
export const cardFields = [
  "hidden_id",
  "visible_id",
  "nickname",
  "user",
  "first_name",
  "last_name",
  "email",
  "expiry",
  "blocked",
  "valid",
  "contract_id",
] as const;

export type CardField = (typeof cardFields)[number];

/** Where something stands in a file, both from 1. */
export interface Place {
  readonly line: number;
  readonly col: number;
}

/** A line of a file of cards, as text; fields that are empty are absent. */
export interface CardRow {
  readonly line: number;
  readonly fields: Readonly<Partial<Record<CardField, string>>>;
  /** Where a field begins; of one that is absent where it should stand. */
  place(field: CardField): Place;
}

/** Other names that the field gives the columns: OCPI tokens, OICP, SteVe, card clouds. Compared without blanks and signs. */
const ALIASES: Readonly<Record<CardField, readonly string[]>> = {
  hidden_id: [
    "hiddenid",
    "uid",
    "idtag",
    "idtoken",
    "rfid",
    "rfiduid",
    "tag",
    "tagid",
    "token",
    "tokenuid",
    "carduid",
    "authid",
  ],
  visible_id: [
    "visibleid",
    "visualnumber",
    "visualid",
    "printednumber",
    "publiccardid",
    "cardnumber",
    "cardno",
  ],
  nickname: ["nickname", "name", "label", "description", "note"],
  user: ["user", "cardholder", "holder", "owner", "driver"],
  first_name: ["firstname", "givenname"],
  last_name: ["lastname", "surname", "familyname"],
  email: ["email", "mail", "emailaddress", "useremail"],
  expiry: ["expiry", "expirydate", "expires", "expiration", "validuntil", "cacheexpirydatetime"],
  blocked: ["blocked", "isblocked"],
  valid: ["valid", "active", "enabled"],
  contract_id: ["contractid", "evcoid", "emaid"],
};

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");

/**
 * Reads a CSV file of cards whose first line names the columns. Comma, semicolon and tab separate; a byte order mark
 * is no matter. `map`: column by field, where the names do not tell.
 * @throws AppError `input.invalid` for a file that is no CSV or whose columns cannot be told
 */
export function readCardsFile(
  text: string,
  file: string,
  map: Readonly<Record<string, string>> = {},
): readonly CardRow[] {
  const delimiter = delimiterOf(text);
  const records = recordsOf(text, file, delimiter);
  const [head, ...rows] = records;
  if (head === undefined)
    throw invalid(`${file} is empty`, "The first line names the columns: hidden_id,visible_id,nickname.");
  const columns = columnsOf(head.values, file, map);
  return rows.map(({ values, places, end, line }) => ({
    line,
    fields: Object.fromEntries(
      [...columns].flatMap(([field, i]) => {
        const value = unescaped(values[i] ?? "").trim();
        return value === "" ? [] : [[field, value]];
      }),
    ),
    place: (field) => places[columns.get(field) ?? 0] ?? end,
  }));
}

/** What makes a cell no formula in a spreadsheet. */
const unescaped = (text: string): string => text.replace(/^'(?=[=+\-@\t\r])/, "");

interface CsvRecord {
  readonly values: readonly string[];
  readonly places: readonly Place[];
  readonly line: number;
  readonly end: Place;
}

interface RawRecord {
  readonly record: readonly string[];
  readonly raw: string;
}

function recordsOf(written: string, file: string, delimiter: string): CsvRecord[] {
  // Lines are counted, and a carriage return would count too.
  const text = written.replaceAll(/\r\n?/g, "\n");
  let raw: readonly RawRecord[];
  try {
    raw = parse(text, {
      bom: true,
      delimiter,
      raw: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as readonly RawRecord[];
  } catch (e) {
    const open = openQuote(text);
    const { lines } = e as { readonly lines?: number };
    if (open !== undefined) {
      throw invalid(
        `${file}:${open.line}:${open.col}: this quote is never closed`,
        "Close it, or take it away; what stands behind it was not looked at.",
      );
    }
    throw invalid(
      `${file}${lines === undefined ? "" : `:${lines}`}: ${errorText(e)}`,
      "Every quote must be closed, and stand at the end of its cell.",
    );
  }
  let line = 1;
  return raw.map(({ record, raw: written }) => {
    const { places, end, next } = placesOf(written, delimiter, line);
    line = next;
    return { values: record, places, line: places[0]?.line ?? line, end };
  });
}

/** Where the quote stands that was opened last, when it is never closed. */
function openQuote(text: string): Place | undefined {
  let [line, col] = [1, 0];
  let open: Place | undefined;
  for (const sign of text) {
    col++;
    if (sign === '"') open = open === undefined ? { line, col } : undefined;
    if (sign === "\n") [line, col] = [line + 1, 0];
  }
  return open;
}

/** Where the cells of a record begin. What was read has blank lines before it and a line's end behind it. */
function placesOf(
  raw: string,
  delimiter: string,
  first: number,
): { places: Place[]; end: Place; next: number } {
  const places: Place[] = [];
  let [line, col, quoted, fresh] = [first, 1, false, true];
  let end: Place = { line, col };
  for (const sign of raw) {
    if (fresh && !/[\r\n]/.test(sign)) {
      places.push({ line, col });
      fresh = false;
    }
    if (sign === '"') quoted = !quoted;
    else if (sign === delimiter && !quoted) fresh = true;
    if (sign === "\n") [line, col] = [line + 1, 1];
    else {
      col++;
      if (sign !== "\r") end = { line, col };
    }
  }
  return { places, end, next: line };
}

function columnsOf(
  head: readonly string[],
  file: string,
  map: Readonly<Record<string, string>>,
): Map<CardField, number> {
  const columns = new Map<CardField, number>();
  const names = head.map((name) => name.trim());
  for (const [field, column] of Object.entries(map))
    columns.set(mappedField(field), mappedColumn(column, names, file));
  for (const field of cardFields) {
    if (columns.has(field)) continue;
    const found = names.flatMap((name, i) =>
      ALIASES[field].includes(plain(name)) && ![...columns.values()].includes(i) ? [i] : [],
    );
    const own = found.find((at) => plain(names[at] ?? "") === plain(field));
    const [index, second] = own === undefined ? found : [own];
    if (second !== undefined && index !== undefined) {
      throw invalid(
        `${file}:1: the columns "${names[index]}" and "${names[second]}" may both be ${field}`,
        `Say which: --map ${field}=${names[index]}`,
      );
    }
    if (index !== undefined) columns.set(field, index);
  }
  if (columns.has("hidden_id")) return columns;
  throw invalid(
    `${file}:1: no column is known as the Hidden ID; there are ${names.map((n) => `"${n}"`).join(", ")}`,
    "The first line names the columns. Call it hidden_id, uid or idTag, or say which: --map hidden_id=COLUMN.",
  );
}

function mappedField(field: string): CardField {
  const known = cardFields.find((name) => plain(name) === plain(field));
  if (known !== undefined) return known;
  throw new AppError("usage", `--map: there is no field "${field}"`, {
    hint: `Did you mean ${nearest(field, cardFields) ?? "hidden_id"}? There are ${cardFields.join(", ")}.`,
  });
}

function mappedColumn(column: string, names: readonly string[], file: string): number {
  const index = names.findIndex((name) => plain(name) === plain(column));
  if (index >= 0) return index;
  throw invalid(`${file}:1: there is no column "${column}"`, `There are ${names.join(", ")}.`);
}

function invalid(message: string, hint: string): AppError {
  return new AppError("input.invalid", message, { hint });
}
