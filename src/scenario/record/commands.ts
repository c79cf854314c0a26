import type { Fact, FrameFact } from "../../station/facts.ts";
import { MASK } from "../../util/mask.ts";
import { isRecord } from "../../util/record.ts";
import type { Action } from "./actions.ts";
import { escaped, literal } from "./escape.ts";
import { type Context, UNREPEATABLE } from "./expected.ts";

/** What stands in facts where a secret was, also within an address. */

/** A command of the central system as a step; `answer` is what the station said to it. */
export function commandOf(
  { action = "", payload }: FrameFact,
  answer: FrameFact | undefined,
  { transactions }: Context,
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
        ...expectOf(answer),
      },
    },
  };
}

function expectOf(answer: FrameFact | undefined): { expect?: unknown } {
  if (answer?.messageType === "CALLERROR") return { expect: { error: codeOf(answer.raw) } };
  const status = isRecord(answer?.payload) ? answer.payload.status : undefined;
  return status === undefined ? {} : { expect: { status: escaped(status) } };
}

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
