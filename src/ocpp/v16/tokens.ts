import type { OCPP16 } from "typed-ocpp";
import type { IdToken, IdTokenInfo } from "../../station/types.ts";
import { defined, idThatFits } from "../wire.ts";

type IdTagInfo = OCPP16.AuthorizeResponse["idTagInfo"];

/** idToken and idTag: CiString20Type (1.6 §7.28). */
export const idTagMax = 20;

/** @throws AppError `input.invalid` when it is no idTag of 1.6. */
export function idTagOf(token: IdToken | undefined): string {
  return idThatFits("idTag", token?.idToken, idTagMax);
}

/** 1.6 tokens have no type: in the domain all are ISO14443. */
export function tokenOf(idTag: string): IdToken {
  return { idToken: idTag, type: "ISO14443" };
}

/** IdTagInfo (1.6 §7.27): the parent is a group, of type Central as in 2.0.1. */
export function tokenInfoOf({ status, expiryDate, parentIdTag }: IdTagInfo): IdTokenInfo {
  return defined({
    status,
    cacheExpiryDateTime: expiryDate,
    groupIdToken: groupOf(parentIdTag),
  });
}

/** A parentIdTag as the group that it is; an empty one is none. */
export function groupOf(parentIdTag: string | undefined): IdToken | undefined {
  return parentIdTag ? { idToken: parentIdTag, type: "Central" } : undefined;
}
