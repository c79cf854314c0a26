import { frameSummary } from "../../../src/journal/lines/frames.ts";
import type { JournalEntry } from "../../../src/journal/types.ts";
import type { FrameFact, SignalName } from "../../../src/station/facts.ts";
import type { ScenarioPart } from "../data.ts";
import { stepLanes } from "./step-lanes.ts";

/** How something is to be taken; the style sheet has a colour for each. */
export type Tone = "good" | "bad" | "warn" | "busy" | "calm" | "off" | "note";

export interface Item {
  /** Index of the fact. */
  readonly fact: number;
  readonly order: number;
  readonly glyph: string;
  readonly tone: Tone;
  readonly label: string;
}

export interface Span {
  readonly from: number;
  /** Absent: until the end. */
  readonly to?: number;
  readonly label: string;
  readonly tone: Tone;
  /** Index of the fact that began it. */
  readonly fact?: number;
  /** Index of the step that it is. */
  readonly step?: number;
}

export interface Lane {
  readonly id: string;
  readonly name: string;
  /** What stands on it, for those who do not see it; default its name. */
  readonly spoken?: string;
  readonly items: readonly Item[];
  readonly spans: readonly Span[];
}

export interface Lanes {
  readonly lanes: readonly Lane[];
  /** Offline and without power: behind all lanes. */
  readonly bands: readonly Span[];
}

/** The built-in central system sees each frame too; on the axis stands what the station saw. */
export const isStationFrame = (fact: JournalEntry): fact is JournalEntry & FrameFact =>
  fact.kind === "frame" && fact.source === "station";

const shownKinds = new Set(["card", "signal", "verdict", "connector", "reader", "link", "power"]);

/** Does the time line show it? */
export const isOnTimeline = (fact: JournalEntry): boolean =>
  isStationFrame(fact) || (fact.source === "station" && shownKinds.has(fact.kind));

/** What happened as lanes, from top to bottom; a lane on which nothing is left out, except the frames'. */
export function lanesOf(part: Pick<ScenarioPart, "facts" | "order" | "steps">): Lanes {
  const rows = part.facts.map((fact, i) => ({ fact, i, order: part.order[i] ?? 0 }));
  const [outages, cuts] = [offline(rows), powerless(rows)];
  const lanes: Lane[] = [
    ...stepLanes(part.steps),
    { id: "outage", name: "Outages", items: [], spans: outages },
    { id: "power", name: "Power", items: [], spans: cuts },
    { id: "card", name: "Card", ...cards(rows) },
    { id: "signals", name: "Signals", items: signals(rows), spans: [] },
    { id: "verdict", name: "Decision", items: verdicts(rows), spans: [] },
    ...connectors(rows),
  ];
  const shown = lanes.filter((lane) => lane.items.length > 0 || lane.spans.length > 0);
  return {
    lanes: [...shown, ...frames(rows)],
    bands: [...outages, ...cuts],
  };
}

interface Row {
  readonly fact: JournalEntry;
  readonly i: number;
  readonly order: number;
}

function cards(rows: readonly Row[]): Pick<Lane, "items" | "spans"> {
  const items: Item[] = [];
  const spans: Span[] = [];
  const there = new Map<string, Span>();
  const end = (uid: string, order: number): void => {
    const span = there.get(uid);
    if (span === undefined) return;
    spans[spans.indexOf(span)] = { ...span, to: order };
    there.delete(uid);
  };
  for (const { fact, i, order } of rows) {
    if (fact.kind === "reader") {
      const lost = fact.state === "lost";
      if (!lost && fact.detail !== undefined && items.length === 0) continue;
      items.push({
        fact: i,
        order,
        glyph: lost ? "⌀" : "○",
        tone: lost ? "bad" : "calm",
        label: `${fact.reader} ${fact.state}`,
      });
    }
    if (fact.kind !== "card" || fact.uid === undefined) continue;
    if (fact.event === "ignored") {
      items.push({ fact: i, order, glyph: "·", tone: "off", label: `${fact.uid} ignored` });
      continue;
    }
    end(fact.uid, order);
    if (fact.event === "removed") continue;
    const span: Span = { from: order, label: fact.uid, tone: "note", fact: i };
    spans.push(span);
    there.set(fact.uid, span);
  }
  return { items, spans };
}

const signalGlyphs: Record<SignalName, readonly [string, Tone]> = {
  read: ["♪", "note"],
  accepted: ["✓", "good"],
  rejected: ["✕", "bad"],
  fault: ["!", "warn"],
  ready: ["○", "calm"],
};

const signals = (rows: readonly Row[]): Item[] =>
  rows.flatMap(({ fact, i, order }) => {
    if (fact.kind !== "signal") return [];
    const [glyph, tone] = signalGlyphs[fact.signal];
    return [{ fact: i, order, glyph, tone, label: fact.signal }];
  });

