import type { FrameFact } from "../../station/facts.ts";
import type { Colors } from "../../util/colors.ts";
import { clean, cut, some } from "../../util/text.ts";

/** Messages that come by themselves all the time: dimmed, so that the story stays readable. */
const CHATTER = new Set(["Heartbeat", "MeterValues", "StatusNotification"]);

/** Is it the answer that says no more than that a routine message has arrived, or what `registration` says? */
export const isDull = (f: FrameFact): boolean =>
  f.messageType === "CALLRESULT" &&
  f.problem === undefined &&
  (CHATTER.has(f.action ?? "") || f.action === "BootNotification");

/** The token that a CALL is about, as it is called in the message; undefined where there is none. */
export function tokenOf(f: FrameFact): string | undefined {
  for (const [path, label] of SUMMARY.filter(([, l]) => l === "idTag" || l === "idToken")) {
    const value = dig(f.payload, path);
    if (typeof value === "string") return `${label}=${cut(clean(value), 40)}`;
  }
  return undefined;
}

/**
 * One line for a frame: arrow as seen from the station, action, the payload in a few words; `about` stands before
 * them.
 */
export function frameLine(f: FrameFact, c: Colors, about?: string): string {
  const arrow = f.direction === "out" ? "→" : "←";
  const short = frameSummary(f);
  const text = some(
    `${arrow} ${f.messageType === "CALL" ? clean(f.action ?? "?") : answerHead(f)}`,
    about,
    short,
  );
  const took = f.ms === undefined ? undefined : c.dim(`${Math.round(f.ms)} ms`);
  const injected = f.injected === true ? c.magenta("[injected]") : undefined;
  const problem = f.problem === undefined ? undefined : c.red(`! ${clean(f.problem)}`);
  const wrong =
    f.messageType === "CALLERROR" || f.messageType === "CALLRESULTERROR" || f.messageType === "INVALID";
  const paint = wrong ? c.red : CHATTER.has(f.action ?? "") ? c.dim : f.direction === "out" ? c.cyan : c.blue;
  return some(paint(text), injected, problem, took);
}

function answerHead(f: FrameFact): string {
  const action = f.action === undefined ? "" : clean(f.action);
  if (f.messageType === "CALLRESULT") return action;
  return some(action, f.messageType === "INVALID" ? "not a frame" : f.messageType);
}

/** A frame's payload in a few words: the token, the status, the ids that people look for. */
export function frameSummary(f: FrameFact): string {
  if (f.messageType === "INVALID") return cut(clean(f.raw), 60);
  if (f.messageType === "CALLERROR" || f.messageType === "CALLRESULTERROR") return errorSummary(f.raw);
  const words: string[] = [];
  for (const [path, label] of SUMMARY) {
    const value = dig(f.payload, path);
    if ((typeof value !== "string" && typeof value !== "number") || USUAL.has(value)) continue;
    const word = cut(clean(String(value)), 40);
    words.push(label === undefined ? word : `${label}=${word}`);
  }
  return words.join(" ");
}

/** What is worth showing of any payload of either version, in this order; with a label what is no word by itself. */
const SUMMARY: readonly (readonly [path: readonly string[], label?: string])[] = [
  [["status"]],
  [["idTagInfo", "status"]],
  [["idTokenInfo", "status"]],
  [["eventType"]],
  [["triggerReason"]],
  [["idTag"], "idTag"],
  [["idToken", "idToken"], "idToken"],
  [["connectorStatus"]],
  [["evseId"], "evseId"],
  [["evse", "id"], "evseId"],
  [["connectorId"], "connectorId"],
  [["errorCode"]],
  [["meterStart"], "meterStart"],
  [["meterStop"], "meterStop"],
  [["transactionId"], "transactionId"],
  [["transactionInfo", "transactionId"], "transactionId"],
  [["key"], "key"],
  [["value"], "value"],
  [["requestedMessage"]],
  [["type"]],
  [["listVersion"], "listVersion"],
  [["versionNumber"], "versionNumber"],
  [["chargePointModel"]],
  [["chargingStation", "model"]],
  [["reason"]],
  [["interval"], "interval"],
];

/** What is so nearly always, and therefore no news. */
const USUAL = new Set<unknown>(["NoError"]);

function dig(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** Code and description of a CALLERROR, from its text. */
function errorSummary(raw: string): string {
  try {
    const frame: unknown = JSON.parse(raw);
    if (Array.isArray(frame)) return cut(clean(frame.slice(2, 4).map(String).join(": ")), 100);
  } catch {
    // A frame that cannot be read is shown as it is.
  }
  return cut(clean(raw), 60);
}
