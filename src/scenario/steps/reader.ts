import { oneOf } from "../problem.ts";
import { object, text } from "../schemas.ts";
import { defineStep } from "../step.ts";

const DEEDS = ["unplug", "replug", "busy", "garbage"] as const;

/** `reader`: the virtual reader's mishaps. */
export const reader = defineStep<{ readonly deed: (typeof DEEDS)[number]; readonly text: string }>({
  describe:
    "Unplug the card reader, plug it in again, let another program take it (busy), let it say garbage.",
  schema: {
    ...object({ garbage: { ...text, description: "What it says." } }, ["garbage"]),
    type: ["string", "object"],
  },
  examples: ["unplug", "replug", "busy", "garbage", { garbage: "\u0000\u00ff" }],
  needs: () => ["virtualReader"],
  parse: (value) =>
    typeof value === "object" && value !== null
      ? { deed: "garbage", text: String((value as { garbage: unknown }).garbage) }
      : { deed: oneOf([], value, DEEDS, "thing that a reader does"), text: "\ufffd\ufffd#?" },
  async run({ deed, text: said }, at) {
    if (deed === "garbage") at.bench.reader?.garbage(said);
    else at.bench.reader?.[deed]();
  },
});
