import type { Fact, FrameFact } from "../../station/facts.ts";
import { isRecord } from "../../util/record.ts";
import { durationText } from "../units.ts";
import { type Action, actionsOf, isCommand, type Step } from "./actions.ts";
import { answersOf } from "./answers.ts";
import { commandOf, namedTransactions } from "./commands.ts";
import { literal, nameOf } from "./escape.ts";
import { type Context, expectedOf } from "./expected.ts";
import type { Recorded } from "./head.ts";

/** A step of the scenario to be written, or only a remark where one was left out. */
export interface DraftStep {
  readonly step?: Step;
  /** In front of it. */
  readonly comment?: string;
}

/** A scenario before it is text. */
export interface Draft {
  readonly head: Readonly<Record<string, unknown>>;
  readonly steps: readonly DraftStep[];
  /** Cards by the names of their variables. */
  readonly cards: ReadonlyMap<string, string>;
}

export interface DraftOptions {
  /** Of the scenario; default the session's day and time. */
  readonly name?: string;
  /** A moment as a person reads it: "12:03:20". */
  readonly clock: (ms: number) => string;
  /** A day and time as a person reads them. */
  readonly day: (ms: number) => string;
}

/** What follows a deed within so long is taken for its consequence, ms. */
const CONSEQUENCE_MS = 3000;
/** A shorter pause says nothing, ms. */
const PAUSE_MS = 1000;
/** After a longer one it is told what time it was, ms. */
const LONG_MS = 60_000;
/** BootNotification's interval that the built-in central system answers with, s. */
const USUAL_INTERVAL = 300;

/** Makes a scenario of what happened: each deed with what followed it. Pure; the same recording gives the same. */
export function draftOf({ head, facts: all }: Recorded, o: DraftOptions): Draft {
  const facts = whileOn(all);
  const ocpp = versionOf(facts);
  const station = facts[0]?.station ?? "";
  const context: Context = { ocpp, station, transactions: namedTransactions(facts), statuses: new Map() };
  const actions = actionsOf(facts, (fact) => commandOf(fact, answerTo(facts, fact), context));
  const answers = answersOf(
    facts,
    ocpp,
    actions.map(({ at }) => at),
  );
  const before = (from: number, to: number): Step[] => {
    const all = [...answers.steps].flatMap(([call, steps]) => (call > from && call < to ? steps : []));
    const isAnswer = ({ csms }: Step): boolean => isRecord(csms) && "answer" in csms;
    // Of several answers to the same action, the one that was set last is given first.
    return [...all.filter((step) => !isAnswer(step)), ...all.filter(isAnswer).reverse()];
  };
  const steps: DraftStep[] = [...beginning(head.registered, facts)];
  const approvedAt = approval(facts);
  let cursor = actions[0]?.at ?? 0;
  for (const step of before(-1, actions[0]?.fact ?? facts.length)) steps.push({ step });
  actions.forEach((action, i) => {
    const next = actions[i + 1]?.fact ?? facts.length;
    for (const step of before(action.fact, next)) steps.push({ step });
    if (approvedAt !== undefined && approvedAt > action.fact && approvedAt < next)
      steps.push({ step: { csms: { approve: true } } });
    steps.push(told(action, i === 0 || action.at - cursor >= LONG_MS, o));
    const end = action.at + action.takesMs;
    steps.push(
      ...consequences(facts.slice(action.fact + 1, next), end, actions[i + 1]?.at, asking(action, context)),
    );
    cursor = action.at;
  });
  const cards = cardNames(actions);
  return {
    head: {
      name: nameOf(o.name ?? "") ?? `Session of ${o.day(Date.parse(head.time))}`,
      shows: summary(facts, actions),
      tags: ["recorded"],
      ocpp,
      ...optional("station", stationOf(head, facts, actions)),
      ...optional("central", centralOf(facts, answers.cards)),
    },
    steps,
    cards,
  };
}

