import type { OCPP20 } from "typed-ocpp";
import type { ListUpdate, StationCommands } from "../../../station/ports.ts";
import { isListUpdateSound, limitSetting } from "../../wire.ts";
import { tokenInfoOf, tokenOf } from "../tokens.ts";

/** D01. There is no NotSupported in 2.0.1: a list that is switched off answers Failed. */
export function sendLocalList(
  request: OCPP20.SendLocalListRequest,
  commands: StationCommands,
): OCPP20.SendLocalListResponse {
  const update: ListUpdate = {
    version: request.versionNumber,
    type: request.updateType,
    entries: (request.localAuthorizationList ?? []).map(({ idToken, idTokenInfo }) => ({
      token: tokenOf(idToken),
      ...(idTokenInfo === undefined ? {} : { info: tokenInfoOf(idTokenInfo) }),
    })),
  };
  const max = limitSetting(commands, "LocalAuthListCtrlr.ItemsPerMessage");
  if (!commands.listVersion().enabled || !isListUpdateSound(update, max)) return { status: "Failed" };
  const { status } = commands.updateList(update);
  return { status: status === "NotSupported" ? "Failed" : status };
}
