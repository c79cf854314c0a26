import { yaml } from "../examples.ts";
import { oneOf, StepProblem } from "../problem.ts";
import { durationSchema, object } from "../schemas.ts";
import { defineStep, type Need } from "../step.ts";
import { duration, signedDuration } from "../units.ts";

interface Clocked {
  readonly deed: "advance" | "jump" | "drift";
  readonly ms: number;
}

const DAY_MS = 86_400_000;
const DEEDS = ["advance", "jump", "drift"] as const;

/** `clock`: the station's time. */
export const clock = defineStep<Clocked>({
  describe:
    "Let time pass (advance), set the station's clock wrong (jump), let it run fast or slow a day (drift).",
  schema: object({
    advance: { ...durationSchema, description: "How much passes; as wait, in virtual time only." },
    jump: { ...durationSchema, description: "How far it is set: 1 h, or -5 min.", examples: ["-5 min"] },
    drift: {
      ...durationSchema,
      description: "How much it gains a day, less than 1 d: 10 s, or -10 s; 0 s: none.",
      examples: ["10 s"],
    },
  }),
  examples: [
    "- clock: { jump: -1 h } # the station's clock is set wrong by so much",
    yaml`
      - clock: { drift: 30 s } # it gains so much a day; -30 s: loses`,
    yaml`
      - clock: { advance: 1 d } # as wait, and only in virtual time`,
  ],
  needs: ({ deed }): Need[] => (deed === "advance" ? ["virtualTime"] : []),
  parse(value) {
    const entries = Object.entries((value ?? {}) as object);
    const [first, second] = entries;
    if (first === undefined || second !== undefined)
      throw new StepProblem(
        [],
        "it says none or several of advance, jump, drift",
        "Write one of them: clock: { jump: -1 h }.",
      );
    const deed = oneOf([first[0]], first[0], DEEDS, "thing that befalls a clock");
    const ms = (deed === "advance" ? duration : signedDuration)([deed], first[1]);
    if (deed !== "drift" || Math.abs(ms) < DAY_MS) return { deed, ms };
    throw new StepProblem(
      [deed],
      `no clock gains or loses ${String(first[1])} a day`,
      "Write less than 1 d: 30 s, -30 s.",
    );
  },
  async run({ deed, ms }, at) {
    if (deed === "advance") await at.sleep(ms);
    else if (deed === "jump") at.bench.jumpClock(ms);
    else at.bench.driftClock(ms / 1000);
  },
});
