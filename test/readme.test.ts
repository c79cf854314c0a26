import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as tapstation from "../src/index.ts";

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
