import { stringify } from "csv-stringify/sync";
import type { CardReport } from "./report.ts";

const columns: Readonly<Record<string, (report: CardReport) => string>> = {
  hidden_id: (r) => r.hiddenId,
  uid: (r) => r.uid,
  card_type: (r) => r.cardType ?? "",
  time: (r) => r.time,
  reader: (r) => r.reader,
  status: (r) => r.answer?.status ?? "",
};

/** A card as a line of CSV, with the head line in front of the first. */
export function csvLines(report: CardReport, head: boolean): string[] {
  const row = Object.values(columns).map((cell) => cell(report));
  return stringify(head ? [Object.keys(columns), row] : [row], { escape_formulas: true })
    .trimEnd()
    .split("\n");
}
