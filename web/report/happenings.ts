import { frameLine } from "../../src/journal/lines/frames.ts";
import { Narrator } from "../../src/journal/lines/narrator.ts";
import type { JournalEntry } from "../../src/journal/types.ts";
import { noColors as plain } from "../../src/report/failure-lines.ts";
import type { ScenarioPart } from "./data.ts";

/** A fact as a line for a person; `text` is undefined where it says nothing new. */
export interface Happening {
  readonly index: number;
  readonly fact: JournalEntry;
  readonly text: string | undefined;
}

export function happeningsOf({ facts }: ScenarioPart): Happening[] {
  const narrator = new Narrator();
  return facts.map((fact, index) => {
    const told = narrator.line(fact, plain);
    return { index, fact, text: fact.kind === "frame" ? frameLine(fact, plain) : told };
  });
}

export interface Filter {
  /** OCPP actions; empty: all facts. */
  readonly actions: ReadonlySet<string>;
  readonly direction: "all" | "out" | "in";
  readonly text: string;
  /** Also what the central system saw, and facts that say nothing new. */
  readonly everything: boolean;
}

export const noFilter: Filter = { actions: new Set(), direction: "all", text: "", everything: false };

/** Is it to be shown? An action keeps its CALLs and what answered them. */
export function isWanted({ fact, text }: Happening, filter: Filter): boolean {
  const { actions, direction, everything } = filter;
  if (!everything && (text === undefined || (fact.kind === "frame" && fact.source === "central")))
    return false;
  if (actions.size > 0 && !(fact.kind === "frame" && actions.has(fact.action ?? fact.messageType)))
    return false;
  if (direction !== "all" && !(fact.kind === "frame" && fact.direction === direction)) return false;
  const sought = filter.text.trim().toLowerCase();
  if (sought === "") return true;
  return `${text ?? ""}\n${fact.kind}\n${JSON.stringify(fact)}`.toLowerCase().includes(sought);
}

/** The actions of the station's frames with how many there are, the most frequent first. */
export function actionCounts(happenings: readonly Happening[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { fact } of happenings) {
    if (fact.kind !== "frame" || fact.source !== "station") continue;
    const action = fact.action ?? fact.messageType;
    counts.set(action, (counts.get(action) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
}
