import { yaml } from "../examples.ts";
import { oneOf } from "../problem.ts";
import { word } from "../schemas.ts";
import { defineStep } from "../step.ts";

const HOW = ["orderly", "killed"] as const;

/** `restart`: the station's program, on the same stored state. */
export const restart = defineStep<(typeof HOW)[number]>({
  describe: "End the station's program and start it again on what it has stored: orderly, or killed.",
  notes: [
    "Everything outside the program stays as it is: mains (cut: it starts when they are restored), cars and cables, network, reader, faults and a jammed lock. A card that lies on the reader is read again.",
  ],
  schema: { ...word(HOW), anyOf: [{ enum: [...HOW, null] }, { type: "string", pattern: "\\$" }] },
  examples: [
    "- restart: # orderly",
    yaml`
      - restart: killed # as by kill -9
      - expect: { message: BootNotification }`,
  ],
  parse: (value) => oneOf([], value ?? "orderly", HOW, "way to restart"),
  run: (how, at) => at.bench.restart(how === "killed"),
});
