import { type Misfit, misfits, withoutMisspelt } from "../util/schema-problems.ts";
import { advised } from "./advice.ts";
import { shownPath } from "./path.ts";
import type { Known } from "./step.ts";
import { forVersionOrAny, isByVersion, writtenPath } from "./template.ts";

/** Something of a wrong form. */
export interface WrongForm extends Misfit {
  /** From the document on, as its value is for one version; of a key that is missing its own. */
  readonly path: readonly string[];
  /** As it stands in the file. */
  readonly written: readonly string[];
}

/** Keys that define variables: one that is misspelt leaves names undefined that are spelt right. */
const DEFINING = ["vars", "data", "capture", "as"];

/** What of a document is not of the form that it must have; what means something may be looked at besides it. */
export class Form {
  readonly wrong: readonly WrongForm[];
  /** Where, with the places of what was meant. */
  readonly #places: readonly (readonly string[])[];

  constructor(schema: object, value: unknown, known: Known) {
    const { versions } = known;
    const misfitting = versions.flatMap((version) => {
      const said = forVersionOrAny(value, version);
      const found = misfits(schema, said, shownPath).map((misfit) => advised(misfit, said, known));
      return withoutMisspelt(found).map((misfit) => {
        const { path, missingKey } = misfit;
        return {
          ...misfit,
          path: missingKey === undefined ? path : [...path, missingKey],
          written: writtenPath(value, path, version),
        };
      });
    });
    this.wrong = [...noVersions(value, versions), ...misfitting];
    this.#places = this.wrong.flatMap(({ path, meant }) =>
      meant === undefined ? [path] : [path, [...path.slice(0, -1), meant]],
    );
  }

  /** Is what stands at a path, around it or within it of a wrong form? */
  isWrong(path: readonly string[]): boolean {
    return this.#places.some((other) => isRelated(other, path));
  }

  /** What is wrong within what stands at a path, as paths from there on. */
  within(path: readonly string[]): (readonly string[])[] {
    return this.#places.flatMap((other) =>
      other.length >= path.length && isRelated(other, path) ? [other.slice(path.length)] : [],
    );
  }

  /** May variables be defined by something that cannot be read? */
  get hidesNames(): boolean {
    return this.wrong.some(
      ({ path, unknownKey, meant }) =>
        DEFINING.includes(meant ?? "") ||
        DEFINING.includes(path.at(-1) ?? "") ||
        (path.length === 1 && unknownKey !== undefined) ||
        DEFINING.includes(path[0] ?? ""),
    );
  }
}

/** Does one lead to the other? */
export const isRelated = (a: readonly string[], b: readonly string[]): boolean =>
  (a.length < b.length ? a : b).every((_, i) => a[i] === b[i]);

/** Values by version, of versions that there are not. */
function noVersions(value: unknown, versions: readonly string[]): WrongForm[] {
  const found: WrongForm[] = [];
  // What is picked is no such map itself.
  const look = (item: unknown, path: readonly string[], isPicked = false): void => {
    if (typeof item !== "object" || item === null) return;
    const byVersion = !isPicked && isByVersion(item);
    for (const [key, inner] of Object.entries(item)) {
      const at = [...path, key];
      if (!byVersion || versions.includes(key)) look(inner, at, byVersion);
      else
        found.push({
          path: at,
          written: at,
          text: `"${key}" is no OCPP version`,
          hint: `There are ${versions.join(", ")}.`,
        });
    }
  };
  look(value, []);
  return found;
}
