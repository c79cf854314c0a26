import type { ReportedVariable, SetSettingStatus, ValueStore } from "./ports.ts";
import { type SettingRow, settingRows } from "./settings-table.ts";

/** The settings that a model has, by both names. One table for all stations of the model. */
export class SettingsTable {
  /** What the outside may know of, in order. */
  readonly rows: readonly SettingRow[];
  /** Their 1.6 configuration keys. */
  readonly keys16: readonly string[];
  /** Their 2.0.1 names, "Component.Variable" or "Component.Variable[instance]". */
  readonly variableNames: readonly string[];
  readonly #byName = new Map<string, SettingRow>();
  readonly #lists = new Map<string, { readonly value: string; readonly list: readonly string[] }>();

  constructor(rows: readonly SettingRow[]) {
    this.rows = rows.filter((row) => row.absent !== true);
    this.keys16 = this.rows.flatMap((row) => row.key16 ?? []);
    this.variableNames = this.rows.map((row) => row.name);
    for (const row of rows) {
      this.#byName.set(row.name, row);
      this.#byName.set(row.name.toLowerCase(), row);
      if (row.key16 !== undefined) this.#byName.set(row.key16.toLowerCase(), row);
    }
  }

  /** The members of a list's value. Taken apart once while it stays the same: every meter sample asks. */
  members(name: string, value: string): readonly string[] {
    const last = this.#lists.get(name);
    if (last?.value === value) return last.list;
    const list = members(value);
    this.#lists.set(name, { value, list });
    return list;
  }

  /** By 2.0.1 name or 1.6 key, also what this model lacks; both are case-insensitive (CiString). */
  any(name: string): SettingRow | undefined {
    return this.#byName.get(name) ?? this.#byName.get(name.toLowerCase());
  }

  /** As {@link any}, but only what the outside may know of. */
  row(name: string): SettingRow | undefined {
    const row = this.any(name);
    return row?.absent === true ? undefined : row;
  }
}

/** Everything that the house knows, with its own defaults. */
export const standardTable = new SettingsTable(settingRows);

const PROFILE = "SecurityCtrlr.SecurityProfile";

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
  if (row.type === "OptionList" && !row.options?.includes(value))
    return `${row.name} is one of ${row.options?.join(", ")}`;
  if (row.form === "phaseRotation" && !isPhaseRotation(members(value)))
    return `${row.name} is a list like 0.Unknown,1.RST`;
  if (value.length > (row.max ?? 500)) return `${row.name} has at most ${row.max ?? 500} characters`;
  if (row.options !== undefined) {
    const unknown = members(value).find((m) => !row.options?.includes(m));
    if (unknown !== undefined) return `${row.name} has no member ${unknown}`;
  }
  return undefined;
}

/** 1.6 §9.1 ConnectorPhaseRotation: each connector once, 0 being the grid's side of the main meter. */
function isPhaseRotation(list: readonly string[]): boolean {
  const form = /^(\d{1,3})\.(NotApplicable|Unknown|RST|RTS|SRT|STR|TRS|TSR)$/;
  const connectors = list.map((member) => form.exec(member)?.[1]);
  return !connectors.includes(undefined) && new Set(connectors.map(Number)).size === connectors.length;
}

/** A comma-separated list without blanks around its members. */
export function members(list: string): string[] {
  return list
    .split(",")
    .map((m) => m.trim())
    .filter((m) => m !== "");
}

/** The settings of one station: the table's defaults, below the start values, below what was set and stored. */
export class Settings {
  readonly table: SettingsTable;
  /** The security profile in force, which the credentials know. */
  profile: (() => string) | undefined;
  readonly #values: ValueStore;
  readonly #preset: Readonly<Record<string, string>>;
  readonly #onChange: (name: string, value: string) => void;
  /** What was set, read once from the store; absent in most stations of a fleet. */
  #set: Map<string, string> | undefined;
  /** What was set and takes effect with the next start. */
  #pending: Map<string, string> | undefined;

