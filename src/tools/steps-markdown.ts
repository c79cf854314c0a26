import { reference } from "../scenario/reference.ts";
import type { Member, Section } from "../scenario/section.ts";

const INTRO = `# How a scenario is written

Made by \`npm run generate\` of the tables that scenarios are read by; every example here is run by a test.
\`tapstation steps NAME\` shows a section on the terminal, and an editor that knows JSON Schema completes all of it
([scenario.schema.json](scenario.schema.json)). A step is an item of a list with one key, its name; a variable (\`$name\`)
may stand for any value.`;

/** The reference of the scenario language as a page of Markdown. */
export function stepsMarkdown(): string {
  const sections = reference();
  const links = sections.map(({ name }) => `[${name}](#${name})`);
  return `${[INTRO, links.join(" · "), ...sections.map(sectionText)].join("\n\n")}\n`;
}

function sectionText({ name, describe, notes, members, examples, files }: Section): string {
  const beside = Object.entries(files).map(
    ([file, text]) =>
      `\`${file}\`, beside the scenario:\n\n${fenced(text.trimEnd(), file.split(".").at(-1))}`,
  );
  const parts = [describe, ...notes, table(members), ...blocks(examples), ...beside];
  return [`## ${name}`, ...parts.filter((part) => part !== "")].join("\n\n");
}

/** Lists of steps stand in one block, one below the other; what has a head stands alone. */
function blocks(examples: readonly string[]): string[] {
  const lists = examples.filter((example) => example.startsWith("- "));
  const whole = examples.filter((example) => !example.startsWith("- "));
  return [...(lists.length === 0 ? [] : [lists.join("\n\n")]), ...whole].map((text) => fenced(text, "yaml"));
}

const fenced = (text: string, language = ""): string => `\`\`\`${language}\n${text}\n\`\`\``;

function table(members: readonly Member[]): string {
  if (members.length === 0) return "";
  const hasValues = members.some(({ value }) => value !== "");
  const rows = members.map(({ name, value, meaning, required }) => [
    code(name),
    ...(hasValues ? [value] : []),
    `${meaning}${required ? " **Needed.**" : ""}`,
  ]);
  const titles = ["", ...(hasValues ? ["value"] : []), "meaning"];
  return [titles, titles.map(() => "---"), ...rows]
    .map((row) => `| ${row.map(cell).join(" | ")} |`)
    .join("\n");
}

const code = (text: string): string => `\`${text}\``;

/** HTML and bars are none. */
const cell = (text: string): string =>
  text.startsWith("`") ? text.replaceAll("|", "\\|") : text.replaceAll("<", "\\<").replaceAll("|", "\\|");
