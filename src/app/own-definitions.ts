import { statSync } from "node:fs";
import { type Definitions, loadDefinitions } from "../drivers/definitions.ts";
import { dataFiles } from "./paths.ts";

/**
 * The package's device definitions and the user's own, those in `devices` of the data directory.
 * @throws AppError `definition.invalid` with file:line:col, also for an id that is taken already
 */
export function loadOwnDefinitions(data: string | undefined): Promise<Definitions> {
  const own = data === undefined ? undefined : dataFiles(data).devices;
  const there = own !== undefined && statSync(own, { throwIfNoEntry: false })?.isDirectory() === true;
  return loadDefinitions(there ? [own] : []);
}
