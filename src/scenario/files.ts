import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { AppError, errorText } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";

/**
 * The scenario files that paths name: files as they are, folders with all of their .yaml and .yml files. Files that
 * are only included (their name begins with _) are left out of folders.
 * @throws AppError `usage` for a path that is not there, or when nothing is found
 */
export function scenarioFiles(paths: readonly string[], cwd: string): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const full = resolve(cwd, path);
    let isFolder: boolean;
    try {
      isFolder = statSync(full).isDirectory();
    } catch (e) {
      throw new AppError("usage", `${path} cannot be read: ${errorText(e)}`, {
        hint: "Give files or folders of scenarios, for example: tapstation run scenarios/",
      });
    }
    if (!isFolder) found.add(full);
    else for (const file of yamlFilesIn(full)) found.add(file);
  }
  if (found.size > 0) return [...found];
  throw new AppError("usage", `There is no scenario in ${paths.join(", ")}`, {
    hint: "Scenarios are files that end in .yaml; the README shows how the first one is written.",
  });
}

function yamlFilesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile() && /\.ya?ml$/.test(e.name) && !e.name.startsWith("_"))
    .map((e) => join(e.parentPath, e.name))
    .sort();
}

/**
 * Where a file is that another one names; paths count from that one's folder.
 * @throws AppError `definition.invalid` when it is not there, with the nearest name
 */
export function fileBeside(named: string, folder: string): string {
  const path = resolve(folder, named);
  if (existsSync(path)) return path;
  const parts = named.split("/");
  const wrong = parts.findIndex((_, i) => !existsSync(resolve(folder, ...parts.slice(0, i + 1))));
  const meant = nearest(parts[wrong] ?? "", namesIn(resolve(folder, ...parts.slice(0, wrong))));
  throw new AppError("definition.invalid", `there is no file "${named}" beside this one`, {
    hint:
      meant === undefined
        ? "Paths count from the folder of the scenario."
        : `Did you mean "${parts.with(wrong, meant).join("/")}"?`,
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
