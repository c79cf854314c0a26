import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../station/ports.ts";

type Component = OCPP20.GetVariablesRequest["getVariableData"][number]["component"];
type Variable = OCPP20.GetVariablesRequest["getVariableData"][number]["variable"];

/**
 * The setting's name, `Component.Variable` or `Component.Variable[instance]`. Undefined for an instance of a
 * component or a component of one EVSE: this station's settings are the station's.
 */
export function settingName(component: Component, variable: Variable): string | undefined {
  if (component.instance !== undefined || component.evse !== undefined) return undefined;
  const instance = variable.instance === undefined ? "" : `[${variable.instance}]`;
  return `${component.name}.${variable.name}${instance}`;
}

/** Which of the two is unknown? Names are compared without regard to case (identifierString). */
export function whatIsUnknown(
  component: Component,
  commands: StationCommands,
): "UnknownComponent" | "UnknownVariable" {
  const start = `${component.name}.`.toLowerCase();
  const addressable = component.instance === undefined && component.evse === undefined;
  const known =
    addressable && commands.settingNames("variable").some((n) => n.toLowerCase().startsWith(start));
  return known ? "UnknownVariable" : "UnknownComponent";
}
