import {
  authorizationStatus,
  chargePointStatus,
  connectorStatus,
  decidedBy,
  factKinds,
  factMembers,
  signalName,
} from "../station/fact-shapes.ts";
import { actionOf } from "./action.ts";
import type { Alternative } from "./alternatives.ts";
import { ERROR_CODES } from "./error-codes.ts";
import { isPattern, operatorOf, show } from "./match.ts";
import type { PayloadOf } from "./members.ts";
import { oneOf, readEach, StepProblem, within } from "./problem.ts";
import type { Known } from "./step.ts";
import { evseOf } from "./units.ts";

/** An expectation as it is written. */
export type RawExpectation = Readonly<Record<string, unknown>>;

/** What a word looks for. */
export interface Sought {
  /** For a person: `signal accepted`. */
  readonly title: string;
  /** Members that the fact must have. */
  readonly wanted: Readonly<Record<string, unknown>>;
  /** Where in the fact `with` and `capture` look: the payload of messages, the fact itself otherwise. */
  readonly inside?: "payload";
  /** A connector's status holds also when it came before: what its fact would say, and where. */
  readonly state?: { readonly evseId?: number; readonly wanted: Readonly<Record<string, unknown>> };
}

/** With the message that it is, when it is one. */
export type ExpectedPart = Sought & { readonly payload?: PayloadOf };

/** One word that says what is expected. */
interface ExpectedWord extends Alternative {
  readonly part: (raw: RawExpectation, known: Known) => ExpectedPart;
}

const OUTCOMES = factMembers.verdict.outcome.words;
/** 2.0.1's own; the others are 1.6's nine. */
const OCCUPIED = "Occupied";
/** What 2.0.1 calls Occupied, in 1.6's words. */
const IN_USE = chargePointStatus.words.filter((word) => !Object.hasOwn(connectorStatus.has, word));
const STATUSES = [...chargePointStatus.words, OCCUPIED];
const TRANSACTION_EVENTS = factMembers.transaction.event.words;
export const FACTS = factKinds;
/** Who sends a message. */
export const SIDES = ["station", "csms"] as const;

/** What may stand beside every word. */
const COMMON = ["with", "within", "absent", "since", "count", "capture"];

/** The word that says what is expected, and what it looks for. */
export const EXPECTED: Readonly<Record<string, ExpectedWord>> = {
  signal: {
    beside: COMMON,
    part: (raw) => {
      const signal = choice("signal", raw, signalName.words, "signal");
      return { title: `signal ${show(signal)}`, wanted: members({ kind: "signal", signal }, raw) };
    },
  },
  verdict: { beside: ["by", "because", ...COMMON], part: verdict },
  message: { beside: ["from", ...COMMON], part: (raw, known) => message(raw, known, "message") },
  answer: { beside: ["from", ...COMMON], part: (raw, known) => message(raw, known, "answer") },
  error: {
    beside: ["from", "code", ...COMMON],
    part: (raw, known) => {
      const part = message(raw, known, "error");
      if (raw.code === undefined) return part;
      const errorCode = wordOrPattern("code", raw, ERROR_CODES, "error code of OCPP");
      const payload = members({ errorCode }, raw);
      return { ...part, title: `${part.title} ${show(errorCode)}`, wanted: { ...part.wanted, payload } };
    },
  },
  status: { beside: ["evse", ...COMMON], part: status },
  transaction: {
    beside: ["evse", ...COMMON],
    part: (raw, known) => {
      const event = choice("transaction", raw, TRANSACTION_EVENTS, "event of a transaction");
      const evse = raw.evse === undefined ? undefined : evseOf(["evse"], raw.evse, known);
      return {
        title: `transaction ${show(event)}${of(evse)}`,
        wanted: members({ kind: "transaction", event, ...(evse === undefined ? {} : { evseId: evse }) }, raw),
      };
    },
  },
  fact: {
    beside: COMMON,
    part: (raw) => {
      const kind = oneOf(["fact"], raw.fact, FACTS, "kind of fact");
      return { title: `fact ${kind}`, wanted: members({ kind }, raw) };
    },
  },
};

/** What the words say and what `with` adds. @throws StepProblem where both speak of the same member */
function members(said: Readonly<Record<string, unknown>>, raw: RawExpectation): Record<string, unknown> {
  const more = (raw.with ?? {}) as Record<string, unknown>;
  const twice = Object.keys(more).find((key) => Object.hasOwn(said, key));
  if (twice === undefined) return { ...said, ...more };
  throw new StepProblem(
    ["with", twice],
    `"${twice}" is said already: ${show(said[twice])}`,
    "Leave it out of with.",
  );
}

const of = (evse: number | undefined): string => (evse === undefined ? "" : ` of EVSE ${evse}`);

