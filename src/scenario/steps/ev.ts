import type { EvChange } from "../bench.ts";
import { yaml } from "../examples.ts";
import { given, readEach, StepProblem } from "../problem.ts";
import { energySchema, evseSchema, object, powerSchema, shareSchema } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { energy, evseOf, power, share } from "../units.ts";

/** `ev`: the car at an EVSE. */
export const ev = defineStep<{ readonly evse: number; readonly change: EvChange }>({
  describe: "Make the car at an EVSE another one: charge, battery, power.",
  schema: object({
    evse: evseSchema,
    soc: { ...shareSchema, description: "How full its battery is." },
    battery: { ...energySchema, description: "How much its battery holds." },
    ac: { ...powerSchema, description: "The most that it takes from AC." },
    dc: { ...powerSchema, description: "The most that it takes from DC." },
  }),
  examples: [
    "- ev: { soc: 80 % } # of EVSE 1; without a car there: of the next one",
    yaml`
      station: { evses: 2 }
      steps:
        - ev: { evse: 2, soc: 10 %, battery: 40 kWh, ac: 7.4 kW, dc: 50 kW }`,
  ],
  parse(value, known) {
    const { evse = 1, soc, battery, ac, dc } = (value ?? {}) as Record<string, unknown>;
    if ([soc, battery, ac, dc].every((change) => change === undefined))
      throw new StepProblem(
        [],
        "it changes nothing about the car",
        "Name soc, battery, ac or dc: ev: { soc: 80 % }.",
      );
    const member = given({ soc, battery, ac, dc });
    const { evse: evseId, ...change } = readEach({
      evse: () => evseOf(["evse"], evse, known),
      soc: member("soc", share),
      capacityWh: member("battery", energy),
      maxAcW: member("ac", power),
      maxDcW: member("dc", power),
    });
    return {
      evse: evseId,
      change: Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    };
  },
  async run({ evse, change }, at) {
    at.bench.ev(evse, change);
  },
});
