import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { JournalEntry } from "../journal/types.ts";
import { AppError, errorText } from "../util/errors.ts";
import { type Io, writeLine } from "./io.ts";

/**
 * Writes entries, one JSON object a line, to a file, which is there when it is complete, or to standard output (`-`).
 * @throws AppError `store.writeFailed`
 */
export async function exportEntries(
  io: Io,
  target: string,
  entries: Iterable<JournalEntry>,
  toRecord: (entry: JournalEntry) => unknown,
): Promise<void> {
  const lines = linesOf(entries, toRecord);
  if (target === "-") {
    for (const line of lines) await writeLine(io, line);
    return;
  }
  const file = path.resolve(io.cwd, target);
  const part = `${file}.part`;
  let count = 0;
  const counted = function* (): Generator<string> {
    for (const line of lines) {
      count++;
      yield `${line}\n`;
    }
  };
  try {
    await pipeline(Readable.from(counted()), createWriteStream(part, { mode: 0o600 }), { signal: io.signal });
    await rename(part, file);
  } catch (e) {
    await rm(part, { force: true });
    if (io.signal.aborted) return;
    throw new AppError("store.writeFailed", `The file ${file} cannot be written: ${errorText(e)}`, {
      hint: "Give a file in a directory that you may write to.",
      cause: e,
    });
  }
  io.stderr.write(`${count} records written to ${file}\n`);
}

/** A record of undefined is left out. */
function* linesOf(
  entries: Iterable<JournalEntry>,
  toRecord: (entry: JournalEntry) => unknown,
): Generator<string> {
  for (const entry of entries) {
    const record = toRecord(entry);
    if (record !== undefined) yield JSON.stringify(record);
  }
}
