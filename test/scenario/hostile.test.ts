import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { planScenarios } from "../../src/app/scenarios.ts";
import { folderOf, run, scenario, told } from "./support.ts";

describe("files that are no scenarios", () => {
  const plan = (make: (path: string) => void) => () => {
    const cwd = folderOf({});
    make(join(cwd, "s.yaml"));
    return planScenarios({ paths: ["s.yaml"], cwd });
  };

  it("not UTF-8", () => {
    expect(plan((path) => writeFileSync(path, Buffer.from([0x6e, 0xff, 0xfe])))).toThrow(
      /s\.yaml is not UTF-8/,
    );
  });

  it("larger than any scenario", () => {
    expect(plan((path) => writeFileSync(path, `# ${"x".repeat(4_200_000)}`))).toThrow(
      /s\.yaml has more than \d+ characters/,
    );
  });

  it("a folder that is called like one holds none", () => {
    expect(plan((path) => mkdirSync(path))).toThrow(/no scenario/i);
  });

  it("aliases that grow without end", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(", ")}]`,
      );
    const text = `name: A\nvars:\n${lines.map((line) => `  ${line}`).join("\n")}\nsteps: [plug: ]\n`;
    expect(told(text)).toMatch(/^s\.yaml:1:1: .*alias.* \| Write it out where it is needed\.$/);
  });
});

describe("tables", () => {
  it("without rows", () => {
    expect(told(scenario("- plug:", "data: t.csv\n"), { "t.csv": "uid,outcome\n" })).toMatch(
      /t\.csv cannot be used: it has no rows below its head/,
    );
  });

  it("with more rows than are read: none is left out silently", () => {
    const text = `uid\n${"04A2241BC85E80\n".repeat(10_001)}`;
    expect(told(scenario("- tap: $uid", "data: t.csv\n"), { "t.csv": text })).toMatch(
      /t\.csv cannot be used: it has more than 10000 rows \| Divide it/,
    );
  });
});

it("a column whose name no variable can have is named as such", () => {
  const message = told(scenario("- tap: $card", "data: t.csv\n"), {
    "t.csv": "card id,uid\n1,04A2241BC85E80\n",
  });
  expect(message).toMatch(
    /There is no variable "\$card" \| There are \$station, .*\$uid\. "card id" cannot be one: a name has letters, digits and _.* t\.csv has the columns card id, uid\./,
  );
});

it("a name that no variable can have", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written in a scenario
  expect(told(scenario("- tap: ${1st card}"))).toMatch(
    /s\.yaml:3:5: "\$\{1st card\}" is no name of a variable \| Write \$name/,
  );
});

it("a station that is not taken up says so, and what to write if that is meant", async () => {
  const { failures, results } = await run(scenario("- plug:", "central: { approved: false }\n"));
  expect(results[0]?.outcome).toBe("error");
  expect(failures[0]?.message).toMatch(/The station was not registered within/);
  expect(failures[0]?.hint).toMatch(/station: \{begins: powered\}/);
});
