import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../../src/util/errors.ts";

/** A directory for one test. */
export function scratch(): { readonly path: (name: string) => string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), "tapstation-"));
  return {
    path: (name) => join(directory, name),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** What `work` throws, which must be an AppError. */
export function appErrorOf(work: () => unknown): AppError {
  try {
    work();
  } catch (e) {
    if (e instanceof AppError) return e;
    throw e;
  }
  throw new Error("it did not throw");
}

/** A helper process beside the test, run from the build; `prefix` is shell text that is run before it. */
export function startProcess(
  script: string,
  args: readonly string[],
  prefix = ":",
): { readonly child: ChildProcess; readonly lines: AsyncGenerator<string> } {
  if (!existsSync(fileURLToPath(new URL("../../dist/store/sqlite.js", import.meta.url)))) {
    throw new Error('There is no build to run: "npm run build" makes it ("npm test" does so first).');
  }
  const child = spawn(
    "sh",
    ["-c", `${prefix}; exec "$0" --expose-gc "$@"`, process.execPath, script, ...args],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  children.push(child);
  return { child, lines: linesOf(child) };
}

const children: ChildProcess[] = [];

/** For afterEach: ends what a failed test has left running. */
export function endProcesses(): void {
  for (const child of children.splice(0)) child.kill("SIGKILL");
}

/** Whole lines only: what a killed process was about to say does not count. */
async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of child.stdout ?? []) {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}

/** Everything that is still to come. */
export async function drain(lines: AsyncGenerator<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
