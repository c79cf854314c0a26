import { frameLine } from "../../src/journal/lines/frames.ts";
import { Narrator } from "../../src/journal/lines/narrator.ts";
import type { JournalEntry } from "../../src/journal/types.ts";
import { noColors as plain } from "../../src/report/failure-lines.ts";
import type { ScenarioPart } from "./data.ts";
import type { Facet } from "./facet.ts";

/** A fact as a line for a person; `text` is undefined where it says nothing new. */
export interface Happening {
  readonly index: number;
  readonly fact: JournalEntry;
  readonly text: string | undefined;
  /** What is counted with it: its OCPP action, or what kind of fact it is. */
  readonly name: string;
  /** All that can be found in it, in small letters. */
  readonly hay: () => string;
}

export function happeningsOf({ facts }: Pick<ScenarioPart, "facts">): Happening[] {
  const narrator = new Narrator();
  return facts.map((fact, index) => {
    const told = narrator.line(fact, plain);
    const text = fact.kind === "frame" ? frameLine(fact, plain) : told;
    let hay: string | undefined;
    return {
      index,
      fact,
      text,
      name: nameOf(fact),
      hay: () => {
        hay ??= `${text ?? ""}\n${fact.kind}\n${JSON.stringify(fact)}`.toLowerCase();
        return hay;
      },
    };
  });
}

const nameOf = (fact: JournalEntry): string =>
  fact.kind === "frame"
    ? (fact.action ?? fact.messageType)
    : fact.kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export interface Filter {
  /** OCPP actions, and kinds of what is no message; empty: all. */
  readonly names: ReadonlySet<string>;
  readonly direction: "all" | "out" | "in";
  readonly text: string;
  /** Also what the central system saw, and facts that say nothing new. */
  readonly everything: boolean;
}

export const noFilter: Filter = { names: new Set(), direction: "all", text: "", everything: false };

/** Does it leave out anything of what is shown at first? */
export const isNarrow = ({ names, direction, text }: Filter): boolean =>
  names.size > 0 || direction !== "all" || text.trim() !== "";

/** Is it to be shown? An action keeps its CALLs and what answered them. */
export function isWanted(happening: Happening, filter: Filter): boolean {
  const { fact, name } = happening;
  if (!filter.everything && isBeside(happening)) return false;
  if (filter.names.size > 0 && !filter.names.has(name)) return false;
  if (filter.direction !== "all" && !(fact.kind === "frame" && fact.direction === filter.direction))
    return false;
  const sought = filter.text.trim().toLowerCase();
  return sought === "" || happening.hay().includes(sought);
}

/** The central system's view of a message, and what says nothing new. */
const isBeside = ({ fact, text }: Happening): boolean =>
  text === undefined || (fact.kind === "frame" && fact.source === "central");

/** Messages by action and other facts by kind, the most frequent first; and those that were chosen, also if none is there. */
export function facetsOf(
  happenings: readonly Happening[],
  filter: Filter,
): { readonly messages: readonly Facet[]; readonly others: readonly Facet[] } {
  const all = { messages: new Map<string, number>(), others: new Map<string, number>() };
  const rest = { ...filter, names: new Set<string>() };
  const atFirst = { ...noFilter, everything: filter.everything };
  for (const happening of happenings) {
    if (!isWanted(happening, atFirst)) continue;
    const counts = happening.fact.kind === "frame" ? all.messages : all.others;
    counts.set(happening.name, (counts.get(happening.name) ?? 0) + (isWanted(happening, rest) ? 1 : 0));
  }
  for (const name of filter.names) {
    if (!all.messages.has(name) && !all.others.has(name)) all.messages.set(name, 0);
  }
  const sorted = (counts: ReadonlyMap<string, number>): Facet[] =>
    [...counts]
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
  return { messages: sorted(all.messages), others: sorted(all.others) };
}

/** How many are not shown although they fit, because they are beside the point unless somebody asks for everything. */
export const besideCount = (happenings: readonly Happening[], filter: Filter): number =>
  happenings.filter((h) => isBeside(h) && isWanted(h, { ...filter, everything: true })).length;
