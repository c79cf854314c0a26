import type { ResolvedConfig } from "../app/config.ts";
import { ensureDataDir } from "../app/paths.ts";
import type { Book } from "../central/index.ts";
import { clean, type Io, print, printJson, table } from "./io.ts";

/** Works with the records of the built-in central system, whether or not a station runs on them just now. */
export async function withBook<T>(settings: ResolvedConfig, work: (book: Book) => T): Promise<T> {
  const { central } = ensureDataDir(settings.config.data);
  const { openBook } = await import("../central/index.ts");
  const book = openBook(central);
  try {
    return work(book);
  } finally {
    book.close();
  }
}

/** A flag that all commands about records take. */
export const organizationOption = {
  organization: { type: "string", nargs: 1, describe: "Organization, where there are several" },
} as const;

/** The part of a command's arguments that says which organization. */
export const ofOrganization = (organization: string | undefined): { organization?: string } =>
  organization === undefined ? {} : { organization };

/** Shows records: a table, or one object a line. */
export function printRecords<T extends object>(
  io: Io,
  json: boolean,
  records: readonly T[],
  columns: Readonly<Record<string, (record: T) => string | undefined>>,
  none: string,
): void {
  if (json) for (const record of records) printJson(io, record);
  else if (records.length === 0) io.stderr.write(`${none}\n`);
  else {
    const rows = records.map((record) => Object.values(columns).map((cell) => cell(record) ?? ""));
    print(io, ...table(Object.keys(columns), rows));
  }
}

/** Says what was done: a sentence, or the record as one object. */
export function printDone(io: Io, json: boolean, sentence: string, record: object): void {
  if (json) printJson(io, record);
  else print(io, clean(sentence));
}

/** Says what is odd without being wrong. */
export function printNotes(io: Io, notes: readonly string[]): void {
  for (const note of notes) io.stderr.write(`note: ${clean(note)}\n`);
}
