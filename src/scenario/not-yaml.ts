/** What the parser says of a text, and what to do about it; the first that fits. */
const MENDED: readonly (readonly [said: RegExp, hint: string])[] = [
  [/^Tabs/, "Indent with spaces."],
  [
    /compact mappings/,
    'What has a colon and a blank in it stands in quotes: "x: y". What belongs within a key stands below it, indented.',
  ],
  [
    /block sequence|block-seq-ind|Implicit keys.*-$/,
    "A hyphen begins an item of a list, and what stands above it are keys: put the list below a key, for example steps:",
  ],
  [/^Implicit keys|^Implicit map keys/, "Put a colon and a blank behind each key."],
  [/^Flow map/, "Close it with } before the next line begins something else."],
  [/^Flow sequence/, "Close it with ] before the next line begins something else."],
  [/^Missing closing/, "End the text that begins here with the same quote."],
  [/same column/, "Indent it as far as the items above that it belongs to."],
  [
    /at node end/,
    'A text with quotes in it stands in quotes of the other kind, "it\'s"; so does one with # or : in it.',
  ],
  [/^Plain value cannot start/, "Put it in quotes."],
  [/^Map keys must be unique/, "Leave one of the two."],
  [/escape sequence/, "A backslash within \"…\" is written twice; within '…' once."],
  [/nested too deep/, "No scenario needs so many levels: is it one?"],
];

/** What is wrong with a text that is no YAML. `at`: the character that the parser stopped at. */
export function notYaml(
  said: string,
  at: string | undefined,
): { readonly message: string; readonly hint?: string } {
  const what = /call stack/.test(said) ? "it is nested too deep" : said;
  const sign = /^Implicit keys/.test(said) && at === "-" ? `${what} -` : what;
  const hint = MENDED.find(([pattern]) => pattern.test(sign))?.[1];
  return { message: `not valid YAML: ${what}`, ...(hint === undefined ? {} : { hint }) };
}

/** Is it a text whose quote is not closed? */
export const isUnclosed = (said: string): boolean => said.startsWith("Missing closing");
