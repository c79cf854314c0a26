import type { Finding, Survey } from "../../drivers/readers/survey.ts";
import { width, wrap } from "../../util/text.ts";
import { type Colors, clean } from "../io.ts";

const KINDS: Readonly<Record<Finding["kind"], string>> = {
  pcsc: "PC/SC",
  serial: "serial",
  keyboard: "typing",
};

/** Where the text behind a word begins. */
const INDENT = 13;

/** A survey for a person, in so many columns. */
export function surveyLines({ findings, remarks }: Survey, columns: number, c: Colors): string[] {
  const blocks = findings.map((one) => findingLines(one, columns, c));
  const said = remarks.flatMap((remark) => wrap(`note       ${clean(remark)}`, columns, INDENT - 2));
  return [...blocks, said]
    .filter((block) => block.length > 0)
    .flatMap((block, i) => (i > 0 ? ["", ...block] : block));
}

function findingLines(f: Finding, columns: number, c: Colors): string[] {
  const marks = { ready: c.green("●"), undecided: c.yellow("○"), blocked: c.red("✖") };
  const head = `${marks[f.state]} ${KINDS[f.kind]}: ${c.bold(clean(f.name))}`;
  const gap = " ".repeat(Math.max(1, columns - width(head) - f.state.length));
  const item = (word: string, text: string): string[] =>
    wrap(`  ${word.padEnd(INDENT - 2)}${clean(text)}`, columns, INDENT);
  /** Commands are for copying: they stay in one piece. */
  const copied = (word: string, text: string): string[] => [
    `  ${word.padEnd(INDENT - 2)}${c.cyan(clean(text))}`,
  ];
  return [
    `${head}${gap}${f.state}`,
    ...item("where", f.where),
    ...f.matches.flatMap(({ definition, score, why }, i) =>
      item(i === 0 ? "definition" : "or", `${definition}: ${why} (${score} of 100)`),
    ),
    ...f.notes.flatMap((note) => item("note", note)),
    ...f.problems.flatMap(({ what, mend, next }) => [
      ...item("problem", what),
      ...(/^sudo /.test(mend) && mend.length + INDENT <= columns ? copied("mend", mend) : item("mend", mend)),
      ...(next === undefined ? [] : copied("then", next)),
    ]),
    ...(f.use === undefined || f.state === "blocked" ? [] : copied("use", f.use)),
  ];
}

/** What it comes to, in one sentence, and whether something can be used. */
export function conclusion({ findings }: Survey): { readonly usable: boolean; readonly text: string } {
  const count = (state: Finding["state"]): number => findings.filter((f) => f.state === state).length;
  const [ready, undecided, blocked] = [count("ready"), count("undecided"), count("blocked")];
  if (ready > 0) {
    const them = ready === 1 ? "1 reader is ready" : `${ready} readers are ready`;
    return { usable: true, text: `${them}: tapstation start uses ${ready === 1 ? "it" : "them"} by itself.` };
  }
  if (undecided > 0)
    return { usable: true, text: "No reader is recognised; something that may be one is there." };
  if (blocked > 0)
    return { usable: false, text: "No reader can be used until what is in the way is mended." };
  return { usable: false, text: "No reader is plugged in." };
}
