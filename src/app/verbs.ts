import { CardUid } from "../station/card.ts";
import { errorCodes, type StationControl } from "../station/control.ts";
import type { Verdict } from "../station/types.ts";
import { nearest } from "../util/nearest.ts";
import {
  type Arg,
  bad,
  jsonPayload,
  type VerbResult,
  type VerbRow,
  Vocabulary,
  verbsOf,
  waitVerb,
} from "./vocabulary.ts";

const verb = verbsOf<StationControl>();

const uid = { name: "UID", rest: true, parse: (t: string) => CardUid.parse(t).hex } satisfies Arg<string>;
const text = { name: "error-code", parse: errorCode } satisfies Arg<string>;

/** EVSE ids count from 1; 0 is the station as a whole. */
function evseFrom(least: 0 | 1) {
  return {
    name: "evse",
    parse(t: string): number {
      if (/^\d{1,4}$/.test(t) && Number(t) >= least) return Number(t);
      throw bad(`"${t}" is not the number of an EVSE`, `Write a whole number from ${least}, for example 1.`);
    },
  };
}
const evse = evseFrom(1);
const evseOrStation = evseFrom(0);
const maybeEvse = { ...evse, optional: true as const };

const wattHours = {
  name: "Wh",
  parse(t: string): number {
    const m = /^\+?(\d{1,9}(?:\.\d{1,3})?)(k?wh)?$/i.exec(t);
    if (m === null)
      throw bad(`"${t}" is not an energy`, "Write watt hours to add, for example 500 or 1.5kWh.");
    return Number(m[1]) * (m[2]?.toLowerCase() === "kwh" ? 1000 : 1);
  },
} satisfies Arg<number>;

function word<const T extends string>(...words: readonly T[]): Arg<T> {
  return {
    name: words.join("|"),
    parse(t) {
      const found = words.find((w) => w === t.toLowerCase());
      if (found !== undefined) return found;
      throw bad(`"${t}" is none of ${words.join(", ")}`, `Did you mean ${nearest(t, words) ?? words[0]}?`);
    },
  };
}

/** A word of at most so many characters. */
const wordOf = (name: string, max: number) => ({
  name,
  parse(t: string): string {
    if (t.length <= max) return t;
    throw bad(`"${name}" has ${t.length} characters`, `Write at most ${max}.`);
  },
});

const anyText = { name: "data", rest: true, parse: unquoted } satisfies Arg<string>;

/** What stands in quotes as a whole, as a shell takes it: `"bay 7"` is bay 7. */
function unquoted(t: string): string {
  if (/^'[^']*'$/.test(t)) return t.slice(1, -1);
  return /^"(?:[^"\\]|\\.)*"$/.test(t) ? t.slice(1, -1).replace(/\\(["\\])/g, "$1") : t;
}

function errorCode(t: string): string {
  const found = errorCodes.find((c) => c.toLowerCase() === t.toLowerCase());
  if (found !== undefined) return found;
  const meant = nearest(t, errorCodes);
  throw bad(
    `"${t}" is not an error code of OCPP 1.6`,
    meant === undefined ? `Choose one of ${errorCodes.join(", ")}.` : `Did you mean ${meant}?`,
  );
}

const verdictOf = (verdict: Verdict | undefined): VerbResult =>
  verdict === undefined ? { kind: "verdict" } : { kind: "verdict", verdict };

const done = (): undefined => undefined;

function helped(): VerbResult {
  return { kind: "help", lines: stationVerbs.help() };
}

/**
 * The one vocabulary: what a person, a script or a scenario can do to a station. Keys of the terminal, lines on
 * standard input and steps of scenarios are read against this table.
 */
export const verbs = {
  tap: verb([uid], "present a card and take it away", async (c, id) => verdictOf(await c.tap(id))),
  hold: verb([uid], "present a card and leave it there", async (c, id) => verdictOf(await c.hold(id))),
  remove: verb([], "take the held card away", (c) => c.remove().then(done)),
  plug: verb([maybeEvse], "put the cable in (without EVSE: the first that is free)", (c, id) =>
    c.plug(id).then(done),
  ),
  unplug: verb([maybeEvse], "pull the cable (without EVSE: the one that is plugged)", (c, id) =>
    c.unplug(id).then(done),
  ),
  network: verb([word("down", "up")], "unplug or plug the network", (c, to) => c.network(to).then(done)),
  power: verb([word("cut", "restore")], "cut or restore the mains", (c, to) => c.power(to).then(done)),
  fault: verb(
    [evseOrStation, text],
    "raise a fault, for example GroundFailure (EVSE 0: the station)",
    (c, id, code) => c.fault(id, code).then(done),
  ),
  clear: verb([evseOrStation], "clear the fault", (c, id) => c.clear(id).then(done)),
  lock: verb([evse, word("jam", "free")], "let the socket's lock fail, or work again", (c, id, to) =>
    c.lock(id, to).then(done),
  ),
  transfer: verb(
    [wordOf("vendor", 255), { ...wordOf("message", 50), optional: true }, { ...anyText, optional: true }],
    "send DataTransfer (message -: none; the rest of the line is its data, with or without quotes)",
    (c, vendorId, messageId, data) =>
      c.dataTransfer(vendorId, messageId === "-" ? undefined : messageId, data).then(done),
  ),
  meter: verb([evse, wattHours], "let the meter count so much energy at once", (c, id, wh) =>
    c.meter(id, wh).then(done),
  ),
  csms: verb(
    [wordOf("action", 50), { ...jsonPayload, optional: true }],
    'let the built-in central system send a command, for example csms Reset {"type":"Soft"}',
    async (c, action, payload) => {
      if (c.command === undefined)
        throw bad("Another central system is in charge here", "Send its commands there.");
      return { kind: "answer", action, said: await c.command(action, payload ?? {}) };
    },
  ),
  wait: waitVerb,
  status: verb([], "show how the station stands", (c) => ({ kind: "status", status: c.status() })),
  help: verb([], "show this", helped),
  quit: verb([], "stop the station", () => ({ kind: "quit" })),
} satisfies Record<string, VerbRow<StationControl>>;

export type VerbName = keyof typeof verbs;

/** What lines to a station are read against. */
export const stationVerbs = new Vocabulary<StationControl, VerbName>(verbs);
