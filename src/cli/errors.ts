import { inspect } from "node:util";
import { errorText, exitCodeOf, isAppError } from "../util/errors.ts";
import { wrap } from "../util/text.ts";
import { clean, colorsFor, type Io } from "./io.ts";

/**
 * Says an error on standard error and gives the exit code. Errors that the house foresaw are message and hint;
 * others ask for a report, and show where they come from with `verbose` only.
 */
export function reportError(e: unknown, io: Pick<Io, "stderr" | "env">, verbose: boolean): number {
  const c = colorsFor(io.stderr, io.env);
  const { isTTY, columns } = io.stderr;
  // A pipe gets each in one piece.
  const line = (text: string): void => {
    const rows = isTTY === true && columns !== undefined ? wrap(text, columns, 2) : [text];
    for (const row of rows) io.stderr.write(`${row}\n`);
  };
  const parts = errorText(e)
    .split(/\s*\n\s*/)
    .filter((part) => part !== "")
    .map(clean);
  // Problems of files stand below each other; some messages of yargs have several lines that are one sentence.
  const text = parts.join(isAppError(e, "definition.invalid") ? "\n  " : " ");
  line(`${c.red("tapstation:")} ${text}`);
  if (isAppError(e)) {
    if (e.hint !== undefined) line(`  ${clean(e.hint)}`);
  } else {
    line(
      "  This is a fault of tapstation itself. Please report it with what the command prints with --verbose.",
    );
  }
  if (verbose) line(c.dim(inspect(e)));
  return exitCodeOf(e);
}
