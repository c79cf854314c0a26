import { CardUid } from "../../station/card.ts";
import { isAppError } from "../../util/errors.ts";
import { yaml } from "../examples.ts";
import { readAll, StepProblem } from "../problem.ts";
import { durationSchema, object, uidSchema } from "../schemas.ts";
import { defineStep, type Running, StepFailure } from "../step.ts";
import { duration } from "../units.ts";

/** How long a person holds a card to the reader. */
const HELD_MS = 1000;
/** How long a person at a real reader may take. */
const PERSON_MS = 60_000;

interface Tap {
  readonly uids: readonly string[];
  readonly forMs: number;
}

/** The UID as hex. @throws StepProblem */
export function uidOf(path: readonly (string | number)[], value: unknown): string {
  try {
    return CardUid.parse(String(value)).hex;
  } catch (e) {
    if (!isAppError(e)) throw e;
    throw new StepProblem(path, e.message, e.hint ?? "Write a UID.");
  }
}

/** Cards that are held there together. @throws StepProblem */
function different(cards: readonly unknown[]): string[] {
  const uids = readAll(cards.map((uid, i) => () => uidOf([i], uid)));
  const twice = uids.findIndex((uid, i) => uids.indexOf(uid) !== i);
  if (twice < 0) return uids;
  throw new StepProblem(
    [twice],
    `${uids[twice]} is the same card again`,
    "Name two cards, or tap one twice in two steps.",
  );
}

/** `tap`: presents a card for a second; several at once cannot be told apart by a reader. */
export const tap = defineStep<Tap>({
  describe: "Hold a card to the reader for a second and take it away; a list: several cards at once.",
  schema: {
    ...object(
      { card: uidSchema, for: { ...durationSchema, description: "How long it is held there; default 1 s." } },
      ["card"],
    ),
    type: ["string", "number", "array", "object"],
    items: uidSchema,
    minItems: 2,
  },
  examples: [
    "- tap: 04A2241BC85E80",
    yaml`
      - tap: { card: 04A2241BC85E80, for: 3 s } # held there for longer`,
    yaml`
      - tap: [04A2241BC85E80, 04B3352CD96F91] # two at once: a reader cannot tell them apart
      - expect: { fact: card, with: { event: ignored } }`,
  ],
  needs: ({ uids }) => (uids.length > 1 ? ["virtualReader"] : []),
  parse(value) {
    if (Array.isArray(value)) return { uids: different(value), forMs: HELD_MS };
    if (typeof value !== "object" || value === null) return { uids: [uidOf([], value)], forMs: HELD_MS };
    const { card, for: held } = value as { card: unknown; for?: unknown };
    return {
      uids: [uidOf(["card"], card)],
      forMs: held === undefined ? HELD_MS : duration(["for"], held),
    };
  },
  async run({ uids, forMs }, at) {
    const [uid = "", ...others] = uids;
    if (at.bench.reader === undefined) return byPerson(uid, at);
    if (!at.bench.reader.plugged) return at.sleep(forMs);
    if (others.length > 0) {
      at.bench.reader.together(uids);
      return at.sleep(forMs);
    }
    await presented(at, uid);
    try {
      await at.sleep(forMs);
    } finally {
      if (at.bench.reader.plugged) await at.bench.control.remove();
    }
  },
});

/** Puts the card on the virtual reader without waiting for the verdict: expectations are there for that. */
export async function presented({ bench }: Running, uid: string): Promise<void> {
  const verdict = bench.control.hold(uid);
  verdict.catch(() => {});
  await Promise.race([verdict, bench.settle()]);
}

/** A real reader: a person is told which card to present, and asked no more once the reader tells of it. */
async function byPerson(uid: string, at: Running): Promise<void> {
  const seen = new AbortController();
  const asked = at.ask(`Tap card ${uid} now`, seen.signal);
  const tapped = at.hear(Number.POSITIVE_INFINITY, (fact) => {
    if (fact.kind === "card" && fact.event === "presented" && fact.uid === uid) seen.abort();
    return seen.signal.aborted;
  });
  await Promise.race([asked, tapped]);
  if (!seen.signal.aborted) await Promise.race([at.sleep(PERSON_MS), tapped]);
  if (!seen.signal.aborted) throw new StepFailure(`Card ${uid} was not tapped within ${PERSON_MS / 1000} s`);
}
