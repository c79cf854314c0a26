import type { JournalEntry } from "../journal/types.ts";
import { cut } from "../util/text.ts";
import { show } from "./match.ts";
import type { Came } from "./types.ts";

/** So many from the beginning and from the end are shown. */
const SHOWN_EACH = 4;
const DISTINCT_MAX = 160;
/** Of a fact: they differ from one to the next and tell nothing. */
const NOISE = new Set(["seq", "time", "ms"]);

/** Those that came, each with what tells it from the others; the ones in the middle are counted. */
export function cameOf(facts: readonly JournalEntry[]): Came {
  const distinct = distinctions(facts);
  const all = facts.map((fact, i) => ({ fact, ...(distinct[i] ? { distinct: distinct[i] } : {}) }));
  const leftOut = Math.max(0, all.length - 2 * SHOWN_EACH);
  return {
    total: all.length,
    first: leftOut === 0 ? all : all.slice(0, SHOWN_EACH),
    leftOut,
    last: leftOut === 0 ? [] : all.slice(-SHOWN_EACH),
  };
}

/** Of each: the members in which not all are the same. Times only where nothing else differs. */
function distinctions(facts: readonly JournalEntry[]): string[] {
  const leaves = facts.map((fact) => new Map(membersOf(fact)));
  const paths = [...new Set(leaves.flatMap((l) => [...l.keys()]))];
  const differing = paths.filter((path) => new Set(leaves.map((l) => l.get(path))).size > 1);
  const isTime = (path: string) => leaves.some((l) => /^\d{4}-\d\d-\d\dT/.test(l.get(path) ?? ""));
  const told = differing.filter((path) => !isTime(path));
  const named = told.length > 0 ? told : differing;
  return leaves.map((l) =>
    cut(named.flatMap((path) => (l.has(path) ? [`${path}: ${l.get(path)}`] : [])).join(", "), DISTINCT_MAX),
  );
}

function membersOf(fact: JournalEntry): [string, string][] {
  return fact.kind === "frame" ? leavesOf(fact.payload) : leavesOf(fact).filter(([path]) => !NOISE.has(path));
}

function leavesOf(value: unknown, path = ""): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, show(value)]];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, path === "" ? key : `${path}.${key}`));
}
