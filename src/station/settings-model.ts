import { AppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import { MEASURANDS, measurandOptions, measurandsOf } from "./measurands.ts";
import { SECRET_SETTING } from "./secrets.ts";
import { members, SettingsTable, standardTable, valueProblem } from "./settings.ts";
import { type SettingRow, type SettingType, settingRows } from "./settings-table.ts";
import type { Supply } from "./types.ts";

/** A setting that only this model has. */
export interface OwnSetting {
  /** 1.6 configuration key, CiString50; in 2.0.1 the variable of this name of component `Custom`. */
  readonly key: string;
  readonly type: Exclude<SettingType, "OptionList">;
  readonly default: string;
  readonly access?: SettingRow["access"];
  readonly min?: number;
  readonly max?: number;
  /** What a list may have. */
  readonly options?: readonly string[];
  readonly rebootRequired?: boolean;
}

/** How a station model's settings differ from the house's. Names are 2.0.1 names or 1.6 keys. */
export interface SettingsModel {
  /** For messages about this model. */
  readonly id: string;
  readonly defaults?: Readonly<Record<string, string>>;
  /** Unknown to the outside; what a boolean among them switches is off. */
  readonly lacks?: readonly string[];
  readonly readOnly?: readonly string[];
  /** A change takes effect with the next start. */
  readonly rebootRequired?: readonly string[];
  readonly own?: readonly OwnSetting[];
  readonly evses: number;
  readonly supply: Pick<Supply, "current" | "phases">;
  /** What its meter offers; left out, everything on its supply. */
  readonly measurands?: readonly string[];
  /** Its meters sign (2.0.1 FiscalMetering, SignReadings). */
  readonly signs?: boolean;
  /** Can it hold a cable by a lock? A fixed cable has none. */
  readonly locks: boolean;
}

/**
 * The settings of a model, made once for all its stations.
 * @throws AppError `definition.invalid` for a name that there is not, and for a default that does not fit
 */
export function modelTable(model: SettingsModel): SettingsTable {
  const changes = new Map<string, Partial<SettingRow>>();
  const change = (name: string, what: Partial<SettingRow>) => {
    const row = standardTable.any(name);
    if (row === undefined) throw unknownName(model, name);
    changes.set(row.name, { ...changes.get(row.name), ...what });
  };
  for (const [name, what] of hardware(model)) change(name, what);
  for (const name of model.lacks ?? []) {
    const off = standardTable.any(name)?.type === "boolean" ? { default: "false" } : {};
    change(name, { absent: true, ...off });
  }
  for (const name of model.readOnly ?? []) change(name, { access: "ReadOnly" });
  for (const name of model.rebootRequired ?? []) change(name, { reboot: true });
  for (const [name, value] of Object.entries(model.defaults ?? {})) change(name, { default: value });
  const rows = settingRows.map((row) => ({ ...row, ...changes.get(row.name) }));
  const signing = model.signs === true ? signingRows(model.evses) : [];
  const own = [...signing, ...(model.own ?? []).map((o) => ownRow(model, o))];
  for (const row of [...rows, ...own]) {
    const problem = valueProblem(row, row.default);
    if (problem !== undefined) throw invalid(model, `${problem}, not "${row.default}"`);
  }
  return new SettingsTable([...rows, ...own]);
}

/** What follows from what the model is built of. */
function* hardware(model: SettingsModel): Iterable<[string, Partial<SettingRow>]> {
  yield ["ChargingStation.NumberOfConnectors", { default: String(model.evses) }];
  const onePhase = model.supply.current === "DC" || model.supply.phases === 1;
  const rotation = onePhase ? "NotApplicable" : "Unknown";
  const connectors = Array.from({ length: model.evses + 1 }, (_, i) => `${i}.${rotation}`);
  yield ["ChargingStation.ConnectorPhaseRotation", { default: connectors.join(",") }];
  yield ["ChargingStation.ConnectorPhaseRotationMaxLength", { default: String(connectors.length) }];
  // A cable that is fixed stays where it is (1.6 erratum 3.84).
  if (!model.locks)
    yield ["OCPPCommCtrlr.UnlockOnEVSideDisconnect", { default: "false", access: "ReadOnly" }];
  const unknown = model.measurands?.find((m) => !MEASURANDS.includes(m));
  if (unknown !== undefined) throw unknownName(model, unknown, MEASURANDS);
  const onSupply = measurandsOf(model.supply);
  const offered = (model.measurands ?? onSupply).filter((m) => onSupply.includes(m));
  const options = measurandOptions(model.supply, offered);
  for (const row of settingRows) {
    if (row.options === undefined || !row.name.endsWith("Measurands")) continue;
    const known = members(row.default).filter((m) => options.includes(m));
    yield [row.name, { options, default: known.join(",") }];
    if (row.maxLengthKey !== undefined) yield [row.maxLengthKey, { default: String(options.length) }];
  }
}

/** By the names of the Open Charge Alliance's note on signed meter values; the public key is the station's to fill in. */
function signingRows(evses: number): SettingRow[] {
  return [
    {
      name: "SampledDataCtrlr.SignReadings",
      key16: "SampledDataSignReadings",
      type: "boolean",
      default: "true",
      access: "ReadWrite",
    },
    {
      name: "OCPPCommCtrlr.PublicKeyWithSignedMeterValue",
      key16: "PublicKeyWithSignedMeterValue",
      type: "OptionList",
      default: "OncePerTransaction",
      access: "ReadWrite",
      options: ["Never", "OncePerTransaction", "EveryMeterValue"],
    },
    ...Array.from({ length: evses }, (_, i) => ({
      name: publicKeySetting(i + 1),
      key16: `MeterPublicKey${i + 1}`,
      type: "string" as const,
      default: "",
      access: "ReadOnly" as const,
    })),
  ];
}

/** The public key of an EVSE's meter: DER, hex. */
export const publicKeySetting = (evseId: number): string => `FiscalMetering.PublicKey[${evseId}]`;

function ownRow(model: SettingsModel, o: OwnSetting): SettingRow {
  const { key, type, access = "ReadWrite", rebootRequired, default: value, ...limits } = o;
  if (standardTable.any(key) !== undefined) throw invalid(model, `${key} is a setting of every station`);
  if (access === "WriteOnly" && !SECRET_SETTING.test(key))
    throw invalid(
      model,
      `${key} is write-only: call it ...Password, ...Secret or ...Pin, so that logs mask it`,
    );
  const reboot = rebootRequired === true ? { reboot: true } : {};
  return { name: `Custom.${key}`, key16: key, type, default: value, access, ...limits, ...reboot };
}

function unknownName(model: SettingsModel, name: string, known?: readonly string[]): AppError {
  const all = known ?? settingRows.flatMap((row) => [row.name, row.key16 ?? row.name]);
  const near = nearest(name, all);
  return new AppError("definition.invalid", `Station model ${model.id}: there is no ${name}`, {
    hint: near === undefined ? "Use a 2.0.1 Component.Variable or a 1.6 key." : `Did you mean "${near}"?`,
  });
}

function invalid(model: SettingsModel, what: string): AppError {
  return new AppError("definition.invalid", `Station model ${model.id}: ${what}`, {
    hint: "Correct the model's file in devices/stations.",
  });
}
