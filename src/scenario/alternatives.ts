import { listed, StepProblem } from "./problem.ts";

/** One of the words that say what a step is about, and the members that may stand beside it. */
export interface Alternative {
  readonly beside: readonly string[];
}

/**
 * The one word of the table that a value names, and what the table says of it.
 * @throws StepProblem for none, for two, and for members that the word has no use for: left alone, they would seem
 * to count
 */
export function alternativeOf<A extends Alternative>(
  raw: Readonly<Record<string, unknown>>,
  table: Readonly<Record<string, A>>,
  told: { readonly none: string; readonly two: string; readonly instead: string; readonly example: string },
): A {
  const [word, second] = Object.keys(raw).filter((key) => Object.hasOwn(table, key));
  const chosen = word === undefined ? undefined : table[word];
  if (word === undefined || chosen === undefined)
    throw new StepProblem([], told.none, `Name one of ${Object.keys(table).join(", ")}: ${told.example}`);
  if (second !== undefined)
    throw new StepProblem([second], `"${word}" and "${second}" are two ${told.two}`, told.instead);
  const usersOf = (key: string) => Object.keys(table).filter((name) => table[name]?.beside.includes(key));
  // What nobody has a use for, the schema refuses.
  const other = Object.keys(raw).find((key) => !chosen.beside.includes(key) && usersOf(key).length > 0);
  if (other !== undefined) {
    const own =
      chosen.beside.length === 0 ? `Nothing goes with ${word}.` : `With ${word}: ${listed(chosen.beside)}.`;
    throw new StepProblem(
      [other],
      `"${other}" does not go with "${word}"`,
      `It goes with ${usersOf(other).join(", ")}. ${own}`,
    );
  }
  return chosen;
}
