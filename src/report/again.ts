import { patternFor } from "../util/pattern.ts";
import { shellWord } from "../util/shell.ts";
import type { EndedScenario, RunRecord } from "./record.ts";

/** What runs one scenario of a run again, alone and in the same surroundings, ready for a shell. */
export function againCommand({ info, result }: EndedScenario, { began }: Pick<RunRecord, "began">): string {
  const flags = (began?.flags ?? []).map((word) => ` ${flagWord(word)}`).join("");
  return `tapstation run ${whichOf(info)}${flags} --seed ${result.seed}`;
}

/** How a run was called, with what has to be said again: a report that is found alone says what was tested. */
export function commandText(run: { readonly command: string; readonly flags?: readonly string[] }): string {
  return [run.command, ...(run.flags ?? []).map(flagWord)].join(" ");
}

/** The file, and which of what it stands for: `--grep '#1 OCPP 1.6 row 2$'`. */
function whichOf({ id, at: { file } }: EndedScenario["info"]): string {
  const which = id.startsWith(file) ? id.slice(file.length) : "";
  const path = shellWord(file.startsWith("-") ? `./${file}` : file);
  return which === "" ? path : `${path} --grep ${shellWord(`${patternFor(which)}$`)}`;
}

/** A secret's variable is filled in by the shell, all else is taken as it is. */
const flagWord = (text: string): string =>
  /^\$TAPSTATION_[A-Z_]+$/.test(text) ? `"${text}"` : shellWord(text);
