import { cut } from "../../util/text.ts";
import { readTable } from "../csv.ts";
import { yaml } from "../examples.ts";
import { mayBeNamed } from "../names.ts";
import { StepProblem } from "../problem.ts";
import { object, stepsSchema } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { inOneLine } from "../title.ts";

/** Of an item, in what a failure says. */
const SHOWN_MAX = 100;

interface ForEach {
  readonly as: string;
  /** The items, or a CSV file of them. */
  readonly in: readonly unknown[] | string;
}

/** What cannot be gone through. */
export const noList = (items: unknown): StepProblem =>
  new StepProblem(["in"], `${inOneLine(items)} is no list`, "Write a list, or the name of a CSV file.");

/** `for-each`: the same steps for every item of a list or row of a CSV file. */
export const forEach = defineStep<ForEach>({
  describe: "Do steps for each item of a list, or each row of a CSV file beside the scenario.",
  schema: object(
    {
      as: {
        type: "string",
        pattern: "^[A-Za-z_]\\w*$",
        description:
          "The item's name, yours to choose, without $: row makes $row and, of its members, $row.uid.",
      },
      in: { type: ["array", "string"], description: "The items, or the name of a CSV file with a head." },
      steps: { ...stepsSchema, description: "What is done with each; $round counts from 1." },
    },
    ["as", "in", "steps"],
  ),
  examples: [
    "- for-each: { as: card, in: [04A2241BC85E80, 04B3352CD96F91], steps: [{ tap: $card }] }",
    yaml`
      - for-each:
          as: row # a name of yours: $row.uid is its member
          in:
            - { uid: 04A2241BC85E80, verdict: accepted }
            - { uid: 04B3352CD96F91, verdict: rejected }
          steps:
            - tap: $row.uid
            - expect: { verdict: $row.verdict }
            - wait: 2 min`,
    yaml`
      - for-each:
          as: row
          in: cards.csv # beside the scenario
          steps:
            - tap: $row.uid
            - expect: { verdict: $row.verdict }
            - wait: 2 min`,
  ],
  files: { "cards.csv": "uid,verdict\n04A2241BC85E80,accepted\n04B3352CD96F91,rejected\n" },
  blocks: () => [["steps"]],
  title(value, directory) {
    const { as, in: items } = value as ForEach;
    if (typeof items === "string")
      return `for each row of ${items} (${readTable(items, directory).rows.length})`;
    return `for each ${as} of ${items.length}: ${items.map(itemText).join(", ")}`;
  },
  parse(value) {
    const { as, in: items } = value as ForEach;
    mayBeNamed(["as"], as);
    if (!Array.isArray(items) && typeof items !== "string") throw noList(items);
    if (items.length === 0) throw new StepProblem(["in"], "the list is empty", "Name at least one item.");
    return { as, in: items };
  },
  async run({ as, in: items }, at) {
    const all = typeof items === "string" ? readTable(items, at.directory).rows : items;
    for (const [i, item] of all.entries()) {
      const round = i + 1;
      const which = typeof items === "string" ? `row ${round} of ${items}` : `item ${round} of ${all.length}`;
      at.secrets.learnVariable(as, item);
      const where = (place: string) =>
        `with ${as} = ${itemText(at.secrets.value(item))} (${which}; for-each, ${place})`;
      for (const block of at.step.blocks)
        await at.block(block, { where, round, vars: { round, [as]: item } });
    }
  },
});

const itemText = (item: unknown): string => cut(inOneLine(item), SHOWN_MAX);
