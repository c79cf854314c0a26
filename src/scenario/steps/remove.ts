import { yaml } from "../examples.ts";
import { defineStep } from "../step.ts";

/** `remove`: ends what `hold` began. */
export const remove = defineStep<undefined>({
  describe: "Take the held card away.",
  schema: { type: "null" },
  examples: [
    yaml`
      - hold: 04A2241BC85E80
      - remove:`,
  ],
  needs: () => ["virtualReader"],
  parse: () => undefined,
  run: (_, at) => at.bench.control.remove(),
});
