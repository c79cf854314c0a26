import type { OCPP20 } from "typed-ocpp";
import type { IdToken, IdTokenInfo } from "../../station/types.ts";
import { defined, idThatFits } from "../wire.ts";

type WireToken = OCPP20.AuthorizeRequest["idToken"];
type WireTokenInfo = OCPP20.AuthorizeResponse["idTokenInfo"];

/** IdTokenType (part 2, 2.28). NoAuthorization has no text (C02). @throws AppError `input.invalid` */
export function wireToken({ idToken, type }: IdToken): WireToken {
  if (type === "NoAuthorization") return { idToken: "", type };
  return { idToken: idThatFits("idToken", idToken, 36), type };
}

/** Without additionalInfo: it is no part of the token's identity (errata, C01.FR.25). */
export function tokenOf({ idToken, type }: WireToken): IdToken {
  return { idToken, type };
}

/** IdTokenInfoType (part 2, 2.29); of the personal message the text. */
export function tokenInfoOf(info: WireTokenInfo): IdTokenInfo {
  return defined({
    status: info.status,
    cacheExpiryDateTime: info.cacheExpiryDateTime,
    groupIdToken: info.groupIdToken === undefined ? undefined : tokenOf(info.groupIdToken),
    chargingPriority: info.chargingPriority,
    language1: info.language1,
    personalMessage: info.personalMessage?.content,
    evseId: info.evseId,
  });
}
