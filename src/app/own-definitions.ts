import { statSync } from "node:fs";
import {
  type Definitions,
  definitionOf,
  loadDefinitions,
  loadStations,
  type StationDefinition,
} from "../drivers/definitions.ts";
import type { Config } from "./config.ts";
import { DEFAULT_MODEL } from "./config-settings.ts";
import { dataFiles, isThere } from "./paths.ts";

/**
 * The package's device definitions and the user's own, those in `devices` of the data directory.
 * @throws AppError `definition.invalid` with file:line:col, also for an id that is taken already
 */
export function loadOwnDefinitions(data: string | undefined): Promise<Definitions> {
  return loadDefinitions(ownFolders(data));
}

/**
 * The station model of the configuration, one of the package's or the user's own. `loaded`: where the definitions
 * are there already; otherwise no more than the station models are read.
 * @throws AppError `definition.invalid`, `usage` for a model that there is not
 */
export async function stationModel(
  { data, model = DEFAULT_MODEL }: Pick<Config, "data" | "model">,
  loaded?: Definitions,
): Promise<StationDefinition> {
  return definitionOf(loaded ?? loadStations(ownFolders(data)), "stations", model);
}

function ownFolders(data: string | undefined): string[] {
  const own = data === undefined ? undefined : dataFiles(data).devices;
  const there = own !== undefined && isThere(own) && statSync(own).isDirectory();
  return there ? [own] : [];
}
