import { yaml } from "../examples.ts";
import { oneOf } from "../problem.ts";
import { evseSchema, object, word } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { evseOf } from "../units.ts";

const STATES = ["jam", "free"] as const;

/** `lock`: what holds a cable in its socket. */
export const lock = defineStep<{ readonly evse: number; readonly state: (typeof STATES)[number] }>({
  describe: "Jam the lock that holds a cable in its socket, or free it.",
  schema: {
    ...object({ evse: evseSchema, state: word(STATES, "Jammed, or well again.") }, ["state"]),
    type: ["object", "string"],
  },
  examples: [
    "- lock: jam # of EVSE 1",
    yaml`
      - lock: { evse: 1, state: jam }
      - lock: { evse: 1, state: free }`,
  ],
  parse(value, known) {
    const { evse = 1, state } = (
      typeof value === "object" && value !== null ? value : { state: value }
    ) as Record<string, unknown>;
    return {
      evse: evseOf(["evse"], evse, known),
      state: oneOf(["state"], state, STATES, "state of a lock"),
    };
  },
  run: ({ evse, state }, at) => at.bench.control.lock(evse, state),
});
