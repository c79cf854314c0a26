import type { Fact, FrameFact } from "../../station/facts.ts";
import { MASK } from "../../util/mask.ts";
import { isRecord } from "../../util/record.ts";
import type { Action } from "./actions.ts";
import { escaped, literal } from "./escape.ts";
import { type Context, UNREPEATABLE } from "./expected.ts";

/** Of an answer: other in every run, of this station's surroundings, or for people. */
const UNSTEADY = new Set([
  "transactionId",
  "certificateHashData",
  "certificateHashDataChain",
  "additionalInfo",
  "customData",
]);
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
/** A list of more is a report that nobody asked a question with. */
const MAX_ITEMS = 20;

/** A command of the central system as a step; `answer` is what the station said to it. */
export function commandOf(
  { action = "", payload }: FrameFact,
  answer: FrameFact | undefined,
  { transactions, station }: Context,
): Pick<Action, "step" | "comment"> {
  if (UNREPEATABLE.has(action))
    return { comment: `left out: ${action}, since what it names is not there when the scenario runs` };
  if (JSON.stringify(payload ?? {}).includes(MASK)) return { comment: `left out: ${action} with a secret` };
  // What the station took fits its schema; of anything else that is not known.
  const wrong = answer?.messageType !== "CALLRESULT";
  return {
    step: {
      csms: {
        send: action,
        ...(isRecord(payload) && Object.keys(payload).length > 0
          ? { payload: named(literal(payload), transactions) }
          : {}),
        ...(wrong ? { raw: true } : {}),
        ...expectOf(answer, station),
      },
    },
  };
}

function expectOf(answer: FrameFact | undefined, station: string): { expect?: unknown } {
  if (answer?.messageType === "CALLERROR") return { expect: { error: codeOf(answer.raw) } };
  const said = steady(answer?.payload, station);
  return isRecord(said) && Object.keys(said).length > 0 ? { expect: escaped(said) } : {};
}

/** What of an answer is the same whenever it is asked for: what is set, known and scheduled. Undefined: nothing. */
function steady(value: unknown, station: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => steady(item, station));
    return items.length > MAX_ITEMS || items.includes(undefined) ? undefined : items;
  }
  if (isRecord(value)) {
    const known = Object.entries(value)
      .filter(([key]) => !UNSTEADY.has(key) && !(key.toLowerCase().endsWith("value") && isOfSecurity(value)))
      .map(([key, item]) => [key, steady(item, station)] as const)
      .filter(([, item]) => item !== undefined);
    return Object.fromEntries(known);
  }
  const isOther =
    typeof value === "string" && (MOMENT.test(value) || value.includes(MASK) || value === station);
  return isOther || value === null ? undefined : value;
}

/** A scenario runs without TLS, and with a password of its own. */
const isOfSecurity = ({ key, component }: Readonly<Record<string, unknown>>): boolean =>
  key === "SecurityProfile" || (isRecord(component) && component.name === "SecurityCtrlr");

function codeOf(raw: string): unknown {
  try {
    return (JSON.parse(raw) as unknown[])[2];
  } catch {
    return "<any>";
  }
}

/** Transactions have other ids in the next run: they go by the name under which theirs was captured. */
function named(value: unknown, transactions: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => named(item, transactions));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name = key === "transactionId" ? transactions.get(String(item)) : undefined;
      return [key, name === undefined ? named(item, transactions) : `$${name}`];
    }),
  );
}

/** Transactions that commands name, and that began in this session: `tx`, `tx2`… */
export function namedTransactions(facts: readonly Fact[]): Map<string, string> {
  const begun = new Set<string>();
  const names = new Map<string, string>();
  for (const fact of facts) {
    if (fact.kind === "transaction" && fact.event === "started") begun.add(fact.transactionId);
    if (fact.kind !== "frame" || fact.source !== "station") continue;
    if (fact.direction === "in" && fact.messageType === "CALLRESULT" && fact.action === "StartTransaction")
      for (const id of idsIn(fact.payload)) begun.add(id);
    if (fact.direction !== "in" || fact.messageType !== "CALL") continue;
    for (const id of idsIn(fact.payload))
      if (begun.has(id) && !names.has(id)) names.set(id, names.size === 0 ? "tx" : `tx${names.size + 1}`);
  }
  return names;
}

function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "transactionId" && (typeof item === "string" || typeof item === "number")
      ? [String(item)]
      : idsIn(item),
  );
}