/** With the message that a TriggerMessage asks for. */
function asking({ step }: Action, context: Context): Context {
  const { send, payload } = (step?.csms ?? {}) as {
    send?: unknown;
    payload?: { requestedMessage?: unknown };
  };
  const triggered = payload?.requestedMessage;
  if (!String(send).endsWith("TriggerMessage") || typeof triggered !== "string") return context;
  return { ...context, triggered };
}

/** Without what the end of the session itself brought about. */
function whileOn(facts: readonly Fact[]): readonly Fact[] {
  const off = facts.findLastIndex((fact) => fact.kind === "power" && fact.event === "off");
  return off < 0 ? facts : facts.slice(0, off);
}

/** What followed a deed at once, the pause after it, and what came while it lasted. */
function consequences(
  facts: readonly Fact[],
  end: number,
  next: number | undefined,
  context: Context,
): DraftStep[] {
  const isNear = (fact: Fact) => Date.parse(fact.time) <= end + CONSEQUENCE_MS;
  const near = expectedOf(facts.filter(isNear), context);
  const later = facts.filter((fact) => !isNear(fact));
  const late = expectedOf(later, context);
  const lastLate = later.findLast(
    (fact) => expectedOf([fact], { ...context, statuses: new Map() }).length > 0,
  );
  const until = next ?? (lastLate === undefined ? end : Date.parse(lastLate.time) + PAUSE_MS);
  const pause = until - end;
  const waits = pause >= PAUSE_MS || late.length > 0;
  return [
    ...near.map((expect) => ({ step: { expect } })),
    ...(waits && pause > 0 ? [{ step: { wait: pauseText(pause) } }] : []),
    ...late.map((expect) => ({ step: { expect } })),
  ];
}

function pauseText(ms: number): string {
  const grain = ms < 10_000 ? 100 : 1000;
  return durationText(Math.max(grain, Math.round(ms / grain) * grain));
}

function told(action: Action, withTime: boolean, { clock }: DraftOptions): DraftStep {
  const comments = [withTime ? clock(action.at) : undefined, action.comment].filter((c) => c !== undefined);
  return {
    ...(action.step === undefined ? {} : { step: action.step }),
    ...(comments.length === 0 ? {} : { comment: comments.join(": ") }),
  };
}

/** A session that never was online begins without a network. */
function beginning(registered: boolean, facts: readonly Fact[]): DraftStep[] {
  if (wasConnected(facts)) return [];
  const down = { step: { network: "down" }, comment: "the central system was never reached" };
  return registered ? [down] : [down, { step: { power: "restore" } }];
}

const wasConnected = (facts: readonly Fact[]): boolean =>
  facts.some((fact) => fact.kind === "link" && fact.source === "station" && fact.state === "connected");

function versionOf(facts: readonly Fact[]): string {
  const link = facts.findLast((fact) => fact.kind === "link" && fact.subprotocol !== undefined);
  return link?.kind === "link" && link.subprotocol === "ocpp2.0.1" ? "2.0.1" : "1.6";
}

function answerTo(facts: readonly Fact[], call: Fact & FrameFact): FrameFact | undefined {
  const from = facts.indexOf(call);
  const answer = facts.find(
    (fact, i) =>
      i > from &&
      fact.kind === "frame" &&
      fact.source === "station" &&
      fact.direction === "out" &&
      fact.messageType !== "CALL" &&
      fact.messageId === call.messageId,
  );
  return answer?.kind === "frame" ? answer : undefined;
}

const registrations = (facts: readonly Fact[]) =>
  facts.flatMap((fact, index) =>
    fact.kind === "registration" && fact.status !== "none" ? [{ fact, index }] : [],
  );

/** Where the station was let in after it had been kept waiting; undefined when it was not. */
function approval(facts: readonly Fact[]): number | undefined {
  const [first] = registrations(facts);
  if (first === undefined || first.fact.status === "Accepted") return undefined;
  return registrations(facts).find(({ fact }) => fact.status === "Accepted")?.index;
}

const TIME = /"\d{4}-\d\d-\d\dT\d\d:\d\d/;

