import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { Refusal } from "../../dialect.ts";
import { clip, defined, limitSetting } from "../../wire.ts";

/**
 * 1.6 §5.8: the keys asked for, or all. More than GetConfigurationMaxKeys at once are refused: 1.6 names no answer, so
 * it is the one that 2.0.1 names (B06.FR.16). A write-only key is there without its value (security white paper §7).
 */
export function getConfiguration(
  { key: asked }: OCPP16.GetConfigurationRequest,
  commands: StationCommands,
): OCPP16.GetConfigurationResponse | Refusal {
  const max = limitSetting(commands, "GetConfigurationMaxKeys");
  if (max !== undefined && (asked?.length ?? 0) > max) {
    return new Refusal("OccurrenceConstraintViolation", `At most ${max} keys in one GetConfiguration`);
  }
  const all = asked === undefined || asked.length === 0;
  const configurationKey: NonNullable<OCPP16.GetConfigurationResponse["configurationKey"]> = [];
  const unknownKey: string[] = [];
  for (const key of all ? commands.settingNames("key") : asked) {
    const setting = commands.getSetting(key);
    if (setting === undefined) unknownKey.push(key);
    else configurationKey.push(keyValue(setting));
  }
  return unknownKey.length > 0 ? { configurationKey, unknownKey } : { configurationKey };
}

function keyValue({ name, value, readOnly }: NonNullable<ReturnType<StationCommands["getSetting"]>>) {
  return defined({
    key: name,
    readonly: readOnly,
    value: value === undefined ? undefined : clip(value, 500),
  });
}
