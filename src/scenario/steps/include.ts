import { yaml } from "../examples.ts";
import { object } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { inOneLine } from "../title.ts";

/** `include`: the steps of another file; the loader reads them. */
export const include = defineStep<Readonly<Record<string, unknown>>>({
  describe: "Do the steps of another file, a list of steps; with variables of its own.",
  schema: {
    ...object(
      {
        file: {
          type: "string",
          description:
            "A list of steps, beside this file; its name begins with _, so that it is not run by itself.",
        },
        vars: { type: "object", description: "Variables for these steps alone." },
      },
      ["file"],
    ),
    type: ["string", "object"],
  },
  examples: [
    "- include: _plug.yaml",
    yaml`
      - include: { file: _charge.yaml, vars: { card: 04A2241BC85E80 } }`,
  ],
  files: {
    "_plug.yaml": "- plug:\n",
    "_charge.yaml": "- plug:\n- tap: $card\n- expect: { transaction: started }\n",
  },
  title(value) {
    if (typeof value === "string") return `include ${value}`;
    const { file, vars = {} } = value as { readonly file: string; readonly vars?: object };
    const own = Object.entries(vars).map(([name, item]) => `${name}: ${inOneLine(item)}`);
    return own.length === 0 ? `include ${file}` : `include ${file} with ${own.join(", ")}`;
  },
  parse: (value) =>
    typeof value === "object" && value !== null
      ? ((value as { vars?: Readonly<Record<string, unknown>> }).vars ?? {})
      : {},
  async run(vars, at) {
    const where = (place: string) => `included by ${place}`;
    for (const block of at.step.blocks) await at.block(block, { where, vars });
  },
});
