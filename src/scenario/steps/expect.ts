import type { JournalEntry } from "../../journal/types.ts";
import { cameOf } from "../came.ts";
import { yaml } from "../examples.ts";
import {
  type Expectation,
  expectedText,
  memberAt,
  misses,
  parseExpectation,
  typedIn,
} from "../expectation.ts";
import { EXPECTED, FACTS, SIDES } from "../expected.ts";
import { matches, show } from "../match.ts";
import { readAll, within } from "../problem.ts";
import { captureSchema, durationSchema, object, text, wholeSchema, withSchema, word } from "../schemas.ts";
import { defineStep, type Running, type Schema, StepFailure } from "../step.ts";
import { times } from "../title.ts";
import { durationText } from "../units.ts";
import { unmet } from "../unmet.ts";

/** A word, or a matcher of several. */
const choice: Schema = {
  ...object({
    oneOf: { type: "array", minItems: 1, description: "Any of these words." },
    not: { description: "Any other." },
  }),
  type: ["string", "object"],
};

const one = object({
  signal: { ...choice, description: "What the user hears and sees: read, accepted, rejected, fault, ready." },
  verdict: { ...choice, description: "accepted or rejected." },
  by: { ...choice, description: "Who decided: list, cache, csms, settings, transaction, station." },
  because: { ...choice, description: "The verdict's authorization status: Accepted, Invalid, Blocked…" },
  message: { ...text, description: "A request: its action." },
  answer: { ...text, description: "The answer to a request of this action." },
  error: { ...text, description: "The CALLERROR that answers a request of this action." },
  code: { ...choice, description: "The error's code." },
  from: word(
    SIDES,
    "Who sends it; default: whose message it is in OCPP (DataTransfer: the station's), and of an answer the other side.",
  ),
  status: { ...choice, description: "A connector's status is this, or becomes it." },
  evse: { ...wholeSchema, description: "Beside status and transaction: at which EVSE." },
  transaction: { ...choice, description: "started, updated, ended, delivered, discarded." },
  fact: word(FACTS, "Anything that the journal records, by its kind."),
  with: withSchema,
  within: { ...durationSchema, description: "How long it may take; default 30 s, 10 s in real time." },
  absent: { ...durationSchema, description: "It must not come for so long." },
  since: word(
    ["step", "start"],
    "What counts: since the last step that did something (default), or since the start.",
  ),
  count: {
    type: ["integer", "string"],
    description:
      "How often: 2, or 1..3, or 2.. for at least two. With within no more may come until that is over; without, it is judged as soon as there are enough, and 0 waits as long as an expectation does.",
    examples: ["1..3"],
  },
  capture: captureSchema,
});

/** `expect`: looks at what has happened since the last step that did something, and waits for what has not. */
export const expect = defineStep<readonly Expectation[]>({
  describe: "Wait for something to happen since the last step that did something; a list: in this order.",
  notes: [
    "It looks at what has happened since the last step that did something (expect does nothing, wait does), in any order, and waits for what has not. So it stands right behind the step that causes it; several may look at the same. Only status is also met by what has been so before.",
    "Words may be written in small or capital letters; values of with are exact. absent and within count from the end of the step before.",
    "The transactionId of a fact transaction is the station's own. In OCPP 1.6 the number on the wire is the central system's: capture it from answer: StartTransaction.",
    "A message's members and captures are those of its payload, everything else's those of the fact. What cannot be in the version that is played is told before anything runs.",
  ],
  schema: {
    ...one,
    type: ["object", "array"],
    items: one,
    minItems: 1,
    title: `something that can be expected: ${Object.keys(EXPECTED).join(", ")}`,
  },
  examples: [
    yaml`
      - tap: 04A2241BC85E80
      - expect: { signal: accepted }`,
    yaml`
      - tap: 04B3352CD96F91
      - expect: { verdict: rejected, by: csms, because: { 1.6: Invalid, 2.0.1: Unknown } }`,
    yaml`
      - plug:
      - expect: { status: { 1.6: Preparing, 2.0.1: Occupied }, evse: 1, within: 10 s }`,
    yaml`
      - plug:
      - tap: 04A2241BC85E80
      - expect: { transaction: started, capture: { tx: transactionId } }
      - wait: 1 h
      - unplug:
      - expect: { transaction: ended, with: { transactionId: $tx, energyWh: 1000.., reason: EVDisconnected } }`,
    yaml`
      - tap: 04A2241BC85E80
      - expect: { message: Authorize, with: { idTag: <text> }, capture: { card: idTag } }
        ocpp: 1.6
      - expect: { answer: Authorize, with: { idTokenInfo: { status: Accepted } } }
        ocpp: 2.0.1`,
    yaml`
      - csms: { answer: Authorize, error: InternalError }
      - tap: 04A2241BC85E80
      - expect: { error: Authorize, code: InternalError }`,
    yaml`
      - csms: { send: TriggerMessage, payload: { requestedMessage: Heartbeat } }
      - expect: { message: TriggerMessage } # from the central system, whose message it is in OCPP
      - expect: { answer: TriggerMessage, with: { status: Accepted } } # from the station, therefore
      - expect: { message: Heartbeat }`,
    yaml`
      - csms: { send: DataTransfer, payload: { vendorId: com.example } }
      - expect: { message: DataTransfer, from: csms } # both may send it: without from, the station's`,
    yaml`
      - plug:
      - expect: { status: { oneOf: [Preparing, Charging, SuspendedEV] } } # also of signals, verdicts, events
      - expect: { status: { not: Faulted } }`,
    yaml`
      - tap: 04A2241BC85E80
      - expect: # in this order
          - signal: read
          - message: Authorize
          - verdict: accepted`,
    yaml`
      - tap: 04A2241BC85E80
      - expect: { transaction: started, absent: 1 min } # there is no cable`,
    yaml`
      - wait: 1 h
      - expect: { message: Heartbeat, count: 11..13 }
      - expect: { message: BootNotification, count: 1, since: start }`,
    yaml`
      - network: down
      - expect: { fact: link, with: { state: disconnected } } # any fact, by its kind`,
  ],
  looks: true,
  typed: (value, known) =>
    Array.isArray(value)
      ? value.flatMap((one, i) =>
          typedIn(one, known).map((place) => ({ ...place, path: [String(i), ...place.path] })),
        )
      : typedIn(value, known),
  parse: (value, known) =>
    Array.isArray(value)
      ? readAll(value.map((one, i) => () => within([i], () => parseExpectation(one, known))))
      : [parseExpectation(value, known)],
  async run(expectations, at) {
    let after = at.sinceSeq;
    for (const expectation of expectations)
      after = await meet(expectation, at, expectation.fromStart ? 0 : after);
  },
});