function stationOf(
  { model, settings, list, cache, registered }: Recorded["head"],
  facts: readonly Fact[],
  actions: readonly Action[],
): Readonly<Record<string, unknown>> {
  const seen = JSON.stringify(facts.filter((fact) => fact.kind === "verdict")).toUpperCase();
  const used = (tokens: Recorded["head"]["list"]) =>
    (tokens ?? []).filter(({ id }) => seen.includes(`"${id.toUpperCase()}"`));
  const [first] = registrations(facts).filter(({ fact }) => fact.status === "Accepted");
  const early = first === undefined || (actions[0]?.fact ?? facts.length) < first.index;
  const begins = wasConnected(facts) ? (early ? "powered" : undefined) : registered ? undefined : "off";
  const speaksOfTimes = actions.some(
    ({ step }) => step?.csms !== undefined && TIME.test(JSON.stringify(step)),
  );
  return {
    ...(model === "generic-ac" ? {} : { model }),
    ...(begins === undefined ? {} : { begins }),
    ...optional("settings", literal(settings)),
    ...optional("list", used(list).map(tokenText)),
    ...optional("cache", used(cache).map(tokenText)),
    ...(speaksOfTimes ? { time: facts[actions[0]?.fact ?? 0]?.time } : {}),
  };
}

/** A token of which only the usual is to be said is its id. */
const tokenText = (token: NonNullable<Recorded["head"]["list"]>[number]): unknown => {
  const { status, type, ...rest } = token;
  const said = {
    ...rest,
    ...(status === undefined || status === "Accepted" ? {} : { status }),
    ...(type === undefined || type === "ISO14443" ? {} : { type }),
  };
  return literal(Object.keys(said).length === 1 ? token.id : said);
};

function centralOf(facts: readonly Fact[], cards: readonly unknown[]): Readonly<Record<string, unknown>> {
  const [first] = registrations(facts);
  const accepted = registrations(facts).find(({ fact }) => fact.status === "Accepted")?.fact.interval;
  const ids = cards.map((card) => {
    const { id, ...rest } = card as { id: string };
    return literal(Object.keys(rest).length === 0 ? id : card);
  });
  return {
    cards: ids,
    ...(accepted === undefined || accepted === USUAL_INTERVAL || accepted < 1
      ? {}
      : { heartbeat: durationText(accepted * 1000) }),
    ...(first === undefined || first.fact.status === "Accepted" ? {} : { approved: false }),
  };
}

function optional(name: string, value: unknown): Record<string, unknown> {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return isEmpty ? {} : { [name]: value };
}

/** `card`, `card2`… for each card that is presented. */
function cardNames(actions: readonly Action[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { step } of actions) {
    const tap = step?.tap as { card?: unknown } | string | undefined;
    const uid = typeof tap === "object" ? tap.card : (tap ?? step?.hold);
    if (typeof uid === "string" && !names.has(uid))
      names.set(uid, names.size === 0 ? "card" : `card${names.size + 1}`);
  }
  return names;
}

function summary(facts: readonly Fact[], actions: readonly Action[]): string {
  const count = (is: (action: Action) => boolean) => actions.filter(is).length;
  const has = (key: string) => count(({ step }) => step !== undefined && key in step);
  const taps = has("tap") + has("hold");
  const begun = facts.filter((f) => f.kind === "transaction" && f.event === "started").length;
  const outages = count(({ step }) => step?.network === "down");
  const cuts = count(({ step }) => step?.power === "cut");
  const commands = facts.filter(isCommand).length;
  const parts = [
    some(taps, "tap"),
    some(begun, "transaction"),
    some(outages, "outage"),
    some(cuts, "power cut"),
    some(commands, "command"),
  ].filter((part) => part !== undefined);
  return `Recorded: ${parts.length === 0 ? "nothing was done" : parts.join(", ")}`;
}

const some = (n: number, what: string): string | undefined =>
  n === 0 ? undefined : `${n} ${what}${n === 1 ? "" : "s"}`;
