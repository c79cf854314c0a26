import { AppError } from "../util/errors.ts";

/** Which organization's records; all when left out. */
export interface OfOrganization {
  readonly organization?: string;
}

export function optional(organization: string | undefined): OfOrganization {
  return organization === undefined ? {} : { organization };
}

export function same(a: string, b: string): boolean {
  return a.trim().toUpperCase() === b.trim().toUpperCase();
}

export function refuseSecond<T>(all: readonly T[], is: (x: T) => boolean, what: string): void {
  if (!all.some(is)) return;
  throw new AppError("state.conflict", `${what} is there already`, {
    hint: "Change or remove the one that is there, or use another name.",
  });
}

export function find<T>(all: readonly T[], is: (x: T) => boolean, what: string, name: string, more = ""): T {
  const found = all.find(is);
  if (found !== undefined) return found;
  throw new AppError("input.invalid", `There is no ${what} "${name}"`, {
    hint: `List what is there first. ${more}`.trim(),
  });
}

/** The one that is named; without a name the only one there is. */
export function pick<T>(
  all: readonly T[],
  name: string | undefined,
  nameOf: (x: T) => string,
  what: string,
): T {
  const found = name === undefined ? all : all.filter((x) => same(nameOf(x), name));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const named = name === undefined ? "" : ` "${name}"`;
  const names = all.slice(0, 10).map(nameOf).join(", ");
  throw new AppError(
    "input.invalid",
    `${found.length === 0 ? "No" : "More than one"} ${what}${named} is there`,
    {
      hint:
        names === ""
          ? `Add the ${what} first.`
          : `Name one of: ${names}. Give the organization where names are shared.`,
    },
  );
}
