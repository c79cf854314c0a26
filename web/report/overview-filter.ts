import type { IndexEntry } from "./data.ts";
import { isTrouble, type Shown, shownOutcome } from "./outcome.ts";

export interface Choice {
  readonly text: string;
  readonly outcomes: ReadonlySet<Shown>;
  readonly tags: ReadonlySet<string>;
}

/** Every word of the text must be found somewhere; none of the chips chosen means all. */
export function isChosen(entry: IndexEntry, { text, outcomes, tags }: Choice): boolean {
  if (outcomes.size > 0 && !outcomes.has(shownOutcome(entry))) return false;
  if (tags.size > 0 && !entry.tags.some((tag) => tags.has(tag))) return false;
  const { name, shows, spec, id, reason, why, cell } = entry;
  const hay = [name, shows, spec, id, reason, why, ...Object.values(cell), ...entry.tags]
    .join("\n")
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

export function folderOf({ at }: IndexEntry): string {
  const cutAt = Math.max(at.file.lastIndexOf("/"), at.file.lastIndexOf("\\"));
  return cutAt < 0 ? "" : at.file.slice(0, cutAt);
}

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

/** How often each word is said of the entries. */
export function countsOf(
  entries: readonly IndexEntry[],
  words: (entry: IndexEntry) => string | readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of entries.flatMap(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

export const tagsOf = (entries: readonly IndexEntry[]): string[] =>
  [...new Set(entries.flatMap(({ tags }) => tags))].sort();
