import type { Readable, Writable } from "node:stream";
import picocolors from "picocolors";
import type { Colors } from "../util/colors.ts";
import { clean } from "../util/text.ts";

export type { Colors };
export { clean };

/** Why the program was asked to stop. */
export type StopReason = "SIGINT" | "SIGTERM" | "SIGHUP" | "quit" | "outputClosed" | "fault of tapstation";

/** What a terminal's input has beyond a stream. */
export interface Input extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
}

/** What a terminal's output has beyond a stream. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(env?: object): boolean;
}

/** Everything that a command may touch of the process. */
export interface Io {
  readonly stdin: Input;
  /** The result. */
  readonly stdout: Output;
  /** The log and the errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted (with a {@link StopReason}) when the program should stop: lasting commands end then. */
  readonly signal: AbortSignal;
  /** Asks the program to stop. */
  stop(reason: StopReason): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Colours where the stream is a terminal that has them; NO_COLOR, FORCE_COLOR and TERM=dumb count (Node's rules).
 * FORCE_COLOR asks for them also where there is none: the log of a CI server.
 */
export function colorsFor(stream: Output, env: Io["env"]): Colors {
  const has = stream.isTTY === true ? stream.hasColors?.({ ...env }) === true : isForced(env);
  return picocolors.createColors(has);
}

const isForced = ({ FORCE_COLOR }: Io["env"]): boolean =>
  FORCE_COLOR !== undefined && !["0", "false"].includes(FORCE_COLOR);

/** Writes lines to the result. */
export function print(io: Io, ...lines: readonly string[]): void {
  for (const line of lines) io.stdout.write(`${line}\n`);
}

/** Writes one object as a line of the machine-readable result. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Writes a line to the result and waits until there is room for more; nothing once the program should stop. */
export async function writeLine(io: Io, line: string): Promise<void> {
  if (io.signal.aborted || io.stdout.write(`${line}\n`)) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      io.stdout.off("drain", go);
      io.signal.removeEventListener("abort", go);
      resolve();
    };
    io.stdout.on("drain", go);
    io.signal.addEventListener("abort", go);
  });
}

/** Rows as aligned columns, the head first; the last column is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows.map((row) => row.map(clean))];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
