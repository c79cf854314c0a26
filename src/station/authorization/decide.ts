import type { CsmsFailure } from "../ports.ts";
import type { AuthorizationStatus, DecidedBy, IdToken, IdTokenInfo } from "../types.ts";

/** The settings that steer authorization, by what they mean (1.6 §9.1, 2.0.1 AuthCtrlr). */
export interface AuthorizationSettings {
  readonly enabled: boolean;
  readonly listEnabled: boolean;
  readonly cacheEnabled: boolean;
  readonly localPreAuthorize: boolean;
  readonly localAuthorizeOffline: boolean;
  readonly offlineTxForUnknownId: boolean;
  readonly disableRemoteAuthorization: boolean;
  readonly listDisablePostAuthorize: boolean;
  readonly cacheDisablePostAuthorize: boolean;
}

export interface Question {
  readonly token: IdToken;
  readonly online: boolean;
  readonly settings: AuthorizationSettings;
  /** The list's entry, its status already Expired when its time has passed; absent when the list is off. */
  readonly list?: IdTokenInfo;
  /** The cache's entry, likewise. */
  readonly cache?: IdTokenInfo;
}

export type Decision =
  | {
      readonly do: "accept" | "reject";
      readonly by: DecidedBy;
      readonly status: AuthorizationStatus;
      readonly rule: string;
      readonly why: string;
      readonly spec: string;
      readonly info?: IdTokenInfo;
    }
  | { readonly do: "ask"; readonly rule: string; readonly why: string; readonly spec: string };

interface Situation extends Question {
  /** The list beats the cache, always (1.6 §3.5.3). */
  readonly entry: IdTokenInfo | undefined;
  readonly from: "list" | "cache" | "none";
}

interface Rule {
  readonly id: string;
  readonly when: (s: Situation) => boolean;
  readonly outcome: "accept" | "reject" | "ask";
  readonly by?: DecidedBy;
  readonly why: (s: Situation) => string;
  readonly spec: string;
}

const known = (s: Situation) => s.entry !== undefined;
const valid = (s: Situation) => s.entry?.status === "Accepted";
const where = (s: Situation) =>
  s.from === "list" ? "the Local Authorization List" : "the Authorization Cache";

/**
 * The whole of local authorization, first match decides. The rules are those of 1.6 §3.5 and 2.0.1 C10 to C15; they
 * agree but for two points in which the versions' texts leave room, and there the stricter reading is taken.
 */
