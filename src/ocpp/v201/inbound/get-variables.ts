import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { Refusal } from "../../dialect.ts";
import { clip, limitSetting } from "../../wire.ts";
import { settingName, whatIsUnknown } from "../variables.ts";

type Asked = OCPP20.GetVariablesRequest["getVariableData"][number];
type Result = OCPP20.GetVariablesResponse["getVariableResult"][number];

/** B06. More variables than ItemsPerMessage may be refused (B06.FR.16). */
export function getVariables(
  { getVariableData }: OCPP20.GetVariablesRequest,
  commands: StationCommands,
): OCPP20.GetVariablesResponse | Refusal {
  const max = limitSetting(commands, "DeviceDataCtrlr.ItemsPerMessage[GetVariables]");
  if (max !== undefined && getVariableData.length > max) {
    return new Refusal("OccurrenceConstraintViolation", `At most ${max} variables in one GetVariables`);
  }
  return { getVariableResult: getVariableData.map((asked) => getVariable(asked, commands)) };
}

function getVariable(
  { component, variable, attributeType = "Actual" }: Asked,
  commands: StationCommands,
): Result {
  const echo = { component, variable, attributeType };
  if (attributeType !== "Actual") {
    return { ...echo, attributeStatus: "NotSupportedAttributeType" };
  }
  const name = settingName(component, variable);
  const setting = name === undefined ? undefined : commands.getSetting(name);
  if (setting === undefined) return { ...echo, attributeStatus: whatIsUnknown(component, commands) };
  // Write-only (B06.FR.09).
  if (setting.value === undefined) return { ...echo, attributeStatus: "Rejected" };
  return { ...echo, attributeStatus: "Accepted", attributeValue: clip(setting.value, 2500) };
}
