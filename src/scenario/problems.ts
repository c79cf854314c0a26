import type { Secrets } from "./secrets.ts";
import type { Position } from "./types.ts";
import { type FileProblem, WrongFiles } from "./wrong-files.ts";

interface Found {
  readonly at: Position;
  readonly message: string;
  readonly hint: string | undefined;
  /** Where the same mistake shows too. */
  readonly also: Position[];
}

/** So many other places of a mistake are named. */
const MAX_PLACES = 5;

/** What is wrong in a scenario file and those that it includes. */
export class Problems {
  readonly #file: string;
  readonly #found = new Map<string, Found>();
  readonly #whole: FileProblem[] = [];
  readonly #secrets: Secrets;

  /** `file`: the one that is read; it comes before those that it includes. `secrets` of them are not told. */
  constructor(file: string, secrets: Secrets) {
    this.#file = file;
    this.#secrets = secrets;
  }

  /** Told once at each place, although it may be found for each OCPP version. */
  add(at: Position, message: string, hint?: string): void {
    this.#note(`${placeText(at)} ${message}`, { at, message, hint, also: [] });
  }

  /** As {@link add}, of what is written at `origin`: told where it shows first, and where it shows besides. */
  addFrom(origin: string, at: Position, message: string, hint?: string): void {
    const key = `${message} ${origin}`;
    const found = this.#found.get(key);
    if (found === undefined) this.#note(key, { at, message: `${message} (${origin})`, hint, also: [] });
    else if (![found.at, ...found.also].some((place) => placeText(place) === placeText(at)))
      found.also.push(at);
  }

  /** Problems of another file. */
  addAll(problems: readonly FileProblem[]): void {
    this.#whole.push(...problems);
  }

  /** @throws WrongFiles when there are any */
  check(): void {
    const all = [...this.#found.values()].map(
      ({ at, message, hint, also }): FileProblem => ({
        at,
        message: `${this.#secrets.text(message)}${this.#alsoText(also)}`,
        ...(hint === undefined ? {} : { hint: this.#secrets.text(hint) }),
      }),
    );
    all.push(...this.#whole);
    if (all.length > 0) throw new WrongFiles(all.sort((a, b) => this.#order(a, b)));
  }

  #note(key: string, found: Found): void {
    if (!this.#found.has(key)) this.#found.set(key, found);
  }

  #alsoText(places: readonly Position[]): string {
    if (places.length === 0) return "";
    const told = places
      .slice(0, MAX_PLACES)
      .map(({ file, line }) => (file === this.#file ? `line ${line}` : `${file}:${line}`));
    if (places.length > MAX_PLACES) told.push(`${places.length - MAX_PLACES} more places`);
    return `; also at ${told.join(", ")}`;
  }

  #order(a: FileProblem, b: FileProblem): number {
    const [own, other] = [a, b].map(({ at }) => (at.file === this.#file ? "" : at.file)) as [string, string];
    if (own !== other) return own < other ? -1 : 1;
    return (a.at.line ?? 0) - (b.at.line ?? 0) || (a.at.col ?? 0) - (b.at.col ?? 0);
  }
}

/** "s.yaml:3:5". */
export const placeText = ({ file, line, col }: Position): string => `${file}:${line}:${col}`;
