import type { StationDefinition } from "../drivers/definitions.ts";
import type { Manners } from "../station/quirks.ts";
import type { SettingsTable } from "../station/settings.ts";
import { modelTable } from "../station/settings-model.ts";

/* What a station model's file means to the station. */

/** By model and number of EVSEs. */
const tables = new WeakMap<StationDefinition, Map<number, SettingsTable>>();

/**
 * The settings of a model, with its own number of EVSEs or another; one table for all its stations.
 * @throws AppError `definition.invalid`
 */
export function tableOf(model: StationDefinition, evses: number = model.evses.count): SettingsTable {
  const byCount = tables.get(model) ?? new Map<number, SettingsTable>();
  const known = byCount.get(evses);
  if (known !== undefined) return known;
  const { current, phases } = model.evses;
  const table = modelTable({
    id: model.id,
    ...model.keys,
    defaults: defaultsOf(model),
    evses,
    supply: { current, phases },
    ...(model.meter?.measurands === undefined ? {} : { measurands: model.meter.measurands }),
    locks: locks(model),
    signs: model.meter?.signed !== undefined,
  });
  tables.set(model, byCount.set(evses, table));
  return table;
}

/** Sockets for plugs that can be locked: type 2 and type 3. A fixed cable is held by nothing. */
export function locks({ evses }: StationDefinition): boolean {
  return evses.connectorType.startsWith("s") && (evses.lock ?? /^sType[23]$/.test(evses.connectorType));
}

/** How the model talks otherwise than the house. */
export function mannersOf({ quirks, errors }: StationDefinition): Manners {
  return {
    ...(quirks === undefined ? {} : { quirks }),
    ...(errors === undefined ? {} : { vendorErrors: errors }),
  };
}

/** The file says Component.Variable.Instance, the table Component.Variable[Instance]. */
function defaultsOf(model: StationDefinition): Record<string, string> {
  return Object.fromEntries(
    Object.entries(model.settings ?? {}).map(([name, value]) => [
      name.replace(/^([^.]+\.[^.]+)\.([^.]+)$/, "$1[$2]"),
      String(value),
    ]),
  );
}
