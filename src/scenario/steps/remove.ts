import { defineStep } from "../step.ts";

/** `remove`: ends what `hold` began. */
export const remove = defineStep<undefined>({
  describe: "Take the held card away.",
  schema: { type: "null" },
  examples: [null],
  needs: () => ["virtualReader"],
  parse: () => undefined,
  run: (_, at) => at.bench.control.remove(),
});
