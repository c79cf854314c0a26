import type { RunProblem } from "./types.ts";

/** Problems, those of a file together; what is wrong with no file comes under "". */
export function problemsByFile<P extends RunProblem>(problems: readonly P[]): [file: string, P[]][] {
  const files = new Map<string, P[]>();
  for (const problem of problems) {
    const file = problem.at?.file ?? "";
    files.set(file, [...(files.get(file) ?? []), problem]);
  }
  return [...files];
}

/** With its place in front: "tap.yaml:3:5: …". */
export function problemText({ at, message }: RunProblem): string {
  if (at === undefined) return message;
  return at.line === undefined ? `${at.file} ${message}` : `${at.file}:${at.line}:${at.col}: ${message}`;
}
