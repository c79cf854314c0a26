import type { OCPP20 } from "typed-ocpp";
import type { SetSettingStatus, StationCommands } from "../../../station/ports.ts";
import { Refusal } from "../../dialect.ts";
import { limitSetting } from "../../wire.ts";
import { settingName, whatIsUnknown } from "../variables.ts";

type Wish = OCPP20.SetVariablesRequest["setVariableData"][number];
type Result = OCPP20.SetVariablesResponse["setVariableResult"][number];

/** What the domain does not say finally is looked up by name: component or variable. */
const statuses: Readonly<Record<SetSettingStatus, Result["attributeStatus"] | undefined>> = {
  Accepted: "Accepted",
  Rejected: "Rejected",
  RebootRequired: "RebootRequired",
  UnknownComponent: undefined,
  UnknownVariable: undefined,
  NotSupported: undefined,
};

/** B05. The result always says the attributeType (B05.FR.12). More variables than ItemsPerMessage must not be sent (B05.FR.11). */
export function setVariables(
  { setVariableData }: OCPP20.SetVariablesRequest,
  commands: StationCommands,
): OCPP20.SetVariablesResponse | Refusal {
  const max = limitSetting(commands, "DeviceDataCtrlr.ItemsPerMessage[SetVariables]");
  if (max !== undefined && setVariableData.length > max) {
    return new Refusal("OccurrenceConstraintViolation", `At most ${max} variables in one SetVariables`);
  }
  return { setVariableResult: setVariableData.map((wish) => setVariable(wish, commands)) };
}

function setVariable(wish: Wish, commands: StationCommands): Result {
  const { component, variable, attributeType = "Actual", attributeValue } = wish;
  const echo = { component, variable, attributeType };
  if (attributeType !== "Actual") {
    return { ...echo, attributeStatus: "NotSupportedAttributeType" };
  }
  const name = settingName(component, variable);
  const status = name === undefined ? undefined : statuses[commands.setSetting(name, attributeValue).status];
  return { ...echo, attributeStatus: status ?? whatIsUnknown(component, commands) };
}