const verdicts = (rows: readonly Row[]): Item[] =>
  rows.flatMap(({ fact, i, order }) => {
    if (fact.kind !== "verdict") return [];
    const accepted = fact.outcome === "accepted";
    const label = `${fact.status} · ${fact.by}`;
    return [{ fact: i, order, glyph: accepted ? "◆" : "◇", tone: accepted ? "good" : "bad", label }];
  });

const statusTones: Readonly<Record<string, Tone>> = {
  Available: "calm",
  Preparing: "warn",
  Occupied: "busy",
  Charging: "good",
  SuspendedEV: "note",
  SuspendedEVSE: "note",
  Finishing: "warn",
  Reserved: "note",
  Unavailable: "off",
  Faulted: "bad",
};

/** A lane for each connector: from a status to the next, in the words of the version that was negotiated. */
function connectors(rows: readonly Row[]): Lane[] {
  const newer = rows.some(
    ({ fact }) => fact.kind === "link" && fact.source === "station" && fact.subprotocol === "ocpp2.0.1",
  );
  const lanes = new Map<string, Span[]>();
  for (const { fact, i, order } of rows) {
    if (fact.kind !== "connector") continue;
    const name = fact.evseId === 0 ? "Station" : newer ? `EVSE ${fact.evseId}` : `Connector ${fact.evseId}`;
    const spans = lanes.get(name) ?? [];
    const label = newer ? fact.status : fact.chargePointStatus;
    const before = spans.at(-1);
    lanes.set(name, spans);
    if (before?.label === label) continue;
    if (before !== undefined) spans[spans.length - 1] = { ...before, to: order };
    spans.push({ from: order, label, tone: statusTones[label] ?? "calm", fact: i });
  }
  return [...lanes]
    .sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
    .map(([name, spans]) => ({ id: name, name, items: [], spans }));
}

/** What leaves the station above, what comes to it below. */
function frames(rows: readonly Row[]): Lane[] {
  const items = (direction: "out" | "in"): Item[] =>
    rows.flatMap(({ fact, i, order }) => {
      if (!isStationFrame(fact) || fact.direction !== direction) return [];
      return [{ fact: i, order, ...frameGlyph(fact), label: frameLabel(fact) }];
    });
  return [
    { id: "out", name: "→ CSMS", spoken: "to the CSMS", items: items("out"), spans: [] },
    { id: "in", name: "← CSMS", spoken: "from the CSMS", items: items("in"), spans: [] },
  ];
}

/** A CALL is named by its action, an answer by what it says. */
function frameLabel(fact: FrameFact): string {
  const asks = fact.messageType === "CALL" || fact.messageType === "SEND";
  if (asks) return fact.action ?? fact.messageType;
  return frameSummary(fact).split(" ")[0] ?? "";
}

function frameGlyph(fact: FrameFact): { readonly glyph: string; readonly tone: Tone } {
  const { messageType, problem, injected } = fact;
  if (messageType === "INVALID") return { glyph: "✕", tone: "bad" };
  if (messageType === "CALLERROR" || messageType === "CALLRESULTERROR") return { glyph: "!", tone: "bad" };
  const glyph = messageType === "CALLRESULT" ? "○" : "●";
  if (problem !== undefined) return { glyph, tone: "bad" };
  if (injected === true) return { glyph, tone: "warn" };
  return { glyph, tone: fact.direction === "out" ? "busy" : "note" };
}

/** From the loss of the connection until it is back; a station that has not connected yet is not offline. */
function offline(rows: readonly Row[]): Span[] {
  // At the end the station is switched off: that is no outage.
  const off = rows.findLastIndex(({ fact }) => fact.kind === "power" && fact.event === "off");
  const end = off < 0 ? rows.length : off;
  return bandsOf(rows, ({ fact, i }) => {
    if (fact.kind !== "link" || fact.source !== "station") return undefined;
    if (fact.state === "connected") return "ends";
    return fact.state === "disconnected" && i < end ? "begins" : undefined;
  }).map((span) => ({ ...span, label: "offline", tone: "off" }));
}

function powerless(rows: readonly Row[]): Span[] {
  return bandsOf(rows, ({ fact }) => {
    if (fact.kind !== "power") return undefined;
    return fact.event === "cut" ? "begins" : "ends";
  }).map((span) => ({ ...span, label: "no power", tone: "bad" }));
}

function bandsOf(
  rows: readonly Row[],
  changes: (row: Row) => "begins" | "ends" | undefined,
): Pick<Span, "from" | "to" | "fact">[] {
  const bands: { from: number; to?: number; fact: number }[] = [];
  for (const row of rows) {
    const change = changes(row);
    const open = bands.at(-1);
    const isOpen = open !== undefined && open.to === undefined;
    if (change === "begins" && !isOpen) bands.push({ from: row.order, fact: row.i });
    else if (change === "ends" && isOpen) open.to = row.order;
  }
  return bands;
}
