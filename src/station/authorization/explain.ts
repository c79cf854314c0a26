import type { AuthorizationStatus, DecidedBy, IdToken, IdTokenInfo } from "../types.ts";
import { type AuthorizationSettings, decide, type Question } from "./decide.ts";

/** The 2.0.1 variable behind each setting that steers authorization. */
export const authorizationVariables: Readonly<Record<keyof AuthorizationSettings, string>> = {
  enabled: "AuthCtrlr.Enabled",
  listEnabled: "LocalAuthListCtrlr.Enabled",
  cacheEnabled: "AuthCacheCtrlr.Enabled",
  localPreAuthorize: "AuthCtrlr.LocalPreAuthorize",
  localAuthorizeOffline: "AuthCtrlr.LocalAuthorizeOffline",
  offlineTxForUnknownId: "AuthCtrlr.OfflineTxForUnknownIdEnabled",
  disableRemoteAuthorization: "AuthCtrlr.DisableRemoteAuthorization",
  listDisablePostAuthorize: "LocalAuthListCtrlr.DisablePostAuthorize",
  cacheDisablePostAuthorize: "AuthCacheCtrlr.DisablePostAuthorize",
};

const fields = Object.keys(authorizationVariables) as readonly (keyof AuthorizationSettings)[];

/** The settings that steer authorization, by what they mean. */
export function authorizationSettings(flag: (variable: string) => boolean): AuthorizationSettings {
  return Object.fromEntries(
    fields.map((field) => [field, flag(authorizationVariables[field])]),
  ) as unknown as AuthorizationSettings;
}

/** What a central system says of a token. */
export interface CentralSays {
  readonly status: AuthorizationStatus;
  readonly why: string;
}

/** Everything that a decision about a token depends on. */
export interface Circumstances {
  readonly token: IdToken;
  readonly online: boolean;
  readonly settings: AuthorizationSettings;
  /** As it counts at that moment, whether the list is switched on or not. */
  readonly list?: IdTokenInfo;
  readonly cache?: IdTokenInfo;
  /** What the central system answers when it is asked; absent: nobody here knows. */
  readonly central?: CentralSays;
}

/** What becomes of a token. `open`: the central system decides, and nobody here knows how. */
export interface Outcome {
  readonly outcome: "accepted" | "rejected" | "open";
  readonly by: DecidedBy;
  readonly status?: AuthorizationStatus;
  /** Is an Authorize sent, so that the card shows in the central system's log? */
  readonly asks: boolean;
  /** The rule of decide.ts that the station followed. */
  readonly rule: string;
  readonly why: string;
  readonly spec: string;
}

/** One thing that could be otherwise. */
export interface Change {
  /** For a person, without its name: `false instead of true`. */
  readonly what: string;
  /** The 2.0.1 variable, when it is a setting. */
  readonly variable?: string;
  readonly to: Circumstances;
}

/** A change that makes a difference, found by trying it. */
export interface Difference extends Omit<Change, "to"> {
  readonly outcome: Outcome;
  /** Another outcome, or the same one by another way. */
  readonly kind: "outcome" | "way";
}

/** What becomes of a token in these circumstances, the central system's answer included. */
export function outcomeOf(c: Circumstances): Outcome {
  const { token, online, settings, list, cache, central } = c;
  const question: Question = {
    token,
    online,
    settings,
    ...(list !== undefined && settings.listEnabled ? { list } : {}),
    ...(cache !== undefined && settings.cacheEnabled ? { cache } : {}),
  };
  const d = decide(question);
  const said = { rule: d.rule, why: d.why, spec: d.spec };
  if (d.do !== "ask") {
    const outcome = d.do === "accept" ? "accepted" : "rejected";
    return { outcome, by: d.by, status: d.status, asks: false, ...said };
  }
  if (central === undefined) return { outcome: "open", by: "csms", asks: true, ...said };
  const outcome = central.status === "Accepted" ? "accepted" : "rejected";
  return { outcome, by: "csms", status: central.status, asks: true, ...said };
}

/** Every single change of setting, connection, list and cache. */
export function* changes(c: Circumstances): Iterable<Change> {
  for (const field of fields) {
    const value = !c.settings[field];
    yield {
      what: `${value} instead of ${!value}`,
      variable: authorizationVariables[field],
      to: { ...c, settings: { ...c.settings, [field]: value } },
    };
  }
  yield {
    what: c.online ? "the connection is down" : "the connection is up",
    to: { ...c, online: !c.online },
  };
  yield* entryChanges(c, "list", "the Local Authorization List");
  yield* entryChanges(c, "cache", "the Authorization Cache");
}

function* entryChanges(c: Circumstances, where: "list" | "cache", name: string): Iterable<Change> {
  const { [where]: entry, ...without } = c;
  if (entry !== undefined) yield { what: `the token is not in ${name}`, to: without };
  for (const status of ["Accepted", "Blocked"] as const) {
    if (entry?.status !== status) yield { what: `${name} says ${status}`, to: { ...c, [where]: { status } } };
  }
}

/** Which of these changes would make a difference: tried, not argued. Those that change the outcome come first. */
export function differences(c: Circumstances, tried: Iterable<Change>): readonly Difference[] {
  const now = outcomeOf(c);
  const found: Difference[] = [];
  for (const { to, ...change } of tried) {
    const outcome = outcomeOf(to);
    if (outcome.outcome !== now.outcome) found.push({ ...change, outcome, kind: "outcome" });
    else if (outcome.asks !== now.asks || outcome.by !== now.by || outcome.status !== now.status)
      found.push({ ...change, outcome, kind: "way" });
  }
  return found.sort((a, b) => Number(a.kind === "way") - Number(b.kind === "way"));
}
