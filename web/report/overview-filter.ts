import type { IndexEntry } from "./data.ts";
import type { Facet } from "./facet.ts";
import { isTrouble, outcomes, type Shown, shownOutcome } from "./outcome.ts";

export interface Choice {
  readonly text: string;
  readonly outcomes: ReadonlySet<Shown>;
  readonly tags: ReadonlySet<string>;
}

/** Every word of the text must be found somewhere; none of the chips chosen means all. */
export function isChosen(entry: IndexEntry, { text, outcomes: chosen, tags }: Choice): boolean {
  if (chosen.size > 0 && !chosen.has(shownOutcome(entry))) return false;
  if (tags.size > 0 && !entry.tags.some((tag) => tags.has(tag))) return false;
  const { name, shows, spec, id, reason, differs = [], why, cell } = entry;
  const hay = [name, shows, spec, id, reason, ...differs, why, ...Object.values(cell), ...entry.tags]
    .join("\n")
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

type At = Pick<IndexEntry, "at">;

/** Where a file's own name begins. */
const nameAt = ({ at }: At): number => Math.max(at.file.lastIndexOf("/"), at.file.lastIndexOf("\\")) + 1;

const folderOf = (entry: At): string => entry.at.file.slice(0, Math.max(0, nameAt(entry) - 1));

/** A file's name without its folder. */
export const fileOf = (entry: At): string => entry.at.file.slice(nameAt(entry));

/** By folder; what needs a look stands first, by itself. */
export function groupsOf(entries: readonly IndexEntry[]): [string, IndexEntry[]][] {
  const groups = new Map<string, IndexEntry[]>();
  const add = (name: string, entry: IndexEntry) => {
    const group = groups.get(name) ?? [];
    group.push(entry);
    groups.set(name, group);
  };
  for (const entry of entries) if (isTrouble(entry)) add("Needs a look", entry);
  for (const entry of entries) if (!isTrouble(entry)) add(folderOf(entry) || "here", entry);
  return [...groups];
}

/** What the chips stand for, each with how many the rest of the choice lets through. */
export function facetsOf(
  entries: readonly IndexEntry[],
  choice: Choice,
): { readonly outcomes: readonly Facet<Shown>[]; readonly tags: readonly Facet[] } {
  const [byOutcome, byTag] = [
    countsOf(entries, { ...choice, outcomes: new Set() }, (entry) => [shownOutcome(entry)]),
    countsOf(entries, { ...choice, tags: new Set() }, ({ tags }) => tags),
  ];
  return {
    outcomes: outcomes.filter((name) => byOutcome.has(name)).map((name) => facet(name, byOutcome)),
    tags: [...byTag.keys()].sort().map((name) => facet(name, byTag)),
  };
}

const facet = <T extends string>(name: T, counts: ReadonlyMap<string, number>): Facet<T> => ({
  name,
  count: counts.get(name) ?? 0,
});

function countsOf(
  entries: readonly IndexEntry[],
  choice: Choice,
  words: (entry: IndexEntry) => readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    const one = isChosen(entry, choice) ? 1 : 0;
    for (const word of words(entry)) counts.set(word, (counts.get(word) ?? 0) + one);
  }
  return counts;
}
