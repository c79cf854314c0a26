import type { JournalEntry } from "../journal/types.ts";
import type { FactKind } from "../station/facts.ts";
import { alternativeOf } from "./alternatives.ts";
import { EXPECTED, type ExpectedPart, type RawExpectation, type Sought } from "./expected.ts";
import { checkFact, checkFactCaptured, factAt } from "./fact-members.ts";
import { checkMatcher, type Difference, differences, show } from "./match.ts";
import { checkCaptured, checkPayload, payloadAt } from "./members.ts";
import { given, oneOf, readAll, readEach, StepProblem, unlessWrong } from "./problem.ts";
import type { Known } from "./step.ts";
import type { TypedPlace } from "./suited.ts";
import { duration, whole } from "./units.ts";

/** What is looked for among the facts. */
export interface Expectation extends Sought {
  readonly within?: number;
  /** Must not come for so long, ms. */
  readonly absent?: number;
  readonly count?: { readonly min: number; readonly max: number };
  /** Variables to define, by path inside. */
  readonly capture: Readonly<Record<string, string>>;
  /** Everything since the scenario began counts, not only since the last step that did something. */
  readonly fromStart: boolean;
}

/** Understands what one expectation says. @throws StepProblem */
export function parseExpectation(value: unknown, known: Known): Expectation {
  const raw = (value ?? {}) as RawExpectation;
  const capture = captureOf(raw.capture);
  const member = given(raw);
  const { part, since, within, absent, count } = readEach({
    part: () => partOf(raw, capture, known),
    matcher: () => checkMatcher(raw.with, ["with"]),
    since: member("since", (path, value) => oneOf(path, value, ["start", "step"], "moment")),
    within: member("within", duration),
    absent: member("absent", absence(raw)),
    count: member("count", countOf),
  });
  const { payload: _, ...told } = part;
  return {
    ...told,
    capture,
    fromStart: since === "start",
    ...(within === undefined ? {} : { within }),
    ...(absent === undefined ? {} : { absent }),
    ...(count === undefined ? {} : { count }),
  };
}

/** What it looks for, with what it says of its members. */
function partOf(raw: RawExpectation, capture: Readonly<Record<string, string>>, known: Known): ExpectedPart {
  const part = soughtIn(raw, known);
  readAll([() => checkMembers(raw.with, part, known), () => checkCapture(capture, part, known)]);
  return part;
}

const soughtIn = (raw: RawExpectation, known: Known): ExpectedPart =>
  alternativeOf(raw, EXPECTED, {
    none: "it does not say what is expected",
    two: "expectations",
    instead: "Write each in a step of its own, or as a list when their order counts.",
    example: "expect: { signal: accepted }.",
  }).part(raw, known);

/** Where it says what members must be: `with`. */
export const typedIn = (value: unknown, known: Known): readonly TypedPlace[] =>
  unlessWrong(() => {
    const { with: _, ...said } = (value ?? {}) as RawExpectation;
    const part = soughtIn(said, known);
    return part.payload === undefined
      ? [factAt(["with"], kindOf(part))]
      : payloadAt(["with"], part.payload, known, { isMatcher: true });
  });

/** For how long it must not come. */
const absence =
  (raw: RawExpectation) =>
  (path: string[], value: unknown): number => {
    if (raw.capture !== undefined)
      throw new StepProblem(["capture"], "what is absent has nothing to capture", "Leave it out.");
    if (raw.count === undefined && raw.within === undefined) {
      const ms = duration(path, value);
      if (ms > 0) return ms;
      throw new StepProblem(
        path,
        "nothing can come in no time",
        "Write for how long it must not: absent: 5 s.",
      );
    }
    throw new StepProblem(path, "what is absent has no count and no time to come within", "Leave it out.");
  };

type Of = Pick<ExpectedPart, "payload" | "wanted">;

const kindOf = ({ wanted }: Of): FactKind => wanted.kind as FactKind;

function checkMembers(wanted: unknown, of: Of, known: Known): void {
  if (of.payload === undefined) checkFact(wanted, kindOf(of), known, ["with"]);
  else checkPayload(wanted, of.payload, known, ["with"], "matcher");
}

function checkCapture(capture: Readonly<Record<string, string>>, of: Of, known: Known): void {
  if (of.payload === undefined) checkFactCaptured(capture, kindOf(of), ["capture"]);
  else checkCaptured(capture, of.payload, known, ["capture"]);
}

function captureOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((value ?? {}) as object).map(([name, path]) => [name, String(path)]),
  );
}

function countOf(path: string[], value: unknown): { min: number; max: number } {
  const [, from, to] = /^(\d+)?\.\.(\d+)?$/.exec(String(value)) ?? [];
  if (from !== undefined || to !== undefined) {
    const range = { min: Number(from ?? 0), max: to === undefined ? Number.POSITIVE_INFINITY : Number(to) };
    if (range.min > range.max)
      throw new StepProblem(path, `"${String(value)}" is no range`, "Write the lesser number first.");
    if (range.min === 0 && range.max === Number.POSITIVE_INFINITY)
      throw new StepProblem(path, "any number is right", "Write from or to which number: 2.. or ..2.");
    return range;
  }
  const n = whole(path, value, 0, "count");
  return { min: n, max: n };
}

/** In which points a fact is not what is expected. */
export const misses = (e: Expectation, fact: JournalEntry): Difference[] => differences(e.wanted, fact);

/** A message of another action is further away than any difference of its members. */
const ANOTHER_MESSAGE = 100;

/** The fact that came nearest: of the same kind, with the fewest differences; the latest of these. */
export function nearestTo(
  e: Expectation,
  facts: readonly JournalEntry[],
): { fact: JournalEntry; differences: Difference[]; alike: boolean } | undefined {
  let best: { fact: JournalEntry; differences: Difference[]; score: number } | undefined;
  for (const fact of facts) {
    if (fact.kind !== e.wanted.kind) continue;
    const found = misses(e, fact);
    if (found.length === 0) continue;
    const key = fact.kind === "frame" && fact.action !== e.wanted.action ? ANOTHER_MESSAGE : 0;
    const score = found.length + key;
    if (best === undefined || score <= best.score) best = { fact, differences: found, score };
  }
  return best === undefined
    ? undefined
    : { ...best, alike: best.fact.kind !== "connector" && best.score < ANOTHER_MESSAGE };
}

/** What is expected, over several lines. */
export function expectedText(e: Expectation): string {
  const { kind: _, source: __, ...members } = e.wanted;
  const lines = Object.entries(members).flatMap(([key, value]) => memberLines(key, value));
  const count = e.count === undefined ? [] : [`  count: ${countText(e.count)}`];
  return [e.title, ...lines.map((line) => `  ${line}`), ...count].join("\n");
}

function countText({ min, max }: { min: number; max: number }): string {
  if (min === max) return String(min);
  return `${min}..${max === Number.POSITIVE_INFINITY ? "" : max}`;
}

function memberLines(key: string, value: unknown): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${key}: ${show(value)}`];
  const inner = Object.entries(value).flatMap(([k, v]) => memberLines(k, v));
  return [`${key}:`, ...inner.map((line) => `  ${line}`)];
}

/** The member of a value at a path with dots; undefined when it is not there. */
export function memberAt(value: unknown, path: string): unknown {
  if (path === "") return value;
  return path
    .split(".")
    .reduce<unknown>(
      (v, key) =>
        typeof v === "object" && v !== null && Object.hasOwn(v, key)
          ? (v as Record<string, unknown>)[key]
          : undefined,
      value,
    );
}
