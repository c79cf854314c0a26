import { durationSchema } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { duration } from "../units.ts";

/** `wait`: time passes. */
export const wait = defineStep<number>({
  describe: "Let time pass; against the built-in central system at once, hours too.",
  schema: durationSchema,
  examples: ["- wait: 5 s", "- wait: 2 h # no longer than the 5 s: virtual time jumps"],
  parse: (value) => duration([], value),
  run: (ms, at) => at.sleep(ms),
});
