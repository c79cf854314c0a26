import type { StationDefinition } from "../drivers/definitions.ts";
import type { Manners } from "../station/quirks.ts";
import type { SettingsTable } from "../station/settings.ts";
import { modelTable } from "../station/settings-model.ts";

/* What a station model's file means to the station. */

const tables = new WeakMap<StationDefinition, SettingsTable>();

/**
 * The settings of a model; one table for all its stations.
 * @throws AppError `definition.invalid`
 */
export function tableOf(model: StationDefinition): SettingsTable {
  const known = tables.get(model);
  if (known !== undefined) return known;
  const { current, phases, count } = model.evses;
  const table = modelTable({
    id: model.id,
    ...model.keys,
    defaults: defaultsOf(model),
    evses: count,
    supply: { current, phases },
    ...(model.meter?.measurands === undefined ? {} : { measurands: model.meter.measurands }),
    locks: locks(model),
    signs: model.meter?.signed !== undefined,
  });
  tables.set(model, table);
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
