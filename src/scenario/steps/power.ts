import { yaml } from "../examples.ts";
import { oneOf } from "../problem.ts";
import { word } from "../schemas.ts";
import { defineStep } from "../step.ts";

const STATES = ["cut", "restore"] as const;

/** `power`: the mains. */
export const power = defineStep<(typeof STATES)[number]>({
  describe: "Cut or restore the station's mains.",
  schema: word(STATES),
  examples: [
    "- power: cut",
    yaml`
      - power: cut
      - wait: 10 s
      - power: restore
      - expect: { message: BootNotification }`,
  ],
  parse: (value) => oneOf([], value, STATES, "state of the mains"),
  run: (state, at) => at.bench.control.power(state),
});
