import { MASK } from "../util/mask.ts";
import { isRecord } from "../util/record.ts";
import type { FactBody } from "./facts.ts";
import type { IdToken } from "./types.ts";

/**
 * Names of 1.6 keys and 2.0.1 variables whose values are secrets: AuthorizationKey, BasicAuthPassword and vendors' own. Logs
 * know them by their names only, on the central system's side too.
 */
export const SECRET_SETTING = /AuthorizationKey|password|passphrase|secret|pin$/i;

/** A token as it may be told: of a PIN code (2.0.1 type KeyCode) nobody learns more than that there is one. */
export const toldToken = (token: IdToken): IdToken =>
  token.type === "KeyCode" ? { ...token, idToken: MASK } : token;

/** A fact as it may be told: the PIN codes among its tokens are masked. */
export function toldFact(fact: FactBody): FactBody {
  switch (fact.kind) {
    case "verdict": {
      const { token, info } = fact;
      const group = info?.groupIdToken;
      return {
        ...fact,
        token: toldToken(token),
        ...(group === undefined ? {} : { info: { ...info, groupIdToken: toldToken(group) } }),
      } as FactBody;
    }
    case "authorization":
    case "reservation":
      return { ...fact, idToken: toldToken(fact.idToken) };
    case "transaction":
      return fact.idToken === undefined ? fact : { ...fact, idToken: toldToken(fact.idToken) };
    default:
      return fact;
  }
}

/**
 * Which members of an object of an OCPP message are secrets because of what stands beside them: the token beside type
 * KeyCode, the value beside the name of a secret setting. With `attributeValue` so is `variableAttribute[].value`.
 */
export function secretMembers(object: Readonly<Record<string, unknown>>): readonly string[] {
  const { type, key, variable } = object;
  if (isText(type, /^KeyCode$/i)) return ["idToken", "additionalIdToken"];
  if (isText(key, SECRET_SETTING)) return ["value"];
  if (isRecord(variable) && isText(variable.name, SECRET_SETTING)) return ["attributeValue"];
  if ("password" in object && "key" in object) return ["key"];
  return [];
}

const isText = (value: unknown, pattern: RegExp): boolean => typeof value === "string" && pattern.test(value);
