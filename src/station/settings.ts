import type { ReportedVariable, SetSettingStatus, ValueStore } from "./ports.ts";
import { type SettingRow, settingRows } from "./settings-table.ts";

const byName = new Map<string, SettingRow>();
for (const row of settingRows) {
  byName.set(row.name, row);
  byName.set(row.name.toLowerCase(), row);
  if (row.key16 !== undefined) byName.set(row.key16.toLowerCase(), row);
}

/** The row of a setting by its 2.0.1 name or its 1.6 key; both are case-insensitive (CiString). */
export function settingRow(name: string): SettingRow | undefined {
  return byName.get(name) ?? byName.get(name.toLowerCase());
}

/** Every 1.6 configuration key of this station, in the table's order. */
export const keys16: readonly string[] = settingRows.flatMap((row) =>
  row.key16 === undefined ? [] : [row.key16],
);

/** Every 2.0.1 variable of this station, as "Component.Variable" or "Component.Variable[instance]". */
export const variableNames: readonly string[] = settingRows.map((row) => row.name);

/** Why a value does not fit a row, or undefined. */
export function valueProblem(row: SettingRow, value: string): string | undefined {
  if (row.type === "boolean") {
    return /^(true|false)$/i.test(value) ? undefined : `${row.name} is true or false`;
  }
  if (row.type === "integer") {
    if (!/^-?\d{1,12}$/.test(value)) return `${row.name} is a whole number`;
    const n = Number(value);
    if (row.min !== undefined && n < row.min) return `${row.name} is at least ${row.min}`;
    if (row.max !== undefined && n > row.max) return `${row.name} is at most ${row.max}`;
    return undefined;
  }
  if (value.length > (row.max ?? 500)) return `${row.name} has at most ${row.max ?? 500} characters`;
  if (row.options !== undefined) {
    const unknown = members(value).find((m) => !row.options?.includes(m));
    if (unknown !== undefined) return `${row.name} has no member ${unknown}`;
  }
  return undefined;
}

function members(list: string): string[] {
  return list
    .split(",")
    .map((m) => m.trim())
    .filter((m) => m !== "");
}

/** The settings of one station: the table's defaults, below the model's, below what was set and stored. */
export class Settings {
  readonly #values: ValueStore;
  readonly #model: Readonly<Record<string, string>>;
  readonly #onChange: (name: string, value: string) => void;
  /** What was set, read once from the store; absent in most stations of a fleet. */
  #set: Map<string, string> | undefined;

  constructor(
    values: ValueStore,
    model: Readonly<Record<string, string>> = {},
    onChange: (name: string, value: string) => void = () => {},
  ) {
    this.#values = values;
    this.#model = model;
    this.#onChange = onChange;
    for (const name of values.names("setting.")) {
      const value = values.get(name);
      if (typeof value === "string") this.#remember(name.slice("setting.".length), value);
    }
  }

  text(name: string): string {
    const row = settingRow(name);
    if (row === undefined) throw new RangeError(`no setting ${name}`);
    return this.#set?.get(row.name) ?? this.#model[row.name] ?? row.default;
  }

  flag(name: string): boolean {
    return this.text(name).toLowerCase() === "true";
  }

  count(name: string): number {
    return Number(this.text(name));
  }

  list(name: string): readonly string[] {
    return members(this.text(name));
  }

  /** A change from outside, checked against the row (1.6 §5.3, 2.0.1 B05). */
  set(name: string, value: string): SetSettingStatus {
    const row = settingRow(name);
    if (row === undefined) return unknownStatus(name);
    if (row.access === "ReadOnly" || valueProblem(row, value) !== undefined) return "Rejected";
    this.put(row.name, row.type === "boolean" ? value.toLowerCase() : value);
    return "Accepted";
  }

  /** A change from inside; no check of access. Throws AppError `store.*`: then nothing has changed. */
  put(name: string, value: string): void {
    if (this.text(name) === value) return;
    this.#values.set(`setting.${name}`, value);
    this.#remember(name, value);
    this.#onChange(name, value);
  }

  /** What holds whether it can be stored or not (BootNotification's interval): `store` does it when it can. */
  adopt(name: string, value: string, store: (keep: () => void) => void): void {
    if (this.text(name) === value) return;
    store(() => this.#values.set(`setting.${name}`, value));
    this.#remember(name, value);
    this.#onChange(name, value);
  }

  report(): readonly ReportedVariable[] {
    return settingRows.map((row) => {
      const { component, variable, instance } = splitName(row.name);
      return {
        component,
        variable,
        ...(instance === undefined ? {} : { instance }),
        ...(row.access === "WriteOnly" ? {} : { value: this.text(row.name) }),
        mutability: row.access,
        dataType: row.type,
        ...(row.unit === undefined ? {} : { unit: row.unit }),
        ...(row.max === undefined ? {} : { maxLimit: row.max }),
      };
    });
  }

  #remember(name: string, value: string): void {
    this.#set ??= new Map();
    this.#set.set(name, value);
  }
}

function unknownStatus(name: string): SetSettingStatus {
  if (!name.includes(".")) return "NotSupported";
  const component = `${splitName(name).component.toLowerCase()}.`;
  return settingRows.some((row) => row.name.toLowerCase().startsWith(component))
    ? "UnknownVariable"
    : "UnknownComponent";
}

/** "Component.Variable[instance]" in its parts. */
export function splitName(name: string): { component: string; variable: string; instance?: string } {
  const match = /^([^.]*)\.([^[]*)(?:\[(.*)\])?$/.exec(name);
  const [, component = name, variable = "", instance] = match ?? [];
  return instance === undefined ? { component, variable } : { component, variable, instance };
}
