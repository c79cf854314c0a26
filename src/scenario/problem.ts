import { AppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";

/** What else is to be said of a {@link StepProblem}. */
interface More {
  /** What else is wrong with the same value. */
  readonly others?: readonly StepProblem[];
  /** It is wrong whatever the variables in the value are. */
  readonly sure?: boolean;
}

/** Something is wrong with a value of a step; `path` leads to it from the step's value on. */
export class StepProblem extends AppError {
  readonly path: readonly string[];
  readonly others: readonly StepProblem[];
  readonly sure: boolean;

  constructor(path: readonly (string | number)[], message: string, hint: string, more: More = {}) {
    super("definition.invalid", message, { hint });
    this.path = path.map(String);
    this.others = more.others ?? [];
    this.sure = more.sure ?? false;
  }

  /** The same, of a value that `path` leads to; with these others. */
  within(path: readonly (string | number)[], others: readonly StepProblem[] = []): StepProblem {
    return new StepProblem([...path, ...this.path], this.message, this.hint ?? "", {
      others,
      sure: this.sure,
    });
  }
}

/** @throws StepProblem for the first, with the others */
export function throwAll(problems: readonly StepProblem[]): void {
  const [first, ...others] = problems;
  if (first !== undefined) throw first.within([], others);
}

/** Reads everything, and what is wrong in one place hides nothing in another. @throws StepProblem with all others */
export const readAll = <T>(reads: readonly (() => T)[]): T[] =>
  Object.values(readEach<Record<string, T>>(Object.fromEntries(reads.entries())));

/** As {@link readAll}, by name. */
export function readEach<T extends object>(reads: { readonly [K in keyof T]: () => T[K] }): T {
  const problems: StepProblem[] = [];
  const all = Object.entries<() => unknown>(reads).map(([name, read]) => {
    try {
      return [name, read()];
    } catch (e) {
      if (!(e instanceof StepProblem)) throw e;
      problems.push(e, ...e.others);
      return [name, undefined];
    }
  });
  throwAll(problems);
  return Object.fromEntries(all) as T;
}

/** Reads a member where it is there, for {@link readEach}. */
export const given =
  (raw: Readonly<Record<string, unknown>>) =>
  <T>(key: string, read: (path: string[], value: unknown) => T) =>
  (): T | undefined =>
    raw[key] === undefined ? undefined : read([key], raw[key]);

/** What `read` gives, its problems standing within what `path` leads to. @throws StepProblem */
export function within<T>(path: readonly (string | number)[], read: () => T): T {
  try {
    return read();
  } catch (e) {
    if (!(e instanceof StepProblem)) throw e;
    throw e.within(
      path,
      e.others.map((other) => other.within(path)),
    );
  }
}

/** What `read` gives; nothing where what it reads is wrong: that is told where it is understood. */
export function unlessWrong<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (e) {
    if (e instanceof StepProblem) return [];
    throw e;
  }
}

/** More than this nobody reads. */
const LISTED = 24;

/** Words for a hint. */
export const listed = (known: readonly string[]): string =>
  known.length <= LISTED
    ? known.join(", ")
    : `${known.slice(0, LISTED).join(", ")} and ${known.length - LISTED} others`;

/** @throws StepProblem when `word` is none of `known` */
export function oneOf<const T extends string>(
  path: readonly (string | number)[],
  word: unknown,
  known: readonly T[],
  what: string,
): T {
  const found = known.find((k) => k.toLowerCase() === String(word).toLowerCase());
  if (found !== undefined) return found;
  const said = typeof word === "object" ? JSON.stringify(word) : String(word);
  const meant = nearest(said, known);
  throw new StepProblem(
    path,
    `"${said}" is no ${what}`,
    meant === undefined ? `One of: ${listed(known)}.` : `Did you mean "${meant}"?`,
  );
}
