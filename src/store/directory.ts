import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a directory and those around it, each with these permissions. Level by level: `recursive` of mkdir never
 * returns in places like /proc on Node 20.
 */
export function makeDirectory(dir: string, mode = 0o777): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(dir);
  if (parent !== dir) makeDirectory(parent, mode);
  mkdirSync(dir, { mode });
}