/** @returns the place of the fact that met it */
async function meet(e: Expectation, at: Running, after: number): Promise<number> {
  if (e.absent !== undefined) return absent(e, e.absent, at, after);
  if (e.count === undefined && holdsNow(e, at)) {
    const fact = at.bench.journal.query().findLast((one) => misses(e, one).length === 0);
    if (fact !== undefined) capture(e, fact, at);
    return after;
  }
  const { min, max } = e.count ?? { min: 1, max: Number.POSITIVE_INFINITY };
  const waitMs = e.within ?? at.patienceMs;
  const found = await collect(e, at, after, wantedOf(e), waitMs);
  if (e.count !== undefined) await at.bench.settle();
  const all = e.count === undefined ? found : fitting(e, at, after);
  // More than are wanted at most are too many whatever has been forgotten.
  if (all.length < min || (all.length <= max && Number.isFinite(max))) mustBeKept(e, at, after);
  if (all.length < min) throw unmet(e, at, after, all, waitMs);
  if (all.length > max) {
    throw new StepFailure(
      `${e.title} came ${times(all.length)}, ${max === 0 ? "none" : `at most ${max}`} expected`,
      {
        expected: expectedText(e),
        ...(all[max] === undefined ? {} : { nearest: all[max] }),
        came: cameOf(all),
      },
    );
  }
  const last = all[Math.max(0, min - 1)];
  if (last === undefined) return after;
  capture(e, last, at);
  return last.seq;
}

/** When it need not be waited any longer: where a time is given, only one too many ends it early. */
function wantedOf({ count, within: given }: Expectation): number {
  const { min, max } = count ?? { min: 1, max: Number.POSITIVE_INFINITY };
  return given !== undefined && Number.isFinite(max) ? max + 1 : Math.max(min, 1);
}

const fitting = (e: Expectation, at: Running, after: number): JournalEntry[] =>
  at.bench.journal.query({ afterSeq: after }).filter((fact) => misses(e, fact).length === 0);

/** @throws StepFailure where some of what has come since then is forgotten: a long scenario has too many facts */
function mustBeKept(e: Expectation, { bench }: Running, after: number): void {
  const [first] = bench.journal.query({ afterSeq: after, first: 1 });
  if (first === undefined || first.seq === after + 1) return;
  throw new StepFailure(`Whether ${e.title} came cannot be said: too much has come since then`, {
    hint: `The first ${first.seq - 1} facts are forgotten: expect it earlier, or make fewer, for example by a longer heartbeat.`,
    expected: expectedText(e),
  });
}

/** Waits until so many have come, or the time is over. */
async function collect(
  e: Expectation,
  at: Running,
  after: number,
  wanted: number,
  ms: number,
): Promise<JournalEntry[]> {
  const found = fitting(e, at, after);
  if (found.length >= wanted) return found;
  await at.hear(ms, (fact) => {
    if (misses(e, fact).length === 0) found.push(fact);
    return found.length >= wanted || (fact.kind === "connector" && holdsNow(e, at));
  });
  return found;
}

async function absent(e: Expectation, ms: number, at: Running, after: number): Promise<number> {
  const stands = holdsNow(e, at);
  const [came] = stands ? fitting(e, at, 0).slice(-1) : await collect(e, at, after, 1, ms);
  if (came === undefined && !stands) {
    mustBeKept(e, at, after);
    return after;
  }
  throw new StepFailure(`${e.title} ${stands ? "is" : "came"}, and it must not for ${durationText(ms)}`, {
    expected: `nothing like\n${expectedText(e)}`,
    ...(came === undefined ? {} : { nearest: came }),
  });
}

/** Is it a connector's status, and one has it now? What `with` says is looked for in its latest fact. */
function holdsNow({ state, wanted }: Expectation, { bench }: Running): boolean {
  if (state === undefined) return false;
  const { evses } = bench.control.status();
  return evses.some((evse) => {
    if (state.evseId !== undefined && state.evseId !== evse.evseId) return false;
    const fact = bench.journal
      .query()
      .findLast((one) => one.kind === "connector" && one.evseId === evse.evseId);
    return matches(state.wanted, evse) && (fact === undefined || matches(wanted, fact));
  });
}

function capture(e: Expectation, fact: JournalEntry, at: Running): void {
  const from = e.inside === undefined ? fact : (fact as { payload?: unknown }).payload;
  for (const [name, path] of Object.entries(e.capture)) {
    const value = memberAt(from, path);
    if (value === undefined) {
      throw new StepFailure(`${e.title} has no member "${path}" to capture as $${name}`, {
        hint: `It is ${show(from)}`,
        nearest: fact,
      });
    }
    at.define(name, value);
  }
}
