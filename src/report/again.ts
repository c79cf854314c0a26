import { patternFor } from "../util/pattern.ts";
import { clean } from "../util/text.ts";
import type { EndedScenario, RunRecord } from "./record.ts";

/** What runs one scenario of a run again, alone and in the same surroundings, ready for a shell. */
export function againCommand({ info, result }: EndedScenario, { began }: Pick<RunRecord, "began">): string {
  const flags = (began?.flags ?? []).map((word) => ` ${quoted(word)}`).join("");
  return `tapstation run ${whichOf(info)}${flags} --seed ${result.seed}`;
}

/** The file, and which of what it stands for: `--grep '#1 OCPP 1.6 row 2$'`. */
function whichOf({ id, at: { file } }: EndedScenario["info"]): string {
  const which = id.startsWith(file) ? id.slice(file.length) : "";
  const path = quoted(file.startsWith("-") ? `./${file}` : file);
  return which === "" ? path : `${path} --grep ${quoted(`${patternFor(which)}$`)}`;
}

/** A secret's variable is filled in by the shell, all else is taken as it is. */
function quoted(text: string): string {
  if (/^\$TAPSTATION_[A-Z_]+$/.test(text)) return `"${text}"`;
  return /^[\w./@:,=-]+$/.test(text) ? text : `'${clean(text).replaceAll("'", "'\\''")}'`;
}
