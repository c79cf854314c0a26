import type { JournalEntry } from "../journal/types.ts";
import { cameOf } from "./came.ts";
import { type Expectation, expectedText, misses, nearestTo } from "./expectation.ts";
import { type Running, StepFailure } from "./step.ts";
import { times } from "./title.ts";
import { durationText } from "./units.ts";

const TOO_EARLY =
  "It came before the last step that did something: expect it right behind the step that causes it, or write since: start.";
const STILL_SO =
  "It has been so since before the last step that did something, and nothing has changed it: leave this expectation out, or write since: start.";
/** Facts of these kinds tell what is so from then on. */
const LASTING: readonly string[] = ["link", "power", "reader", "registration"];
/** Members that say what happened; all others say how. */
const WHAT_IT_IS: readonly string[] = ["messageType", "action", "direction", "event", "signal", "outcome"];
const OUT_OF_ORDER = "It came before what stands above it: a list is an order.";

/** Of an expectation that was not met in time, although these came: what came nearest, or came too early. */
export function unmet(
  e: Expectation,
  at: Running,
  after: number,
  those: readonly JournalEntry[],
  ms: number,
): StepFailure {
  const came = those.length;
  const all = at.bench.journal.query();
  const near = nearestTo(
    e,
    all.filter(({ seq }) => seq > after),
  );
  // What came in time and is like it says more than what fits and came too early.
  const early =
    came > 0 || near?.alike === true
      ? undefined
      : all.findLast((fact) => fact.seq <= after && misses(e, fact).length === 0);
  // Where too few came, the answer to one of them is not what was missing, nor the end of a session its start.
  const isAnother = came > 0 && near?.differences.some(({ path }) => WHAT_IT_IS.includes(path)) === true;
  const wanted = e.count === undefined || e.count.min <= 1 ? "" : ` ${times(e.count.min)}`;
  const said = came === 0 ? `${e.title} did not come` : `${e.title} came ${times(came)}, not${wanted},`;
  return new StepFailure(`${said} within ${durationText(ms)}`, {
    expected: expectedText(e),
    ...(came === 0 ? {} : { came: cameOf(those) }),
    ...(early !== undefined
      ? {
          nearest: early,
          hint: early.seq > at.sinceSeq ? OUT_OF_ORDER : isStill(early, all) ? STILL_SO : TOO_EARLY,
        }
      : near === undefined || isAnother
        ? {}
        : { nearest: near.fact, differences: near.differences }),
  });
}

const isStill = (early: JournalEntry, all: readonly JournalEntry[]): boolean =>
  LASTING.includes(early.kind) && all.findLast(({ kind }) => kind === early.kind) === early;
