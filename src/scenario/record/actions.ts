import type { Fact, FrameFact } from "../../station/facts.ts";
import { durationText } from "../units.ts";
import { literal } from "./escape.ts";

/** Something that a person, a reader or the central system did. */
export interface Action {
  /** Index of the fact that tells it. */
  readonly fact: number;
  /** ms since the epoch. */
  readonly at: number;
  /** The step that does it again; absent when none can. */
  readonly step?: Step;
  /** How long the step itself takes, ms. */
  readonly takesMs: number;
  /** For whoever reads the file. */
  readonly comment?: string;
}

export type Step = Readonly<Record<string, unknown>>;

/** A card is held there for so long when nothing else is said, ms. */
const HELD_MS = 1000;
/** The name of the reader that cards are presented to by command. */
const BY_COMMAND = "virtual";

/** The station's frame that asks it something. */
export const isCommand = (fact: Fact): fact is Fact & FrameFact =>
  fact.kind === "frame" &&
  fact.source === "station" &&
  fact.direction === "in" &&
  fact.messageType === "CALL" &&
  fact.injected !== true;

/** Everything that was done, in order; commands of the central system are made by `command`. */
export function actionsOf(
  facts: readonly Fact[],
  command: (fact: Fact & FrameFact, index: number) => Pick<Action, "step" | "comment">,
): Action[] {
  const found: Action[] = [];
  facts.forEach((fact, index) => {
    if (fact.source !== "station") return;
    const at = Date.parse(fact.time);
    const add = (step: Step | undefined, comment?: string): void => {
      const about = { ...(step && { step }), ...(comment !== undefined && { comment }) };
      found.push({ fact: index, at, takesMs: 0, ...about });
    };
    if (fact.kind === "control") add(byVerb(fact.verb, fact.args), unknownVerb(fact.verb, fact.args));
    else if (isCommand(fact)) found.push({ fact: index, at, takesMs: 0, ...command(fact, index) });
    else if (fact.kind === "card" && fact.uid !== undefined && fact.reader !== BY_COMMAND)
      add(fact.event === "removed" ? { remove: null } : { hold: fact.uid });
    else if (fact.kind === "reader" && fact.reader !== BY_COMMAND && wasThere(facts, index))
      add({ reader: fact.state === "lost" ? "unplug" : "replug" });
    else if (fact.kind === "link") {
      const state = byItself(facts, index);
      if (state !== undefined) add({ network: state }, "the connection broke by itself");
    }
  });
  return withTaps(found);
}

const VERBS: Readonly<Record<string, (args: readonly string[]) => Step>> = {
  tap: ([uid]) => ({ tap: uid }),
  hold: ([uid]) => ({ hold: uid }),
  remove: () => ({ remove: null }),
  plug: ([evse]) => ({ plug: Number(evse) }),
  unplug: ([evse]) => ({ unplug: Number(evse) }),
  network: ([state]) => ({ network: state }),
  power: ([state]) => ({ power: state }),
  fault: ([evse, code]) => ({ fault: Number(evse) === 1 ? code : { code, evse: Number(evse) } }),
  clear: ([evse]) => ({ fault: { clear: true, ...(Number(evse) === 1 ? {} : { evse: Number(evse) }) } }),
  lock: ([evse, state]) => ({ lock: Number(evse) === 1 ? state : { evse: Number(evse), state } }),
  meter: ([evse, wh]) => ({
    meter: Number(evse) === 1 ? `${wh} Wh` : { evse: Number(evse), add: `${wh} Wh` },
  }),
  transfer: ([vendor, message, data]) => ({
    transfer: literal({
      vendor,
      ...(message === undefined || message === "-" ? {} : { message }),
      ...(data === undefined ? {} : { data }),
    }),
  }),
};

const byVerb = (verb: string, args: readonly string[]): Step | undefined =>
  Object.hasOwn(VERBS, verb) ? VERBS[verb]?.(args) : undefined;

const unknownVerb = (verb: string, args: readonly string[]): string | undefined =>
  Object.hasOwn(VERBS, verb) ? undefined : `left out: "${[verb, ...args].join(" ")}" has no step`;

/** Was the reader there before? Its first coming is no mishap. */
function wasThere(facts: readonly Fact[], index: number): boolean {
  const fact = facts[index];
  if (fact?.kind !== "reader") return false;
  const before = facts.slice(0, index).findLast((f) => f.kind === "reader" && f.reader === fact.reader);
  return before?.kind === "reader" && before.state !== fact.state;
}

/** A connection that broke or came back although nobody touched network, power or station. */
function byItself(facts: readonly Fact[], index: number): "down" | "up" | undefined {
  const fact = facts[index];
  if (fact?.kind !== "link") return undefined;
  if (fact.state === "disconnected") return isOutage(facts, index) ? "down" : undefined;
  if (fact.state !== "connected") return undefined;
  const broke = facts.slice(0, index).findLastIndex((f) => f.kind === "link" && f.state === "connected");
  const lost = facts.findIndex((f, i) => i > broke && f.kind === "link" && f.state === "disconnected");
  return broke >= 0 && lost >= 0 && lost < index && isOutage(facts, lost) ? "up" : undefined;
}

/** The first loss after a connection, without a reason of this side. */
function isOutage(facts: readonly Fact[], index: number): boolean {
  const before = facts.slice(0, index).filter((f) => f.source === "station");
  const last = before.findLast((f) => f.kind === "link" && f.state !== "connecting");
  if (last?.kind !== "link" || last.state !== "connected") return false;
  const cause = before.findLast(
    (f) => f.kind === "power" || (f.kind === "control" && (f.verb === "network" || f.verb === "power")),
  );
  if (cause === undefined) return true;
  if (cause.kind === "power") return cause.event === "up";
  return cause.kind === "control" && (cause.args[0] === "up" || cause.args[0] === "restore");
}

/** A card that is put there and taken away with nothing in between is a tap. */
function withTaps(actions: readonly Action[]): Action[] {
  const merged: Action[] = [];
  for (const action of actions) {
    const before = merged.at(-1);
    const isRemoval = action.step !== undefined && "remove" in action.step;
    if (isRemoval && before?.step !== undefined && typeof before.step.hold === "string") {
      merged[merged.length - 1] = tapOf(before, before.step.hold, action.at - before.at);
    } else if (!isRemoval || holdsStill(merged)) merged.push(action);
  }
  return merged.map((action, i) => shortened(action, merged[i + 1]));
}

/** Is there a card to take away? A real reader may tell a removal that no card came before. */
const holdsStill = (before: readonly Action[]): boolean =>
  before.findLast(({ step }) => step !== undefined && ("hold" in step || "remove" in step || "tap" in step))
    ?.step?.hold !== undefined;

function tapOf(action: Action, uid: string, heldMs: number): Action {
  const usual = heldMs <= 2 * HELD_MS;
  const forMs = usual ? HELD_MS : Math.round(heldMs / 100) * 100;
  return {
    ...action,
    takesMs: forMs,
    step: { tap: usual ? uid : { card: uid, for: durationText(forMs) } },
  };
}

/** A tap by command takes no time; when something else followed at once, it is held there no longer. */
function shortened(action: Action, next: Action | undefined): Action {
  const uid = action.step?.tap;
  if (typeof uid !== "string") return action;
  const room = (next?.at ?? Number.POSITIVE_INFINITY) - action.at;
  if (room >= HELD_MS) return { ...action, takesMs: HELD_MS };
  const forMs = Math.max(100, Math.floor(room / 100) * 100);
  return { ...action, takesMs: forMs, step: { tap: { card: uid, for: durationText(forMs) } } };
}
