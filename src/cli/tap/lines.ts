import { ID_TAG_MAX } from "../../station/card.ts";
import { wrap } from "../../util/text.ts";
import { type Colors, clean } from "../io.ts";
import type { CardReport, ReportedAnswer, ReportedSpelling } from "./report.ts";

/** How wide output is that goes to no terminal. */
const COLUMNS = 100;
const MARK = "▶";

/** A card in full, without the answer: every spelling first, so that what is wanted most stands last, next to the prompt. */
export function fullLines(report: CardReport, c: Colors, columns: number = COLUMNS): string[] {
  return [...spellingLines(report, c, columns), "", ...headLines(report, c, columns)];
}

/** A card in a line or two, without the answer: for a stack of them. */
export function shortLines(report: CardReport, c: Colors, columns: number = COLUMNS): string[] {
  const about = [`${report.bytes} bytes`, ...(report.cardType === undefined ? [] : [clean(report.cardType)])];
  return [
    `${c.bold(report.hiddenId)}  ${c.dim(about.join(", "))}`,
    ...warningLines(report.warnings, c, columns),
  ];
}

/** What the central system answered. */
export function answerLines(answer: ReportedAnswer, c: Colors, columns: number = COLUMNS): string[] {
  const { notAsked, next } = answer;
  return [
    ...wrap(`Authorize  ${answerText(answer, c)}`, columns, 11),
    ...(next === undefined ? [] : [`           ${c.dim("to whitelist it:")} ${next}`]),
    ...(notAsked === undefined ? [] : warningLines([notAskedText(notAsked)], c, columns)),
  ];
}

/** Spellings that look the same are one row. */
function spellingLines({ spellings }: CardReport, c: Colors, columns: number): string[] {
  const rows = new Map<string, ReportedSpelling[]>();
  for (const s of spellings) rows.set(s.text, [...(rows.get(s.text) ?? []), s]);
  const width = Math.max(...[...rows.keys()].map((text) => text.length));
  return [...rows].flatMap(([text, same]) => {
    const [first] = same;
    const mark = first?.sent ? c.green(MARK) : " ";
    const shown = first?.sent ? c.bold(text.padEnd(width)) : text.padEnd(width);
    const long = first?.fitsIdTag === false ? c.yellow(" (too long for OCPP 1.6)") : "";
    const what = same.map((s) => s.what).join(" = ");
    const usedBy = c.dim(` · ${[...new Set(same.map((s) => s.usedBy))].join("; ")}`);
    return wrap(`${mark} ${shown}  ${what}${long}${usedBy}`, columns, width + 4);
  });
}

function headLines(report: CardReport, c: Colors, columns: number): string[] {
  const { uid, bytes, cardType, reader, hiddenId, length, fitsIdTag, model } = report;
  const about = [`${bytes} bytes`, ...(cardType === undefined ? [] : [clean(cardType)]), clean(reader)];
  const room = fitsIdTag
    ? `${length} of ${ID_TAG_MAX} characters`
    : c.yellow(`${length} characters: too long for OCPP 1.6, which has ${ID_TAG_MAX}`);
  return [
    ...wrap(`Card       ${uid}  ${c.dim(about.join(", "))}`, columns, 11),
    ...wrap(
      `Hidden ID  ${c.bold(c.green(hiddenId))}  ${c.dim(`what the model ${model} sends, ${room}`)}`,
      columns,
      11,
    ),
    ...warningLines(report.warnings, c, columns),
  ];
}

function answerText({ status, ms, why, expiry, group, csms }: ReportedAnswer, c: Colors): string {
  const paint = status === "Accepted" ? c.green : c.red;
  const more = [
    `in ${ms} ms`,
    `from ${clean(csms)}`,
    ...(expiry === undefined ? [] : [`until ${clean(expiry)}`]),
    ...(group === undefined ? [] : [`group ${clean(group)}`]),
  ];
  const said = paint(status ?? "no answer");
  return `${said} ${c.dim(more.join(", "))}${why === undefined ? "" : `: ${clean(why)}`}`;
}

const warningLines = (warnings: readonly string[], c: Colors, columns: number): string[] =>
  warnings.flatMap((warning) => wrap(`${c.yellow("!")} ${clean(warning)}`, columns, 2));

const notAskedText = (why: string): string =>
  `A station with the list, cache and settings stored here would not have asked: ${why}. It was asked all the same, so that the card stands in the central system's log.`;
