import { text } from "../schemas.ts";
import { defineStep } from "../step.ts";

/** `prompt`: a person acts. */
export const prompt = defineStep<string>({
  describe: "Tell a person what to do and wait until it is said to be done. Skipped where there is nobody.",
  schema: text,
  examples: ["- prompt: Tap the blue card now"],
  needs: () => ["person"],
  parse: (value) => String(value),
  run: (said, at) => at.ask(said),
});
