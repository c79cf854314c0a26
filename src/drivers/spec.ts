import { AppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";

/** How one kind of device is written in flags and configuration: `kind` or `kind:rest`. */
export interface Notation<S> {
  readonly example: string;
  /** `rest` is what follows the first colon; undefined when it says nothing to this kind. */
  parse(rest: string | undefined): S | undefined;
}

/**
 * Reads `kind` or `kind:rest` by a table of kinds.
 * @throws AppError `usage` with the nearest kind and an example of each.
 */
export function parseSpec<S>(text: string, what: string, kinds: Readonly<Record<string, Notation<S>>>): S {
  const colon = text.indexOf(":");
  const kind = colon < 0 ? text : text.slice(0, colon);
  const row = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  const spec = row?.parse(colon < 0 ? undefined : text.slice(colon + 1));
  if (spec !== undefined) return spec;
  const near = row === undefined ? nearest(kind, Object.keys(kinds)) : undefined;
  const examples = Object.values(kinds).map(({ example }) => example);
  throw new AppError("usage", `"${text}" does not name ${/^[aeiou]/.test(what) ? "an" : "a"} ${what}`, {
    hint: `${near === undefined ? "" : `Did you mean "${near}"? `}Write one of: ${examples.join(", ")}.`,
  });
}
