import { yaml } from "../examples.ts";
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
  examples: [
    "- reader: unplug",
    yaml`
      - reader: unplug
      - tap: 04A2241BC85E80 # nobody reads it
      - expect: { signal: read, absent: 5 s }
      - reader: replug
      - expect: { fact: reader, with: { state: ready } }`,
    yaml`
      - reader: busy # another program has it, until replug
      - expect: { fact: reader, with: { state: lost } }`,
    yaml`
      - reader: garbage # bytes that are no card
      - reader: { garbage: "04A2?" } # these`,
  ],
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
