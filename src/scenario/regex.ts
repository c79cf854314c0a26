import { createContext, Script } from "node:vm";
import { StepProblem } from "./problem.ts";

/** So long a regular expression may look at one text, ms. */
const PATIENCE_MS = 1000;
/** As many characters looked at take some 10 ms: no need to guard them. */
const QUICK = 1e7;
const MAX_COMPILED = 1000;

interface Compiled {
  readonly regex: RegExp;
  /** At most, a text of n characters takes n to the power of this. */
  readonly power: number;
}

const compiled = new Map<string, Compiled>();

const surroundings = createContext({});
const search = new Script("regex.test(text)");

/**
 * Does a regular expression find something in a text?
 * @throws StepProblem where it has not come to an end after a second: by trying every way to divide a text among its
 * quantifiers it can take for ever
 */
export function finds(source: string, flags: string, text: string): boolean {
  const { regex, power } = compiledOf(source, flags);
  if (text.length ** power <= QUICK) return regex.test(text);
  Object.assign(surroundings, { regex, text });
  try {
    return search.runInContext(surroundings, { timeout: PATIENCE_MS }) === true;
  } catch (e) {
    if ((e as { code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw e;
    throw new StepProblem(
      [],
      `/${source}/${flags} has not come to an end within 1 s on a text of ${text.length} characters`,
      "Where quantifiers (* + ? {}) stand within or beside each other, let only one fit the same characters: /^a+$/ for /^(a+)+$/.",
    );
  }
}

function compiledOf(source: string, flags: string): Compiled {
  const key = `${flags}/${source}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  // Captured values make ever new ones.
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  const made = { regex: new RegExp(source, flags), power: powerOf(source) };
  compiled.set(key, made);
  return made;
}

/** One for the place where it begins, and one for each quantifier; a repeated group has no bound. */
function powerOf(source: string): number {
  if (/\)[*+?{]|\\[1-9k]/.test(source)) return Number.POSITIVE_INFINITY;
  return 1 + (source.match(/(?<!\()[*+?{]/g)?.length ?? 0);
}
