import { reference } from "../../scenario/reference.ts";
import type { Section } from "../../scenario/section.ts";
import { AppError } from "../../util/errors.ts";
import { nearest } from "../../util/nearest.ts";
import { defineCommand } from "../command.ts";
import { print, printJson } from "../io.ts";
import { sectionLines } from "../section-lines.ts";

export const command = defineCommand({
  describe:
    "Show how the steps of a scenario are written, each with its members and examples of all its forms.\nWithout a name: what there is.",
  positionals: {
    name: { type: "string", describe: "A step, or scenario (its head), values, variables, matchers, facts" },
  },
  examples: [
    ["tapstation steps", "what there is"],
    ["tapstation steps csms", "one of it"],
  ],
  async run({ args: { name }, settings, io }) {
    const sections = reference();
    const chosen = name === undefined ? sections : [sectionOf(name, sections)];
    if (settings.config.json) for (const section of chosen) printJson(io, section);
    else if (name === undefined) print(io, ...overview(sections));
    else print(io, ...chosen.flatMap((section) => sectionLines(section, io.stdout.columns)));
    return 0;
  },
});

function overview(sections: readonly Section[]): string[] {
  const width = Math.max(...sections.map(({ name }) => name.length));
  const line = ({ name, describe }: Section): string => `  ${name.padEnd(width)}  ${describe}`;
  return [
    "Steps:",
    ...sections.filter(({ isStep }) => isStep).map(line),
    "",
    "Besides:",
    ...sections.filter(({ isStep }) => !isStep).map(line),
  ];
}

function sectionOf(name: string, sections: readonly Section[]): Section {
  const found = sections.find((section) => section.name === name);
  if (found !== undefined) return found;
  const names = sections.map((section) => section.name);
  const meant = nearest(name, names);
  throw new AppError("usage", `"${name}" is no step`, {
    hint: meant === undefined ? `There are ${names.join(", ")}.` : `Did you mean "${meant}"?`,
  });
}
