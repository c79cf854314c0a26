/** A form in which `with`, and `expect` of the step csms, say what a value must be. */
export interface MatcherForm {
  readonly wanted: unknown;
  readonly meaning: string;
  /** Values that fit, and some that do not: a test tries them. */
  readonly fits: readonly unknown[];
  readonly misses: readonly unknown[];
}

/** Every form, for the reference. */
export const matchers: readonly MatcherForm[] = [
  {
    wanted: "Accepted",
    meaning: "This text, number, true or false.",
    fits: ["Accepted"],
    misses: ["accepted", undefined],
  },
  {
    wanted: { status: "Accepted" },
    meaning: "A map with these members; others may be there.",
    fits: [{ status: "Accepted", info: 1 }],
    misses: [{ status: "Blocked" }, "Accepted"],
  },
  {
    wanted: [1, "<any>"],
    meaning: "A list of as many items, each in its place.",
    fits: [[1, 2]],
    misses: [[2, 1], [1]],
  },
  { wanted: "<any>", meaning: "Whatever it is, it is there.", fits: [0, "x", null], misses: [undefined] },
  { wanted: "<absent>", meaning: "It is not there.", fits: [undefined], misses: ["", null] },
  { wanted: "<number>", meaning: "Any number.", fits: [0, 1.5], misses: ["0"] },
  { wanted: "<text>", meaning: "Any text.", fits: [""], misses: [0] },
  {
    wanted: "<time>",
    meaning: "A moment in ISO 8601.",
    fits: ["2030-01-01T00:00:00Z"],
    misses: ["today", 0],
  },
  {
    wanted: "/^NL-/i",
    meaning:
      "A text, or number, in which this regular expression finds something, within a second; flags i, m, s, u.",
    fits: ["nl-TNM-C1"],
    misses: ["DE-NL-1", undefined],
  },
  {
    wanted: "1..10",
    meaning: "A number from 1 to 10, also written as text; 5.. is at least 5, ..5 at most.",
    fits: [1, 10, "7.5"],
    misses: [0.9, 11, "x"],
  },
  {
    wanted: { contains: "x" },
    meaning: "A text with x in it, or a list with an item that fits x.",
    fits: ["axb", ["a", "x"]],
    misses: ["ab", ["ax"]],
  },
  { wanted: { oneOf: ["Soft", "Hard"] }, meaning: "One of these.", fits: ["Hard"], misses: ["Warm"] },
  {
    wanted: { not: "Blocked" },
    meaning: "Anything else, nothing too.",
    fits: ["x", undefined],
    misses: ["Blocked"],
  },
  {
    wanted: { equals: "1..2" },
    meaning: "Exactly this, although it looks like one of the above.",
    fits: ["1..2"],
    misses: [1, { status: "1..2" }],
  },
];
