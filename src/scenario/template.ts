import { AppError, isAppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import { listed, StepProblem } from "./problem.ts";

/** Variables by name. */
export type Vars = Readonly<Record<string, unknown>>;

const REFERENCE = /\$(?:\$|\{([^}]*)\}|([A-Za-z_]\w*(?:\.\w+)*))/g;
const NAME = /^[A-Za-z_]\w*(?:\.\w+)*$/;

/** Has the value a reference to a variable anywhere? */
export function hasReference(value: unknown): boolean {
  if (typeof value === "string") return referencesIn(value).length > 0;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasReference);
}

/** Is a text one reference and nothing else, so that it becomes the variable itself? */
export const isReference = (text: string): boolean => onlyReferenceIn(text) !== undefined;

/** The names that a text refers to: `$card`, `${tx.id}`; `$$` is a dollar sign. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].flatMap((m) => m[1]?.trim() ?? m[2] ?? []);
}

/**
 * The value with its variables filled in. A text that is one reference becomes the variable itself, number or list
 * and all; within a longer text it is written out.
 * @throws AppError `definition.invalid` for a variable that is not there
 */
export function fill<T>(value: T, vars: Vars): T {
  return filled(value, (name) => ({ value: lookUp(name, vars) }), "$", []) as T;
}

/**
 * As {@link fill}; references to other variables stay, and so does `$$`. `wrong` hears of members that a variable does
 * not have, with the path of what refers to them.
 */
export function fillKnown(
  value: unknown,
  vars: Vars,
  wrong: (path: readonly string[], error: AppError) => void,
): unknown {
  const find: Find = (name, path) => {
    if (!Object.hasOwn(vars, baseOf(name))) return undefined;
    try {
      return { value: lookUp(name, vars) };
    } catch (e) {
      if (!isAppError(e)) throw e;
      wrong(path, e);
      return undefined;
    }
  };
  return filled(value, find, "$$", []);
}

/** The variable that a reference names: "row" of "row.uid". */
export const baseOf = (name: string): string => name.split(".", 1)[0] ?? name;

/** What a reference stands for; undefined: it stays. */
type Find = (name: string, path: readonly string[]) => { readonly value: unknown } | undefined;

function filled(value: unknown, find: Find, dollar: string, path: readonly string[]): unknown {
  if (typeof value === "string") return filledText(value, (name) => find(name, path), dollar);
  if (Array.isArray(value)) return value.map((item, i) => filled(item, find, dollar, [...path, String(i)]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, filled(item, find, dollar, [...path, key])]),
  );
}

function filledText(
  text: string,
  find: (name: string) => { readonly value: unknown } | undefined,
  dollar: string,
): unknown {
  const name = onlyReferenceIn(text);
  if (name !== undefined) {
    const found = find(name);
    return found === undefined ? text : found.value;
  }
  return text.replace(REFERENCE, (all, braced?: string, plain?: string) => {
    if (all === "$$") return dollar;
    const found = find((braced ?? plain ?? "").trim());
    return found === undefined ? all : shown(found.value);
  });
}

function onlyReferenceIn(text: string): string | undefined {
  const [only] = text.matchAll(REFERENCE);
  return only?.[0] === text ? (only[1]?.trim() ?? only[2]) : undefined;
}

const shown = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

function lookUp(path: string, vars: Vars): unknown {
  const [name = "", ...members] = path.split(".");
  if (!Object.hasOwn(vars, name)) throw unknownVariable(name, Object.keys(vars));
  let value = vars[name];
  for (const [i, member] of members.entries()) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, member)) {
      const so = [name, ...members.slice(0, i)].join(".");
      throw new AppError("definition.invalid", `$${so} has no member "${member}"`, {
        hint: membersOf(value, member, so),
      });
    }
    value = (value as Record<string, unknown>)[member];
  }
  return value;
}