/** One of the words, or a matcher of several: {oneOf: [x, y]}, {not: x}. @throws StepProblem */
function choice(key: string, raw: RawExpectation, known: readonly string[], what: string): unknown {
  const value = raw[key];
  const operation = operatorOf(value);
  if (operation === undefined) return oneOf([key], value, known, what);
  const { name, operand } = operation;
  // not: [x, y] and not: { oneOf: [x, y] } are the same: none of these.
  const nested = name === "not" ? operatorOf(operand) : undefined;
  const given = nested?.name === "oneOf" ? nested.operand : operand;
  const at = nested === undefined ? [key, name] : [key, name, nested.name];
  const read = (one: unknown, place: readonly (string | number)[]) =>
    within([...at, ...place], () => oneOf([], one, known, what));
  if (!Array.isArray(given)) return { [name]: read(given, []) };
  const words = given.map((one, i) => read(one, [i]));
  return name === "not" ? { not: { oneOf: words } } : { [name]: words };
}

function verdict(raw: RawExpectation): ExpectedPart {
  const { outcome, by, because } = readEach({
    outcome: () => choice("verdict", raw, OUTCOMES, "verdict"),
    by: () => (raw.by === undefined ? {} : { by: choice("by", raw, decidedBy.words, "one who decides") }),
    because: () =>
      raw.because === undefined
        ? {}
        : { status: wordOrPattern("because", raw, authorizationStatus.words, "authorization status") },
  });
  const said = Object.values({ ...because, ...by }).map(show);
  return {
    title: ["verdict", show(outcome), ...said].join(" "),
    wanted: members({ kind: "verdict", outcome, ...by, ...because }, raw),
  };
}

function wordOrPattern(key: string, raw: RawExpectation, known: readonly string[], what: string): unknown {
  const value = raw[key];
  return typeof value === "string" && isPattern(value) ? value : choice(key, raw, known, what);
}

function status(raw: RawExpectation, known: Known): ExpectedPart {
  const wanted = choice("status", raw, STATUSES, "status of a connector");
  const evse = raw.evse === undefined ? undefined : evseOf(["evse"], raw.evse, known);
  const member = wanted === OCCUPIED ? { status: wanted } : { chargePointStatus: inWordsOf16(wanted) };
  const at = evse === undefined ? {} : { evseId: evse };
  return {
    title: `status ${show(wanted)}${of(evse)}`,
    wanted: members({ kind: "connector", ...member, ...at }, raw),
    state: { wanted: member, ...at },
  };
}

/** Occupied among others: the five that it stands for. */
function inWordsOf16(wanted: unknown): unknown {
  const operation = operatorOf(wanted);
  if (operation === undefined) return wanted;
  const { operand } = operation;
  const all = [operatorOf(operand)?.operand ?? operand]
    .flat()
    .flatMap((one) => (one === OCCUPIED ? IN_USE : [one]));
  return operation.name === "not" ? { not: { oneOf: all } } : { oneOf: all };
}

const MESSAGES = {
  message: { type: "CALL", kind: "request", isAnswer: false },
  answer: { type: "CALLRESULT", kind: "response", isAnswer: true },
  error: { type: "CALLERROR", kind: "error", isAnswer: true },
} as const;

/** Who sends it when that is not said: of an action that both may send, the station. */
function senderOf(action: string, isAnswer: boolean, known: Known): (typeof SIDES)[number] {
  const asks = known.sendersOf(action)[0] ?? "station";
  return (asks === "station") === isAnswer ? "csms" : "station";
}

const named = (side: (typeof SIDES)[number]): string => (side === "csms" ? "central system" : side);

function message(raw: RawExpectation, known: Known, key: keyof typeof MESSAGES): ExpectedPart {
  const { type, kind, isAnswer } = MESSAGES[key];
  const action = actionOf([key], raw[key], known);
  const usual = senderOf(action, isAnswer, known);
  const from = raw.from === undefined ? usual : oneOf(["from"], raw.from, SIDES, "side");
  const asks = isAnswer ? SIDES.filter((side) => side !== from) : [from];
  if (!asks.some((side) => known.sendersOf(action).includes(side)))
    throw new StepProblem(
      ["from"],
      `${key === "message" ? "" : `an ${key} to `}${action} never comes from the ${named(from)}`,
      `Leave from out. What is sent although OCPP has it otherwise is fact: frame, with: { action: ${action}, direction: ${from === "station" ? "out" : "in"} }.`,
    );
  const payload = raw.with === undefined ? {} : { payload: raw.with };
  return {
    title: `${key} ${action}${from === usual ? "" : ` from the ${named(from)}`}`,
    wanted: {
      kind: "frame",
      source: "station",
      messageType: type,
      action,
      direction: from === "station" ? "out" : "in",
      ...payload,
    },
    inside: "payload",
    payload: { action, kind },
  };
}
