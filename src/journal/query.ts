import type { Fact } from "../station/facts.ts";
import { AppError } from "../util/errors.ts";
import { tokensOf } from "./tokens.ts";
import type { JournalEntry, JournalQuery } from "./types.ts";

/**
 * A query in the form that facts are compared in: times as facts write them, tokens in upper case.
 * @throws AppError `input.invalid`
 */
export function normalized(q: JournalQuery): JournalQuery {
  return {
    ...q,
    ...(q.token === undefined ? {} : { token: q.token.toUpperCase() }),
    ...(q.since === undefined ? {} : { since: timeOf("since", q.since) }),
    ...(q.until === undefined ? {} : { until: timeOf("until", q.until) }),
  };
}

function timeOf(name: string, text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) {
    throw new AppError("input.invalid", `"${text}" is no time (${name})`, {
      hint: "Write it as 2030-01-31 or 2030-01-31T08:15:00Z.",
    });
  }
  return new Date(ms).toISOString();
}

type Test = (fact: Fact, q: JournalQuery) => boolean;

/** One test for each condition that looks at the fact itself; the rest is about its place. */
const tests: { readonly [K in keyof JournalQuery]?: Test } = {
  kinds: (fact, q) => q.kinds?.includes(fact.kind) === true,
  station: (fact, q) => fact.station === q.station,
  source: (fact, q) => fact.source === q.source,
  action: (fact, q) => fact.kind === "frame" && fact.action?.toLowerCase() === q.action?.toLowerCase(),
  direction: (fact, q) => fact.kind === "frame" && fact.direction === q.direction,
  token: (fact, q) => q.token !== undefined && tokensOf(fact, textOf(fact)).has(q.token),
  since: (fact, q) => fact.time >= (q.since ?? ""),
  until: (fact, q) => fact.time < (q.until ?? ""),
};

/** Answers a query over entries in memory, which stand in order. */
export function select(entries: Iterable<JournalEntry>, q: JournalQuery): JournalEntry[] {
  const asked = normalized(q);
  const given = Object.entries(tests).flatMap(([name, test]) =>
    asked[name as keyof JournalQuery] === undefined ? [] : [test],
  );
  const found: JournalEntry[] = [];
  for (const entry of entries) {
    if (entry.seq > (asked.afterSeq ?? 0) && given.every((test) => test(entry, asked))) found.push(entry);
  }
  return portion(found, asked);
}

/** The newest `last` of these, and the oldest `first` of those. */
export function portion(entries: JournalEntry[], q: JournalQuery): JournalEntry[] {
  const newest = q.last === undefined ? entries : entries.slice(Math.max(0, entries.length - count(q.last)));
  return q.first === undefined ? newest : newest.slice(0, count(q.first));
}

/** A number of facts as it can be asked for: whole and not below zero. */
export function count(n: number): number {
  return Number.isFinite(n) ? Math.max(0, Math.trunc(n)) : 0;
}

/**
 * A fact or what is made of it as JSON text. A payload that cannot be written (nested too deep) is left out: the
 * frame's text has it.
 */
export function textOf(fact: object): string {
  try {
    return JSON.stringify(fact);
  } catch {
    return JSON.stringify(fact, (key, value) => (key === "payload" ? undefined : value));
  }
}
