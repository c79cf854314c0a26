import { nearest } from "../util/nearest.ts";

/** What is wrong with a command line, and what to do when that is more than looking into the help. */
export interface UsageText {
  readonly message: string;
  readonly hint?: string;
}

type Row = readonly [
  pattern: RegExp,
  say: (match: RegExpExecArray, named: Named, needed: readonly string[]) => UsageText,
];
type Named = (name: string) => string;

/** What yargs says, in the house's words. */
const rows: readonly Row[] = [
  [/^Missing dependent arguments:\s*(\S+) -> (\S+)/, ([, a = "", b = ""]) => say(`--${a} needs --${b}`)],
  [/^Missing required arguments?: (.*)/, ([, names = ""], named) => missing(names.split(/,\s*/).map(named))],
  [/^Not enough arguments following: (\S+)/, ([, name = ""], named) => say(`${named(name)} needs a value`)],
  [
    /^Not enough non-option arguments: got (\d+)/,
    ([, got = "0"], _, needed) => missingArgument(needed[Number(got)]),
  ],
  [/^Invalid values:\s*Argument: (\S+), Given: (.*), Choices: (.*)/s, invalid],
];

const say = (message: string): UsageText => ({ message });

const missing = (names: readonly string[]): UsageText =>
  say(`${names.join(" and ")} ${names.length === 1 ? "is" : "are"} missing`);

const missingArgument = (which: string | undefined): UsageText =>
  say(`An argument is missing${which === undefined ? "" : `: ${which}`}`);

function invalid([, name = "", given = "", list = ""]: RegExpExecArray, named: Named): UsageText {
  const choices = [...list.matchAll(/"([^"]*)"/g)].map((m) => m[1] ?? "");
  const meant = nearest(given.replaceAll('"', ""), choices);
  return {
    message: `${named(name)}: ${given} is none of ${choices.join(", ")}`,
    ...(meant === undefined ? {} : { hint: `Did you mean ${meant}?` }),
  };
}

/**
 * The words for a message of yargs; as it is when it is none of those that need any. `flags` are known by name; `needed`:
 * what the arguments of the command are, in their order.
 */
export function usageText(message: string, flags: readonly string[], needed: readonly string[]): UsageText {
  const named: Named = (name) => (flags.includes(`--${name}`) ? `--${name}` : name);
  for (const [pattern, words] of rows) {
    const match = pattern.exec(message);
    if (match !== null) return words(match, named, needed);
  }
  return { message };
}
