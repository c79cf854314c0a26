import { readTable } from "./csv.ts";
import { placeText } from "./problems.ts";
import type { Position } from "./types.ts";

type Row = Readonly<Record<string, unknown>>;

/** The rows of a scenario's data, and where each of them is written. */
export interface Data {
  readonly rows: readonly Row[];
  readonly at: (row: number, members: readonly string[], version: string) => string;
  /** Of a table: what columns it has. */
  readonly besides?: string;
}

export const NO_DATA: Data = { rows: [{}], at: () => "" };

/** Rows that are written in the scenario; `place`: where what a path from its data on leads to stands. */
export const rowsOfList = (
  rows: readonly unknown[],
  place: (path: readonly string[], version: string) => Position,
): Data => ({
  rows: rows as readonly Row[],
  at: (row, members, version) => placeText(place([String(row), ...members], version)),
});

/** Rows of a CSV file in a folder. @throws AppError `definition.invalid` */
export function rowsOfTable(file: string, folder: string): Data {
  const { rows, lines, columns } = readTable(file, folder);
  return {
    rows,
    at: (row) => `${file}:${lines[row]}`,
    besides: `${file} has the columns ${columns.join(", ")}.`,
  };
}

/** Each row must have each name. */
export function rowsThatLack(
  { rows }: Data,
  names: readonly string[],
): readonly { readonly row: number; readonly message: string; readonly hint: string }[] {
  return rows.flatMap((row, i) => {
    const lacks = names.filter((name) => !Object.hasOwn(row, name)).map((name) => `$${name}`);
    return lacks.length === 0
      ? []
      : {
          row: i,
          message: `row ${i + 1} does not say what ${lacks.join(", ")} is`,
          hint: "Write it in this row too, or in vars what it is where a row does not say it.",
        };
  });
}
