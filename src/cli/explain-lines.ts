import type { Explanation } from "../app/explanation.ts";
import type { PastTap } from "../app/past-tap.ts";
import { authorizationVariables, type Difference, type Outcome } from "../station/authorization/explain.ts";
import { standardTable } from "../station/settings.ts";
import type { IdTokenInfo } from "../station/types.ts";
import { wrap } from "../util/text.ts";
import { type Colors, clean } from "./io.ts";
import { localTime } from "./time.ts";

const LABEL = 12;
/** How wide output is that goes to no terminal. */
const COLUMNS = 100;

/** Settings that matter only while the token is in list or cache, or never: shown when they are not as usual. */
const USUAL: Readonly<Record<string, boolean>> = {
  [authorizationVariables.enabled]: true,
  [authorizationVariables.disableRemoteAuthorization]: false,
  [authorizationVariables.listDisablePostAuthorize]: false,
  [authorizationVariables.cacheDisablePostAuthorize]: false,
};

/** An explanation as text: the chain in the order of the decision, the outcome, what would change it. */
export function explanationLines(e: Explanation, c: Colors, columns: number = COLUMNS): string[] {
  const row = (label: string, text: string): string[] =>
    wrap(`${c.dim(label.padEnd(LABEL))}${text}`, columns, LABEL);
  const { circumstances: now, outcome } = e;
  return [
    ...row("token", tokenText(e, c)),
    ...row(
      "station",
      `${clean(e.station)} at ${localTime(e.at)}, ${now.online ? "online" : c.yellow("offline")}`,
    ),
    ...row("1 list", placeText(now.list, now.settings.listEnabled, "LocalAuthListEnabled")),
    ...row("2 cache", placeText(now.cache, now.settings.cacheEnabled, "AuthorizationCacheEnabled")),
    ...row("3 settings", settingsText(e)),
    ...row("4 decision", `${decisionText(outcome)} ${c.dim(`(${outcome.spec})`)}`),
    ...(outcome.asks ? row("5 central", centralText(e)) : []),
    ...row("outcome", outcomeText(outcome, c)),
    ...(outcome.outcome === "accepted" && !outcome.asks ? unseen(c, columns) : []),
    ...differenceLines(e.differences, c, columns),
    ...(isGuess(e)
      ? wrap(
          `${c.yellow("!")} "${clean(e.token.idToken)}" is no UID and no known card's name: it was taken as the token itself.`,
          columns,
          2,
        )
      : []),
    ...e.notes.flatMap((note) => wrap(`${c.yellow("!")} ${clean(note)}`, columns, 2)),
  ];
}

/** Nothing is known of it, and it is no UID: perhaps a slip of the pen. */
const isGuess = ({ card, uid, token, circumstances: now }: Explanation): boolean =>
  card === undefined &&
  uid === undefined &&
  now.list === undefined &&
  now.cache === undefined &&
  !/^[0-9A-F]{8,20}$/i.test(token.idToken);

/** A tap of the journal, as it happened. */
export function pastTapLines(
  { time, uid, reader, verdict, authorize, access }: PastTap,
  c: Colors,
  columns: number = COLUMNS,
): string[] {
  const row = (label: string, text: string): string[] =>
    wrap(`${c.dim(label.padEnd(LABEL))}${text}`, columns, LABEL);
  const paint = verdict.outcome === "accepted" ? c.green : c.red;
  const ms = authorize?.ms === undefined ? "no answer is recorded" : `answered in ${authorize.ms} ms`;
  return [
    c.bold("What happened"),
    ...row("tap", `${localTime(time)}${uid === undefined ? "" : `, UID ${uid} at ${clean(reader ?? "")}`}`),
    ...row(
      "Authorize",
      authorize === undefined ? "none was sent" : `sent for ${clean(verdict.token.idToken)}, ${ms}`,
    ),
    ...(access === undefined ? [] : row("central", clean(access.why))),
    ...row(
      "verdict",
      `${paint(verdict.outcome)} as ${verdict.status}, by ${verdict.by}: ${clean(verdict.why)}`,
    ),
    "",
    c.bold(
      "The same tap decided anew, by the settings of then, and what list and cache held then and hold still",
    ),
    ...(verdict.by === "transaction" || verdict.by === "station"
      ? wrap(`${c.yellow("!")} ${BEFORE}`, columns, 2)
      : []),
  ];
}

