import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as tapstation from "../src/index.ts";
import { run } from "./support/bin.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

it("the README's ten lines of TypeScript run as they stand", async () => {
  const code = /```ts\nimport \{ (.*?) \} from "tapstation";\n(.*?)```/s.exec(readme);
  const [, names = "", body = ""] = code ?? [];
  expect(names).not.toBe("");
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await new AsyncFunction("tapstation", `const { ${names} } = tapstation;\n${body}`)(tapstation);
});

it("the README names no command that the program has not", async () => {
  const { commands } = await import("../src/cli/commands/table.ts");
  const named = [...readme.matchAll(/(?:npx )?tapstation ([a-z][a-z-]+)/g)].map((m) => m[1] ?? "");
  expect(named.filter((name) => !Object.hasOwn(commands, name))).toEqual([]);
});

/** What a capture of the README shows of a command, without what is cut and what the reader adds. */
function captured(command: string): string[] {
  const found = readme.split(`$ npx tapstation ${command}\n`)[1] ?? "";
  const lines = found.split(/\n\$|\n```/)[0]?.split("\n") ?? [];
  return lines.filter((line) => line !== "" && !/^(…|Hold a card|Card )/.test(line));
}

it.each([
  ["tap", ["tap", "04A2241BC85E80"]],
  ["cards why 805EC81B24A204", ["cards", "why", "805EC81B24A204"]],
  [
    'explain "Demo card" --key LocalPreAuthorize=true',
    ["explain", "Demo card", "--key", "LocalPreAuthorize=true"],
  ],
])("the README's capture of %s is what the program says, in this order", async (shown, args) => {
  const env = { TAPSTATION_DATA: mkdtempSync(join(tmpdir(), "tapstation-readme-")) };
  const script = ["start", "--reader", "virtual", "--control", "-"];
  if (shown !== "tap") await run(script, { env, input: "tap 04A2241BC85E80\nquit\n" });
  const said = (await run(args, { env })).stdout.split("\n");
  const lines = captured(shown);
  expect(lines.length).toBeGreaterThan(3);
  expect(said.filter((line) => lines.includes(line))).toEqual(lines);
  const more = /^…and (\d+) more$/m.exec(readme)?.[1];
  const rows = said.filter((line) => /^[▶ ] \S/.test(line)).length;
  if (shown === "tap") expect(Number(more)).toBe(rows - 7);
});

/** The README's blocks of YAML that are scenarios, or files that these include, by file name. */
const scenarios = Object.fromEntries(
  [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = ""], i) => {
    const included = /^# (_[\w-]+\.yaml)/.exec(text)?.[1];
    if (included !== undefined) return [[included, text]];
    return /^name: /m.test(text) && /^steps:/m.test(text) ? [[`${i}.yaml`, text]] : [];
  }),
);

it("the README's scenarios pass as they stand, in every version", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "tapstation-readme-"));
  for (const [file, text] of Object.entries(scenarios)) writeFileSync(join(cwd, file), text);
  const names = Object.values(scenarios).flatMap((text) => /^name: (.*)$/m.exec(text)?.[1] ?? []);
  expect(names).toEqual([
    "My card charges",
    "A slow central system, then an outage",
    "Most forms, in one go",
  ]);
  const { code, stdout } = await run(["run", ".", "--reporter", "jsonl"], { cwd });
  const ended = stdout.split("\n").filter((line) => line.includes('"kind":"scenarioEnded"'));
  // Two versions, and of the second one two rows.
  expect([code, ended.map((line) => JSON.parse(line).result.outcome)]).toEqual([0, Array(8).fill("passed")]);
});

it("the README names every kind of step", async () => {
  const { stepKinds } = await import("../src/scenario/steps/table.ts");
  for (const name of Object.keys(stepKinds)) expect(readme).toContain(`\`${name}\``);
});
