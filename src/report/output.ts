import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { makeDirectory } from "../store/directory.ts";
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
  /** How wide lines may be. */
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
  const inPlace = growing || isNoFile(whole);
  const part = inPlace ? whole : `${whole}.${process.pid}.part`;
  checkWritable(part, whole, path);
  // A reporter that fails before it has written anything leaves nothing behind.
  if (!inPlace) rmSync(part, { force: true });
  let fd: number | undefined;
  let waiting = "";
  const flush = (): void => {
    fd ??= openSync(part, "w");
    for (let rest = Buffer.from(waiting); rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest));
    waiting = "";
  };
  const orGiveUp = (act: () => void): void => {
    try {
      act();
    } catch (cause) {
      if (!inPlace) rmSync(part, { force: true });
      throw new AppError("store.writeFailed", `The report ${path} cannot be written: ${errorText(cause)}`, {
        cause,
      });
    }
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
        if (fd !== undefined) closeSync(fd);
        if (!inPlace) renameSync(part, whole);
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

function checkWritable(part: string, whole: string, path: string): void {
  try {
    makeDirectory(dirname(part));
    if (statSync(whole, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new Error("it is a directory");
    closeSync(openSync(part, "w"));
  } catch (cause) {
    throw new AppError("usage", `The report ${path} cannot be written: ${errorText(cause)}`, {
      hint: "Name a file in a directory that can be written, for example --reporter junit:report.xml",
      cause,
    });
  }
}