  /** `preset`: start values of this one station, by 2.0.1 name. */
  constructor(
    values: ValueStore,
    preset: Readonly<Record<string, string>> = {},
    onChange: (name: string, value: string) => void = () => {},
    table: SettingsTable = standardTable,
  ) {
    this.table = table;
    this.#values = values;
    this.#preset = preset;
    this.#onChange = onChange;
    for (const name of values.names("setting.")) {
      const value = values.get(name);
      if (typeof value === "string") this.#remember(name.slice("setting.".length), value);
    }
  }

  text(name: string): string {
    const row = this.table.any(name);
    if (row === undefined) throw new RangeError(`no setting ${name}`);
    if (row.name === PROFILE && this.profile !== undefined) return this.profile();
    return this.#set?.get(row.name) ?? this.#preset[row.name] ?? row.default;
  }

  flag(name: string): boolean {
    return this.text(name).toLowerCase() === "true";
  }

  count(name: string): number {
    return Number(this.text(name));
  }

  list(name: string): readonly string[] {
    return this.table.members(name, this.text(name));
  }

  /** As the outside reads it: with what takes effect at the next start only. */
  shown(name: string): string {
    return this.#pending?.get(name) ?? this.text(name);
  }

  /** A change from outside, checked against the row (1.6 §5.3, 2.0.1 B05). */
  set(name: string, value: string): SetSettingStatus {
    const row = this.table.row(name);
    if (row === undefined) return this.#unknown(name);
    // What only 1.6 may write never comes here: see security/security-settings.ts.
    const readOnly = row.access === "ReadOnly" || row.readOnly201 === true;
    if (readOnly || this.problem(row, value) !== undefined) return "Rejected";
    const normal = row.type === "boolean" ? value.toLowerCase() : value;
    if (row.reboot !== true) {
      this.put(row.name, normal);
      return "Accepted";
    }
    if (this.shown(row.name) !== normal) {
      this.#values.set(`setting.${row.name}`, normal);
      this.#pending ??= new Map();
      this.#pending.set(row.name, normal);
    }
    return this.#pending?.has(row.name) === true ? "RebootRequired" : "Accepted";
  }

  /** The station starts anew: what waited for that takes effect. */
  restarted(): void {
    const pending = this.#pending ?? [];
    this.#pending = undefined;
    for (const [name, value] of pending) {
      if (this.text(name) === value) continue;
      this.#remember(name, value);
      this.#onChange(name, value);
    }
  }

  /** Why a value does not fit, or undefined. */
  problem(row: SettingRow, value: string): string | undefined {
    const wrong = valueProblem(row, value);
    if (wrong !== undefined) return wrong;
    if (row.form === "phaseRotation") {
      const last = this.count("ChargingStation.NumberOfConnectors");
      if (members(value).some((m) => Number.parseInt(m, 10) > last)) return `there are ${last} connectors`;
    }
    const max = row.maxLengthKey === undefined ? undefined : this.count(row.maxLengthKey);
    return max !== undefined && members(value).length > max
      ? `${row.name} has at most ${max} members`
      : undefined;
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
    return this.table.rows.map((row) => {
      const { component, variable, instance } = splitName(row.name);
      return {
        component,
        variable,
        ...(instance === undefined ? {} : { instance }),
        ...(row.access === "WriteOnly" ? {} : { value: this.shown(row.name) }),
        mutability: row.readOnly201 === true ? "ReadOnly" : row.access,
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

  #unknown(name: string): SetSettingStatus {
    if (!name.includes(".")) return "NotSupported";
    const component = `${splitName(name).component.toLowerCase()}.`;
    return this.table.rows.some((row) => row.name.toLowerCase().startsWith(component))
      ? "UnknownVariable"
      : "UnknownComponent";
  }
}

/** "Component.Variable[instance]" in its parts. */
export function splitName(name: string): { component: string; variable: string; instance?: string } {
  const match = /^([^.]*)\.([^[]*)(?:\[(.*)\])?$/.exec(name);
  const [, component = name, variable = "", instance] = match ?? [];
  return instance === undefined ? { component, variable } : { component, variable, instance };
}
