import type { Fact, FrameFact } from "../../station/facts.ts";
import { isRecord } from "../../util/record.ts";
import type { CardSetup } from "../bench.ts";
import { ERROR_CODES } from "../error-codes.ts";
import type { Step } from "./actions.ts";
import { literal } from "./escape.ts";

/** What the built-in central system has to know and to do, so that it answers as the recorded one did. */
export interface Answers {
  readonly cards: readonly CardSetup[];
  /** Steps before the action that made the station ask, by the index of the asking fact. */
  readonly steps: ReadonlyMap<number, readonly Step[]>;
}

type Known = "accepted" | "blocked" | "none";

/** What the built-in central system says of a card that it does not know. */
const UNKNOWN: Readonly<Record<string, string>> = { "1.6": "Invalid", "2.0.1": "Unknown" };
/** An answer that took longer is late on purpose when something else was done meanwhile, ms. */
const LATE_MS = 200;

/** Follows what was answered about each token; `doneAt` are the moments at which something was done, ms. */
export function answersOf(facts: readonly Fact[], ocpp: string, doneAt: readonly number[]): Answers {
  const known = new Map<string, Known>();
  const cards: CardSetup[] = [];
  const steps = new Map<number, Step[]>();
  for (const { call, asked, answer } of exchangesOf(facts)) {
    const add = (...more: Step[]): unknown => steps.set(call, [...(steps.get(call) ?? []), ...more]);
    const said = infoOf(answer.payload);
    const token = tokenOf(asked.payload);
    const judged = said !== undefined && token !== undefined;
    const wanted = judged ? knownBy(String(said.info.status), ocpp) : undefined;
    const exact = judged && (wanted === undefined || hasGroup(said.info));
    // One step for all of it: each would be for another request.
    const otherwise = {
      ...late(asked, answer, doneAt),
      ...otherAnswer(asked.action, answer),
      ...(exact ? exactly(said) : {}),
    };
    if (Object.keys(otherwise).length > 0) add({ csms: { answer: asked.action, ...otherwise, once: true } });
    if (!judged || wanted === undefined) continue;
    const before = known.get(token);
    known.set(token, wanted);
    if (before !== undefined && before !== wanted) add(change(token, before, wanted));
    else if (before === undefined && wanted !== "none")
      cards.push({ id: token, ...(wanted === "blocked" ? { blocked: true } : {}) });
  }
  return { cards, steps };
}

interface Exchanged {
  readonly call: number;
  readonly asked: Fact & FrameFact & { readonly action: string };
  readonly answer: Fact & FrameFact;
}

const ANSWERS: ReadonlySet<string> = new Set(["CALLRESULT", "CALLERROR"]);

/** An error, or what became of a vendor's data: the built-in central system knows no vendor. */
function otherAnswer(action: string, { messageType, payload }: FrameFact): Step {
  if (!isRecord(payload)) return {};
  if (messageType === "CALLERROR") return { error: errorCode(String(payload.errorCode)) };
  return action === "DataTransfer" && payload.status !== "UnknownVendorId" ? { with: literal(payload) } : {};
}

/** Some central systems make up theirs. */
function errorCode(code: string): string {
  return ERROR_CODES.some((known) => known === code) ? code : "GenericError";
}

/** CALLs of the station with their answers. */
function exchangesOf(facts: readonly Fact[]): Exchanged[] {
  const open = new Map<string, { call: number; asked: Exchanged["asked"] }>();
  const found: Exchanged[] = [];
  facts.forEach((fact, call) => {
    if (fact.kind !== "frame" || fact.source !== "station" || fact.messageId === undefined) return;
    const { action, messageType, direction, messageId } = fact;
    if (messageType === "CALL" && direction === "out" && action !== undefined)
      open.set(messageId, { call, asked: { ...fact, action } });
    else if (ANSWERS.has(messageType ?? "") && direction === "in") {
      const asked = open.get(messageId);
      open.delete(messageId);
      if (asked !== undefined) found.push({ ...asked, answer: fact });
    }
  });
  return found.sort((a, b) => a.call - b.call);
}

function late(asked: Exchanged["asked"], answer: Fact, doneAt: readonly number[]): Step {
  const from = Date.parse(asked.time);
  const ms = Date.parse(answer.time) - from;
  if (ms < LATE_MS || !doneAt.some((at) => at > from && at < from + ms)) return {};
  return { delay: `${Math.round(ms / 100) * 100} ms` };
}

function knownBy(status: string, ocpp: string): Known | undefined {
  if (status === "Accepted") return "accepted";
  if (status === "Blocked") return "blocked";
  return status === UNKNOWN[ocpp] ? "none" : undefined;
}

interface Said {
  readonly member: "idTagInfo" | "idTokenInfo";
  readonly info: Readonly<Record<string, unknown>>;
}

function infoOf(payload: unknown): Said | undefined {
  if (!isRecord(payload)) return undefined;
  for (const member of ["idTagInfo", "idTokenInfo"] as const) {
    const info = payload[member];
    if (isRecord(info)) return { member, info };
  }
  return undefined;
}

const hasGroup = (info: Said["info"]): boolean =>
  info.parentIdTag !== undefined || info.groupIdToken !== undefined;

function tokenOf(payload: unknown): string | undefined {
  if (!isRecord(payload)) return undefined;
  const { idTag, idToken } = payload;
  if (typeof idTag === "string") return idTag;
  return isRecord(idToken) && typeof idToken.idToken === "string" ? idToken.idToken : undefined;
}

/** The answer itself: moments in it are those of the session, and left out. */
function exactly({ member, info }: Said): Step {
  const { expiryDate: _, cacheExpiryDateTime: __, ...rest } = info;
  return { with: { [member]: literal(rest) } };
}

function change(token: string, before: Known, wanted: Known): Step {
  const id = literal(token);
  if (wanted === "none") return { csms: { "remove-card": id } };
  if (before === "none") return { csms: { card: wanted === "blocked" ? { id, blocked: true } : id } };
  return { csms: wanted === "blocked" ? { block: id } : { unblock: id } };
}