/** What a value has instead of a member. */
function membersOf(value: unknown, member: string, so: string): string {
  const members = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const meant = nearest(member, members);
  if (meant !== undefined) return `Did you mean "$${so}.${meant}"?`;
  return members.length === 0 || Array.isArray(value)
    ? `It is ${shown(value).slice(0, 200)}.`
    : `It has ${listed(members)}.`;
}

/** The error for a variable that nothing defines; `besides` is added to the hint. */
export function unknownVariable(name: string, known: readonly string[], besides = ""): AppError {
  if (!NAME.test(name)) {
    return new AppError("definition.invalid", `"\${${name}}" is no name of a variable`, {
      hint: "Write $name, with .member behind it where it has members; $$ for a dollar sign.",
    });
  }
  const usable = known.filter((one) => NAME.test(one));
  const odd = known.filter((one) => !usable.includes(one)).map((one) => `"${one}"`);
  const meant = nearest(name, usable);
  const there =
    usable.length === 0 ? "There is none." : `There are ${usable.map((k) => `$${k}`).join(", ")}.`;
  const names = `${odd.join(", ")} cannot be ${odd.length === 1 ? "one" : "ones"}: a name has letters, digits and _, and begins with no digit.`;
  return new AppError("definition.invalid", `There is no variable "$${name}"`, {
    hint: `${meant === undefined ? there : `Did you mean "$${meant}"?`} ${odd.length === 0 ? "" : `${names} `}${besides}`.trimEnd(),
  });
}

/** Does a key look like an OCPP version? */
export const isVersion = (key: string): boolean => /^\d+(\.\d+)+$/.test(key);

/** A map whose keys are all versions. */
export function isByVersion(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every(isVersion);
}

/**
 * Picks what holds for an OCPP version: a map whose keys are all versions (`{1.6: Invalid, 2.0.1: Unknown}`) stands
 * for the value at the version that is spoken. What is picked is no such map itself: `{1.6: {1.0: x}}` is `{1.0: x}`.
 * @throws StepProblem when it says nothing for this version
 */
export function forVersion(value: unknown, ocpp: string, path: readonly string[] = []): unknown {
  const inner = (item: unknown, key: string) => forVersion(item, ocpp, [...path, key]);
  if (!isByVersion(value)) return eachMember(value, inner);
  if (Object.hasOwn(value, ocpp)) return eachMember(value[ocpp], inner);
  throw nothingSaid(value, ocpp, path);
}

/** What is by version says nothing for this one. */
export function nothingSaid(value: object, ocpp: string, path: readonly string[] = []): StepProblem {
  const said = Object.keys(value);
  return new StepProblem(
    path,
    `nothing is said for OCPP ${ocpp} here`,
    `There are values for ${said.join(", ")}: add one, or write ocpp: ${said[0]}.`,
  );
}

/** As {@link forVersion}; where nothing is said for the version, what is said for the first. */
export function forVersionOrAny(value: unknown, ocpp: string): unknown {
  const inner = (item: unknown) => forVersionOrAny(item, ocpp);
  if (!isByVersion(value)) return eachMember(value, inner);
  return eachMember(Object.hasOwn(value, ocpp) ? value[ocpp] : Object.values(value)[0], inner);
}

function eachMember(value: unknown, change: (item: unknown, key: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item, i) => change(item, String(i)));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item, key)]));
}

/** Where what stands at `path` of a value {@link forVersion} stands in the value as it is written. */
export function writtenPath(value: unknown, path: readonly string[], ocpp: string): string[] {
  const picked = isByVersion(value) ? value[ocpp] : value;
  const before = isByVersion(value) ? [ocpp] : [];
  const [key, ...rest] = path;
  if (key === undefined || typeof picked !== "object" || picked === null) return [...before, ...path];
  return [...before, key, ...writtenPath((picked as Record<string, unknown>)[key], rest, ocpp)];
}

/** Does a variable stand there, or around it? */
export function isUnknown(value: unknown, path: readonly string[]): boolean {
  if (typeof value === "string") return hasReference(value);
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== "object" || value === null) return false;
  return isUnknown((value as Record<string, unknown>)[key], rest);
}
