import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import picocolors from "picocolors";
import { onTestFinished } from "vitest";
import type { ReporterFault } from "../../src/report/multiplexer.ts";
import { openReporters, type ReportContext } from "../../src/report/registry.ts";
import type { RunEvent } from "../../src/scenario/types.ts";
import { recordRun } from "./recorded-run.ts";

/** A standard output that keeps what is written to it. */
export class Sink {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 80;

  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
  }
}

/** A directory that is gone after the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "tapstation-report-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface Reported {
  readonly stdout: string;
  readonly cwd: string;
  readonly faults: readonly ReporterFault[];
}

/** Lets reporters hear a run; without `events` the recorded one. */
export async function report(
  specs: readonly string[],
  o: Partial<ReportContext> & { tty?: boolean; events?: readonly RunEvent[] } = {},
): Promise<Reported> {
  const { tty = false, events = await recorded(), ...context } = o;
  const stdout = new Sink(tty);
  const cwd = o.cwd ?? tempDir();
  const reporters = await openReporters(specs, {
    stdout,
    colors: picocolors.createColors(false),
    env: {},
    cwd,
    onFault: () => {},
    ...context,
  });
  for (const event of events) reporters.on(event);
  await reporters.close();
  return { stdout: stdout.text, cwd, faults: reporters.faults };
}

let run: Promise<readonly RunEvent[]> | undefined;

/** The recorded run, made once for a file of tests. */
export const recorded = (): Promise<readonly RunEvent[]> => {
  run ??= recordRun();
  return run;
};
