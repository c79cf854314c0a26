import { yaml } from "../examples.ts";
import { uidSchema } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { presented, uidOf } from "./tap.ts";

/** `hold`: a card that stays. */
export const hold = defineStep<string>({
  describe: "Put a card on the reader and leave it there.",
  schema: uidSchema,
  examples: [
    "- hold: 04A2241BC85E80",
    yaml`
      - hold: 04A2241BC85E80
      - wait: 1 min
      - remove:`,
  ],
  needs: () => ["virtualReader"],
  parse: (value) => uidOf([], value),
  run: (uid, at) => presented(at, uid),
});
