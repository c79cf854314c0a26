import { errorCodes } from "../../station/control.ts";
import { yaml } from "../examples.ts";
import { oneOf, StepProblem } from "../problem.ts";
import { flag, object, wholeSchema, word } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { evseOf, truth } from "../units.ts";

/** `fault`: of an EVSE's hardware, or the station's. */
export const fault = defineStep<{ readonly evse: number; readonly code: string | undefined }>({
  describe: "Raise or clear a fault, by 1.6 error code; EVSE 0 is the station.",
  schema: {
    ...object({
      code: word(errorCodes, "What is the matter."),
      evse: { ...wholeSchema, description: "Where: default EVSE 1; 0 is the station." },
      clear: { ...flag, description: "The fault is over." },
    }),
    type: ["string", "object"],
  },
  examples: [
    "- fault: GroundFailure # of EVSE 1",
    yaml`
      - fault: GroundFailure
      - expect: { status: Faulted }
      - fault: { clear: true, evse: 1 }
      - expect: { status: Available }`,
    yaml`
      - fault: { code: HighTemperature, evse: 0 } # the station's
      - fault: { clear: true, evse: 0 }`,
  ],
  parse(value, known) {
    const raw = (typeof value === "object" && value !== null ? value : { code: value }) as Record<
      string,
      unknown
    >;
    const evse = evseOf(["evse"], raw.evse ?? 1, known, 0);
    if (truth(["clear"], raw.clear)) {
      if (raw.code === undefined) return { evse, code: undefined };
      throw new StepProblem(
        ["clear"],
        "it raises and clears at once",
        "Clearing names no code: { clear: true }.",
      );
    }
    if (raw.code === undefined) {
      throw new StepProblem(
        [],
        "it says no code",
        "Write fault: GroundFailure, or fault: { clear: true, evse: 1 }.",
      );
    }
    return { evse, code: oneOf(["code"], raw.code, errorCodes, "error code of OCPP 1.6") };
  },
  run: ({ evse, code }, at) =>
    code === undefined ? at.bench.control.clear(evse) : at.bench.control.fault(evse, code),
});
