import { yaml } from "../examples.ts";
import { object, stepsSchema, wholeSchema } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { times } from "../title.ts";
import { whole } from "../units.ts";

const timesOf = (value: unknown): number =>
  whole(["times"], (value as { times: unknown }).times, 1, "number of times");

/** `repeat`: the same steps again; $round counts from 1. */
export const repeat = defineStep<number>({
  describe: "Do steps several times; $round counts them from 1.",
  schema: object(
    {
      times: { ...wholeSchema, description: "How often, from 1." },
      steps: { ...stepsSchema, description: "What is done each time." },
    },
    ["times", "steps"],
  ),
  examples: [
    "- repeat: { times: 3, steps: [{ tap: 04A2241BC85E80 }] }",
    yaml`
      - repeat:
          times: 3
          steps:
            - tap: 04A2241BC85E80
            - expect: { verdict: accepted }
            - wait: $round min # 1 min, 2 min, 3 min`,
  ],
  blocks: () => [["steps"]],
  title: (value) => `repeat ${times(timesOf(value))}`,
  parse: timesOf,
  async run(rounds, at) {
    for (let round = 1; round <= rounds; round++) {
      const where = (place: string) => `in round ${round} of ${rounds} (repeat, ${place})`;
      for (const block of at.step.blocks) await at.block(block, { where, round, vars: { round } });
    }
  },
});
