import { yaml } from "../examples.ts";
import { energySchema, evseSchema, object } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { energy, evseOf } from "../units.ts";

/** `meter`: energy without time. */
export const meter = defineStep<{ readonly evse: number; readonly wh: number }>({
  describe: "Let an EVSE's meter count so much energy at once.",
  schema: {
    ...object({ evse: evseSchema, add: { ...energySchema, description: "So much more." } }, ["add"]),
    type: ["object", "string"],
  },
  examples: [
    "- meter: 5 kWh # of EVSE 1",
    yaml`
      station: { evses: 2 }
      steps:
        - meter: { evse: 2, add: 500 Wh }`,
  ],
  parse(value, known) {
    if (typeof value !== "object" || value === null) return { evse: 1, wh: energy([], value) };
    const { evse = 1, add } = value as { evse?: unknown; add: unknown };
    return { evse: evseOf(["evse"], evse, known), wh: energy(["add"], add) };
  },
  run: ({ evse, wh }, at) => at.bench.control.meter(evse, wh),
});
