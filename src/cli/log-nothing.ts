import type { JournalEntry, JournalReader } from "../journal/types.ts";
import { nearest } from "../util/nearest.ts";
import { clean } from "./io.ts";
import { looksVisible, VISIBLE_ID_HINT } from "./visible-id.ts";

/** How many of the newest entries are looked through for what there is instead. */
const LOOKED_THROUGH = 10_000;

/** What was asked of the journal that holds nothing of it. */
interface Asked {
  readonly action?: string | undefined;
  readonly station?: string | undefined;
  readonly token?: string | undefined;
}

/** Says that nothing matches, and what there is of what was asked for. */
export function nothingMatches(journal: JournalReader, { action, station, token }: Asked): string[] {
  const newest = journal.query({ last: LOOKED_THROUGH });
  const lines = ["Nothing matches."];
  const of = (e: JournalEntry): string | undefined => (e.kind === "frame" ? e.action : undefined);
  if (action !== undefined) lines.push(...whatThereIs("action", action, newest.map(of)));
  if (station !== undefined) {
    const stations = newest.map((e) => e.station);
    lines.push(...whatThereIs("station", station, stations));
  }
  if (token !== undefined && looksVisible(token)) lines.push(`"${clean(token)}": ${VISIBLE_ID_HINT}`);
  return lines;
}

/** What was asked for is not among what there is: what is, and what was probably meant. */
function whatThereIs(what: string, asked: string, there: readonly (string | undefined)[]): string[] {
  const names = [...new Set(there.filter((name) => name !== undefined))].sort();
  if (names.some((name) => name.toLowerCase() === asked.toLowerCase())) return [];
  const meant = nearest(asked, names);
  const question = meant === undefined ? "" : ` Did you mean ${clean(meant)}?`;
  const list = names.length === 0 ? "none" : names.map(clean).join(", ");
  return [`There is no ${what} "${clean(asked)}" in the journal.${question} Recorded: ${list}.`];
}
