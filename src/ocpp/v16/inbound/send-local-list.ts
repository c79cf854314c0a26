import type { OCPP16 } from "typed-ocpp";
import type { ListUpdate, StationCommands } from "../../../station/ports.ts";
import { isListUpdateSound, limitSetting } from "../../wire.ts";
import { tokenInfoOf, tokenOf } from "../tokens.ts";

/** 1.6 §5.15, §6.41, §7.47. */
export function sendLocalList(
  request: OCPP16.SendLocalListRequest,
  commands: StationCommands,
): OCPP16.SendLocalListResponse {
  if (!commands.listVersion().enabled) return { status: "NotSupported" };
  const update: ListUpdate = {
    version: request.listVersion,
    type: request.updateType,
    entries: (request.localAuthorizationList ?? []).map(({ idTag, idTagInfo }) => ({
      token: tokenOf(idTag),
      ...(idTagInfo === undefined ? {} : { info: tokenInfoOf(idTagInfo) }),
    })),
  };
  if (!isListUpdateSound(update, limitSetting(commands, "SendLocalListMaxLength")))
    return { status: "Failed" };
  return { status: commands.updateList(update).status };
}
