import type { Vars } from "./template.ts";
import type { Position, Surrounding } from "./types.ts";

/** What steps within others have from them. */
export interface Scope {
  readonly vars: Vars;
  /** Outermost first. */
  readonly around: readonly Around[];
}

interface Around {
  readonly at: Position;
  readonly where: (place: string) => string;
}

export const OUTERMOST: Scope = { vars: {}, around: [] };

/** What is around all of these. */
export const shared = ([first = OUTERMOST, ...others]: readonly Scope[]): Scope => ({
  ...first,
  around: first.around.filter((one) => others.every(({ around }) => around.includes(one))),
});

/** Where a place is, seen from another one: "line 12" in the same file, "x.yaml:12" in another. */
export const placeFrom = (seen: Position, { file, line }: Position): string =>
  seen.file === file ? `line ${line}` : `${file}:${line}`;

/** What a step at this place runs within. */
export function surroundings({ around }: Scope, step: Position): { around?: readonly Surrounding[] } {
  if (around.length === 0) return {};
  return { around: around.map(({ at, where }) => ({ text: where(placeFrom(step, at)), at })) };
}
