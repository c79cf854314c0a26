import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { makeDirectory } from "../store/directory.ts";
import { WholeFile } from "../store/whole-file.ts";
import type { Colors } from "../util/colors.ts";
import { AppError, errorText } from "../util/errors.ts";

/** What reporters use of a standard stream. */
export interface ReportStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where a report goes. */
export interface ReportOutput {
  /** @throws AppError `store.writeFailed` when a file cannot be written */
  write(text: string): void;
  /** Nothing waits in memory any more. */
  flush(): void;
  /** What was written stands where it was wanted. */
  close(): void;
}

/** What a reporter is made with. */
export interface ReporterOptions {
  readonly output: ReportOutput;
  readonly colors: Colors;
  /** How wide lines may be; a terminal's width changes. */
  readonly columns: number;
  /** Is it a terminal, on which a line can be written over? */
  readonly live: boolean;
}

export const streamOutput = (stream: ReportStream): ReportOutput => ({
  write: (text) => void stream.write(text),
  flush: () => undefined,
  close: () => undefined,
});

/** Text is gathered before it goes to the disk, characters. */
const PORTION = 65_536;

/**
 * A file, its directory made. What was there stays until the report is whole: it is written beside it and put in its
 * place at the end; a `growing` one is written in place, to be read meanwhile.
 * @throws AppError `usage` when it cannot be made: told before the run, not after it
 */
export function fileOutput(path: string, cwd: string, growing: boolean): ReportOutput {
  const whole = resolve(cwd, path);
  const file = new WholeFile(whole, { inPlace: growing || isNoFile(whole) });
  checkWritable(file, whole, path);
  let waiting = "";
  const orGiveUp = (act: () => void): void => {
    try {
      act();
    } catch (cause) {
      file.discard();
      throw new AppError("store.writeFailed", `The report ${path} cannot be written: ${errorText(cause)}`, {
        cause,
      });
    }
  };
  const flush = (): void => {
    file.write(waiting);
    waiting = "";
  };
  return {
    write: (text) => {
      waiting += text;
      if (waiting.length >= PORTION) orGiveUp(flush);
    },
    flush: () => orGiveUp(flush),
    close: () =>
      orGiveUp(() => {
        flush();
        file.finish();
      }),
  };
}

/** A device or a pipe is written to, not replaced by a file. */
function isNoFile(path: string): boolean {
  try {
    const there = statSync(path);
    return !there.isFile() && !there.isDirectory();
  } catch {
    return false;
  }
}

function checkWritable(file: WholeFile, whole: string, path: string): void {
  try {
    makeDirectory(dirname(whole));
    if (statSync(whole, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new Error("it is a directory");
    file.check();
  } catch (cause) {
    throw new AppError("usage", `The report ${path} cannot be written: ${errorText(cause)}`, {
      hint: "Name a file in a directory that can be written, for example --reporter junit:report.xml",
      cause,
    });
  }
}
