import { yaml } from "../examples.ts";
import { stepsSchema } from "../schemas.ts";
import { defineStep, StepSkipped } from "../step.ts";

/** `parallel`: lists of steps side by side. */
export const parallel = defineStep<undefined>({
  describe: "Do several lists of steps side by side; it ends when all have ended.",
  schema: { type: "array", items: stepsSchema, minItems: 2 },
  examples: [
    "- parallel: [[{ plug: 1 }], [{ tap: 04A2241BC85E80 }]]",
    yaml`
      - parallel:
          - - tap: 04A2241BC85E80 # the first list
            - expect: { verdict: accepted }
          - - wait: 100 ms # the second one, beside it
            - plug:
            - expect: { transaction: started }`,
  ],
  blocks: (value) => (Array.isArray(value) ? value.map((_, i) => [i]) : []),
  title: (branches) => `parallel: ${(branches as readonly unknown[]).length} branches`,
  parse: () => undefined,
  async run(_, at) {
    const branches = at.step.blocks.map((block, i) => {
      const where = (place: string) => `in branch ${i + 1} of parallel (${place})`;
      return at.block(block, { where, branch: i + 1 });
    });
    const ended = await Promise.allSettled(branches);
    const broken = ended.filter((e) => e.status === "rejected").map(({ reason }) => reason);
    // What one branch cannot do here does not excuse another.
    if (broken.length > 0) throw broken.find((e) => !(e instanceof StepSkipped)) ?? broken[0];
  },
});
