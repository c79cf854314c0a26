import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { definitionKinds, devicesDirectory } from "../drivers/definitions.ts";
import { publishedSchema } from "../scenario/schema.ts";
import { formatJson } from "./format-json.ts";
import { stepsMarkdown } from "./steps-markdown.ts";
import { withSupportTable } from "./support.ts";

/** A file that is made from the sources: its path and its text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: () => string;
}

const scenarioFile = fileURLToPath(new URL("../../scenarios/scenario.schema.json", import.meta.url));
const stepsFile = fileURLToPath(new URL("../../scenarios/STEPS.md", import.meta.url));
const readme = fileURLToPath(new URL("../../README.md", import.meta.url));

/** Every generated file of the repository, and the README, of which a part is generated. */
export const generatedFiles: readonly GeneratedFile[] = [
  ...Object.values(definitionKinds).map(({ schema, file }) => ({
    path: join(devicesDirectory, file),
    text: () => formatJson({ $schema: "http://json-schema.org/draft-07/schema#", ...schema }),
  })),
  {
    path: scenarioFile,
    text: () => formatJson({ $schema: "http://json-schema.org/draft-07/schema#", ...publishedSchema() }),
  },
  { path: stepsFile, text: stepsMarkdown },
  { path: readme, text: () => withSupportTable(readFileSync(readme, "utf8")) },
];

export interface GenerateResult {
  /** Paths that were out of date, as seen from the working directory. */
  readonly outdated: readonly string[];
  /** What to tell the person. */
  readonly message: string;
  readonly exitCode: 0 | 1;
}

/** Writes the files that are out of date; with `check` it only names them, and that is a failure. */
export async function generate(
  files: readonly GeneratedFile[],
  o: { readonly check: boolean },
): Promise<GenerateResult> {
  const current = await Promise.all(files.map(({ path }) => readFile(path, "utf8").catch(() => undefined)));
  const stale = files.filter((file, i) => current[i] !== file.text());
  const outdated = stale.map(({ path }) => relative(process.cwd(), path));
  if (stale.length === 0) return { outdated, message: "All generated files are up to date", exitCode: 0 };
  const names = outdated.join(", ");
  if (o.check) return { outdated, message: `Out of date: ${names}\nRun: npm run generate`, exitCode: 1 };
  for (const file of stale) await writeFile(file.path, file.text());
  return { outdated, message: `Wrote ${names}`, exitCode: 0 };
}