const rules: readonly Rule[] = [
  {
    id: "authorization-off",
    when: (s) => !s.settings.enabled,
    outcome: "accept",
    by: "settings",
    why: () => "AuthCtrlr.Enabled is false: nobody is asked who charges",
    spec: "2.0.1 §2.3.1",
  },
  {
    id: "no-authorization-token",
    when: (s) => s.token.type === "NoAuthorization",
    outcome: "accept",
    by: "settings",
    why: () => "a start button needs no authorization",
    spec: "2.0.1 C02",
  },
  {
    id: "central-token",
    when: (s) => s.token.type === "Central",
    outcome: "accept",
    by: "csms",
    why: () => "the central system made this token itself",
    spec: "2.0.1 C05.FR.01",
  },
  {
    id: "pre-authorized",
    when: (s) => s.online && s.settings.localPreAuthorize && valid(s),
    outcome: "accept",
    why: (s) => `${where(s)} says Accepted and LocalPreAuthorize is true: no Authorize is sent`,
    spec: "1.6 §3.5.3, 2.0.1 C14.FR.02, C12.FR.02",
  },
  {
    id: "list-final",
    when: (s) => s.online && s.from === "list" && !valid(s) && s.settings.listDisablePostAuthorize,
    outcome: "reject",
    why: (s) => `the list says ${s.entry?.status} and LocalAuthListCtrlr.DisablePostAuthorize forbids asking`,
    spec: "2.0.1 C14.FR.03",
  },
  {
    id: "cache-final",
    when: (s) => s.online && s.from === "cache" && !valid(s) && s.settings.cacheDisablePostAuthorize,
    outcome: "reject",
    why: (s) => `the cache says ${s.entry?.status} and AuthCacheCtrlr.DisablePostAuthorize forbids asking`,
    spec: "2.0.1 C10.FR.03",
  },
  {
    id: "local-only-accept",
    when: (s) => s.online && s.settings.disableRemoteAuthorization && valid(s),
    outcome: "accept",
    why: (s) => `AuthCtrlr.DisableRemoteAuthorization is true and ${where(s)} says Accepted`,
    spec: "2.0.1 AuthCtrlr.DisableRemoteAuthorization",
  },
  {
    id: "local-only-reject",
    when: (s) => s.online && s.settings.disableRemoteAuthorization,
    outcome: "reject",
    by: "settings",
    why: () => "AuthCtrlr.DisableRemoteAuthorization is true and neither list nor cache accepts the token",
    spec: "2.0.1 AuthCtrlr.DisableRemoteAuthorization",
  },
  {
    id: "ask",
    when: (s) => s.online,
    outcome: "ask",
    why: (s) =>
      known(s)
        ? `${where(s)} knows the token, the central system decides`
        : "unknown here: the central system decides",
    spec: "1.6 §4.1, 2.0.1 C01.FR.02",
  },
  {
    id: "offline-list-refuses",
    when: (s) => s.from === "list" && !valid(s),
    outcome: "reject",
    why: (s) =>
      `offline, and the list says ${s.entry?.status}: AllowOfflineTxForUnknownId does not help a known token`,
    spec: "1.6 §3.5.4, 2.0.1 C13.FR.04",
  },
  {
    id: "offline-cache-refuses",
    when: (s) => s.from === "cache" && !valid(s),
    outcome: "reject",
    why: (s) => `offline, and the cache says ${s.entry?.status}: a token that is known is not unknown`,
    spec: "1.6 §3.5.4, 2.0.1 C13.FR.04",
  },
  {
    id: "offline-known",
    when: (s) => s.settings.localAuthorizeOffline && valid(s),
    outcome: "accept",
    why: (s) => `offline, ${where(s)} says Accepted and LocalAuthorizeOffline is true`,
    spec: "1.6 §9.1.12, 2.0.1 C13.FR.01",
  },
  {
    id: "offline-any",
    when: (s) => s.settings.offlineTxForUnknownId,
    outcome: "accept",
    by: "settings",
    why: (s) => `offline, ${known(s) ? "known as valid" : "unknown"}, and AllowOfflineTxForUnknownId is true`,
    spec: "1.6 §3.5.4, 2.0.1 C15.FR.08",
  },
  {
    id: "offline-known-but-forbidden",
    when: valid,
    outcome: "reject",
    by: "settings",
    why: (s) => `offline, and LocalAuthorizeOffline is false: ${where(s)} may not be used`,
    spec: "1.6 §9.1.12",
  },
  {
    id: "offline-unknown",
    when: () => true,
    outcome: "reject",
    by: "settings",
    why: () => "offline, the token is in neither list nor cache, and AllowOfflineTxForUnknownId is false",
    spec: "1.6 §3.5.4, 2.0.1 C15",
  },
];

/** The ids of all rules, for tests that want each of them hit. */
export const ruleIds: readonly string[] = rules.map((rule) => rule.id);

/** Accept, reject or ask: pure, total, and it says why. */
export function decide(q: Question): Decision {
  const entry = q.list ?? q.cache;
  const from = q.list !== undefined ? "list" : q.cache !== undefined ? "cache" : "none";
  const situation: Situation = { ...q, entry, from };
  const rule = rules.find((r) => r.when(situation)) ?? (rules.at(-1) as Rule);
  const said = { rule: rule.id, why: rule.why(situation), spec: rule.spec };
  if (rule.outcome === "ask") return { do: "ask", ...said };
  const status =
    rule.outcome === "accept"
      ? "Accepted"
      : entry === undefined || valid(situation)
        ? "Unknown"
        : entry.status;
  const by = rule.by ?? (from === "none" ? "settings" : from);
  return { do: rule.outcome, by, status, ...said, ...(entry === undefined ? {} : { info: entry }) };
}

/**
 * What follows when Authorize brought no answer. A timeout or a broken connection is being offline; a CALLERROR or
 * nonsense is a refusal: "don't know" is never "yes".
 */
export function decideWithoutAnswer(q: Question, failure: CsmsFailure, detail: string): Decision {
  if (failure === "offline" || failure === "timeout") {
    const offline = decide({ ...q, online: false });
    return { ...offline, why: `no answer to Authorize (${detail}); ${offline.why}` };
  }
  return {
    do: "reject",
    by: "csms",
    status: "Invalid",
    rule: "no-usable-answer",
    why: `the central system gave no usable answer (${detail})`,
    spec: "1.6 §4.1",
  };
}
