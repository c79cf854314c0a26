import { yaml } from "../examples.ts";
import { wholeSchema } from "../schemas.ts";
import { defineStep, type Known } from "../step.ts";
import { evseOf } from "../units.ts";

const schema = { ...wholeSchema, type: ["integer", "string", "null"] };

const parse = (value: unknown, known: Known): number | undefined =>
  value === null || value === undefined ? undefined : evseOf([], value, known);

/** `plug`: a car arrives. */
export const plug = defineStep<number | undefined>({
  describe: "Put the cable in at an EVSE; without a number: the first that is free.",
  schema,
  examples: [
    "- plug: # the first EVSE that is free",
    yaml`
      station: { evses: 2 }
      steps:
        - plug: 2`,
  ],
  parse,
  run: (evse, at) => at.bench.control.plug(evse),
});

/** `unplug`: the car leaves. */
export const unplug = defineStep<number | undefined>({
  describe: "Pull the cable at an EVSE; without a number: the one that is plugged.",
  schema,
  examples: [
    yaml`
      - plug:
      - unplug: # where the cable is in`,
    yaml`
      - plug: 1
      - unplug: 1`,
  ],
  parse,
  run: (evse, at) => at.bench.control.unplug(evse),
});