const BEFORE =
  "That tap was decided before anybody looked at list, cache and settings. What follows holds for a card that is to start a transaction.";

function tokenText({ token, uid, card, circumstances }: Explanation, c: Colors): string {
  const parts = [
    c.bold(clean(token.idToken)),
    ...(token.type === "ISO14443" ? [] : [`type ${token.type}`]),
    ...(uid !== undefined && uid !== token.idToken ? [`which the model makes of the UID ${uid}`] : []),
    ...(card === undefined ? [] : [`card "${clean(card.nickname)}" of ${clean(card.user)}`]),
  ];
  return `${parts.join(", ")}${circumstances.token.idToken.length > 20 ? c.yellow(" (too long for OCPP 1.6)") : ""}`;
}

function placeText(entry: IdTokenInfo | undefined, on: boolean, key: string): string {
  const until =
    entry?.cacheExpiryDateTime === undefined ? "" : ` until ${localTime(entry.cacheExpiryDateTime)}`;
  const group = entry?.groupIdToken === undefined ? "" : `, group ${clean(entry.groupIdToken.idToken)}`;
  const holds = entry === undefined ? "does not hold it" : `says ${entry.status}${until}${group}`;
  return on
    ? holds
    : `is off (${key} false); it ${entry === undefined ? holds : `would say ${entry.status}`}`;
}

function settingsText({ circumstances: { settings } }: Explanation): string {
  return Object.entries(authorizationVariables)
    .map(([field, variable]) => ({ variable, on: settings[field as keyof typeof settings] }))
    .filter(
      ({ variable, on }) => USUAL[variable] !== on && !/(ListCtrlr|CacheCtrlr)\.Enabled$/.test(variable),
    )
    .map(({ variable, on }) => `${keyName(variable)} ${on}`)
    .join(", ");
}

/** The 1.6 key where there is one: most people know settings by it. */
function keyName(variable: string): string {
  return standardTable.any(variable)?.key16 ?? `${variable} (2.0.1)`;
}

const decisionText = ({ rule, why }: Outcome): string => `${rule}: ${why}`;

function centralText({ circumstances: { central }, access }: Explanation): string {
  if (central === undefined) return "is asked, and decides: what it says is not known here";
  const mode = access === undefined ? "" : `access mode ${access.mode}: `;
  return `${mode}${central.status}. ${clean(central.why)}`;
}

const DECIDERS: Readonly<Record<Outcome["by"], string>> = {
  list: "the list",
  cache: "the cache",
  csms: "the central system",
  settings: "the settings",
  transaction: "the transaction",
  station: "the station",
};

function outcomeText({ outcome, status, asks, by }: Outcome, c: Colors): string {
  const sent = asks ? "Authorize is sent" : "no Authorize is sent";
  if (outcome === "open") return `${c.yellow("open")}: ${DECIDERS[by]} decides, ${sent}`;
  const painted = outcome === "accepted" ? c.green(outcome) : c.red(`${outcome} as ${status}`);
  return `${painted} by ${DECIDERS[by]}, ${sent}`;
}

/** The trap of finding a Hidden ID by the central system's log. */
function unseen(c: Colors, columns: number): string[] {
  const text =
    "The card passes without the central system: it will not show in its log. tapstation tap --authorize (or --csms) sends the Authorize all the same.";
  return wrap(`${c.yellow("!")} ${text}`, columns, 2);
}

function differenceLines(all: readonly Difference[], c: Colors, columns: number): string[] {
  const part = (title: string, kind: Difference["kind"]): string[] => {
    const some = all.filter((d) => d.kind === kind);
    if (some.length === 0) return [];
    const lines = some.flatMap((d) =>
      wrap(`  ${changeText(d)} ${c.dim("→")} ${outcomeText(d.outcome, c)}`, columns, 4),
    );
    return ["", title, ...lines];
  };
  const none = all.some((d) => d.kind === "outcome")
    ? []
    : ["", "No single change would change the outcome."];
  return [
    ...none,
    ...part("What would change the outcome (each was tried)", "outcome"),
    ...part("What would change the way there only", "way"),
  ];
}

const changeText = ({ what, variable }: Difference): string =>
  variable === undefined ? what : `${keyName(variable)} ${what}`;
