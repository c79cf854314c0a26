import type { OCPP16 } from "typed-ocpp";
import type { SetSettingStatus, StationCommands } from "../../../station/ports.ts";

const statuses: Readonly<Record<SetSettingStatus, OCPP16.ChangeConfigurationResponse["status"]>> = {
  Accepted: "Accepted",
  Rejected: "Rejected",
  RebootRequired: "RebootRequired",
  UnknownComponent: "NotSupported",
  UnknownVariable: "NotSupported",
  NotSupported: "NotSupported",
};

/** 1.6 §5.3. */
export function changeConfiguration(
  { key, value }: OCPP16.ChangeConfigurationRequest,
  commands: StationCommands,
): OCPP16.ChangeConfigurationResponse {
  return { status: statuses[commands.setSetting(key, value).status] };
}
