import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { definitionKinds, devicesDirectory } from "../drivers/definitions.ts";
import { formatJson } from "./format-json.ts";

/** A file that is made from the sources: its path and its text. */
interface Generated {
  readonly path: string;
  readonly text: () => string;
}

const files: readonly Generated[] = Object.values(definitionKinds).map(({ schema, file }) => ({
  path: join(devicesDirectory, file),
  text: () => formatJson({ $schema: "http://json-schema.org/draft-07/schema#", ...schema }),
}));

async function stale(): Promise<Generated[]> {
  const current = await Promise.all(files.map(({ path }) => readFile(path, "utf8").catch(() => undefined)));
  return files.filter((file, i) => current[i] !== file.text());
}

/** `generate` writes what is out of date, `generate --check` only names it and fails. */
async function main(args: readonly string[]): Promise<number> {
  const outdated = await stale();
  const names = outdated.map(({ path }) => relative(process.cwd(), path));
  if (args.includes("--check")) {
    if (names.length === 0) return 0;
    process.stderr.write(`Out of date: ${names.join(", ")}\nRun: npm run generate\n`);
    return 1;
  }
  for (const file of outdated) await writeFile(file.path, file.text());
  process.stdout.write(
    names.length === 0 ? "All generated files are up to date\n" : `Wrote ${names.join(", ")}\n`,
  );
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
