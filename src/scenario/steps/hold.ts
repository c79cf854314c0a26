import { uidSchema } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { presented, uidOf } from "./tap.ts";

/** `hold`: a card that stays. */
export const hold = defineStep<string>({
  describe: "Put a card on the reader and leave it there.",
  schema: uidSchema,
  examples: ["04A2241BC85E80"],
  needs: () => ["virtualReader"],
  parse: (value) => uidOf([], value),
  run: (uid, at) => presented(at, uid),
});
