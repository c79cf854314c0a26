import { type SettingsTable, standardTable, valueProblem } from "../../station/settings.ts";
import { AppError } from "../../util/errors.ts";
import { nearest } from "../../util/nearest.ts";

/**
 * The setting of a table by its 1.6 key or its 2.0.1 name.
 * @throws AppError `input.invalid` when there is none, or the value does not fit it
 */
export function settingOf(table: SettingsTable, name: string, value: string) {
  const row = table.any(name);
  if (row === undefined) throw unknownSetting(name);
  const problem = valueProblem(row, value);
  if (problem === undefined) return row;
  throw new AppError("input.invalid", `"${value}" does not fit ${name}: ${problem}`, {
    hint: "Write a value that does.",
  });
}

/** 1.6 keys become 2.0.1 names. @throws AppError `input.invalid` */
export function byName(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [settingOf(standardTable, name, value).name, value]),
  );
}

function unknownSetting(name: string): AppError {
  const meant = nearest(name, [...standardTable.keys16, ...standardTable.variableNames]);
  return new AppError("input.invalid", `There is no setting "${name}"`, {
    hint:
      meant === undefined
        ? "Write a configuration key of OCPP 1.6 or Component.Variable of 2.0.1."
        : `Did you mean ${meant}?`,
  });
}
