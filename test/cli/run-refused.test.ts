import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { problemsByFile } from "../../src/scenario/problems-by-file.ts";
import { WrongFiles } from "../../src/scenario/wrong-files.ts";
import { folderOf, scenario } from "../scenario/support.ts";
import { run } from "../support/bin.ts";
import { chromiumMissing, launchChromium } from "../support/chromium.ts";
import { skipUnlessRequired } from "../support/pcscd-package.ts";

/** What reports say of a run in which nothing could run. */

const REPORTERS = ["junit:r.xml", "jsonl:r.jsonl", "html:r.html", "github"];
const GOOD = scenario("- tap: 04A2241BC85E80", "ocpp: 1.6\n");
const FILES = {
  "good.yaml": GOOD,
  "wrong.yaml": scenario('- tapp: 1\n- expect: { "signl": read }'),
  "empty.yaml": "",
};

/** Runs it where reports of an earlier run lie. */
async function refused(args: readonly string[]) {
  const cwd = folderOf({ ...FILES, "r.xml": "old", "r.jsonl": "old", "r.html": "old" });
  const reporters = REPORTERS.flatMap((name) => ["--reporter", name]);
  const outcome = await run(["run", ...args, ...reporters], { cwd });
  const [xml = "", jsonl = "", html = ""] = ["r.xml", "r.jsonl", "r.html"].map((name) =>
    readFileSync(join(cwd, name), "utf8"),
  );
  return { ...outcome, cwd, xml, jsonl, html };
}

describe("a run that is refused", () => {
  it("is told in each report, file by file, with the place of each problem", async () => {
    const { code, stdout, stderr, xml, jsonl, html } = await refused(["."]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/empty\.yaml:1:1: the file is empty.*\n {2}wrong\.yaml:3:5: "tapp" is not a step/);
    expect(stdout).toMatch(
      /^::error file=wrong\.yaml,line=3,col=5,title=tapstation run::"tapp" is not a step%0ADid you mean "tap"\?$/m,
    );
    const event = JSON.parse(jsonl);
    expect(event).toMatchObject({ kind: "refused", command: "tapstation run .", code: "definition.invalid" });
    expect(event.problems).toHaveLength(stdout.split("::error ").length - 1);
    expect(event.problems).toContainEqual({
      at: { file: "wrong.yaml", line: 3, col: 5 },
      message: '"tapp" is not a step',
      hint: 'Did you mean "tap"?',
    });
    expect(xml).toMatch(/^<testsuites name="tapstation" tests="2" failures="0" errors="2"/m);
    expect(xml).toMatch(
      /<testcase name="The file can be run" classname="wrong" time="0" file="wrong\.yaml">\s*<error message="wrong\.yaml:3:5: [^"]*" type="definition\.invalid">/,
    );
    expect(html).toContain('"kind":"refused"');
  });

  it.each([
    [
      "nothing fits",
      ["good.yaml", "--grep", "Tets", "--tag", "slow"],
      "No scenario fits --grep Tets --tag slow",
    ],
    ["a path is not there", ["nowhere"], "nowhere cannot be read"],
    ["a flag is wrong", ["good.yaml", "--seed", "x"], '--seed: "x" is not a whole number'],
    ["a setting is wrong", ["good.yaml", "--csms", "foo"], '--csms: "foo" is not a WebSocket URL'],
  ])("%s: no report of an earlier run stands for it, and none is empty", async (_, args, said) => {
    const { code, stdout, xml, jsonl, html } = await refused(args);
    expect(code).toBe(2);
    expect(stdout).toContain(`::error title=tapstation run::`);
    expect(xml).toContain('tests="1" failures="0" errors="1"');
    expect(xml).toContain('<testcase name="The run can begin" classname="tapstation run"');
    expect(JSON.parse(jsonl).problems).toEqual([
      { message: expect.stringContaining(said), hint: expect.any(String) },
    ]);
    for (const report of [stdout, xml.replaceAll("&quot;", '"'), html.replaceAll('\\"', '"')])
      expect(report).toContain(said);
  });

  it("does not tell what secrets are", async () => {
    const { cwd } = await refused(["."]);
    writeFileSync(join(cwd, "wrong.yaml"), 'name: x\nstation: { password: "hunter2", "\n');
    await run(["run", "wrong.yaml", ...REPORTERS.flatMap((name) => ["--reporter", name])], { cwd });
    for (const name of ["r.xml", "r.jsonl", "r.html"])
      expect(readFileSync(join(cwd, name), "utf8")).not.toContain("hunter2");
  });

  const skip = skipUnlessRequired(chromiumMissing);
  it.skipIf(skip !== undefined)(`stands on the page${skip === undefined ? "" : ` (${skip})`}`, async () => {
    const { cwd } = await refused(["."]);
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`file://${join(cwd, "r.html")}`);
    expect(await page.locator(".verdict").innerText()).toMatch(/nothing ran: \d problems/);
    expect(await page.locator("h2").allInnerTexts()).toEqual(["empty.yaml", "wrong.yaml"]);
    expect(await page.locator(".refused li").allInnerTexts()).toContainEqual(
      expect.stringMatching(/3:5\s+"tapp" is not a step\s+Did you mean "tap"\?/),
    );
  });
});

it("a message tells the first problems of each file, and how many more there are", () => {
  const problems = Array.from({ length: 23 }, (_, i) => ({
    at: { file: i < 22 ? "a.yaml" : "b.yaml", line: i + 1, col: 1 },
    message: "wrong",
    hint: "Mend it.",
  }));
  const { message, hint } = new WrongFiles(problems);
  const lines = message.split("\n");
  expect(lines.slice(20)).toEqual(["and 2 more, 22 in all", "b.yaml:23:1: wrong (Mend it.)"]);
  expect(hint).toBeUndefined();
  expect(problemsByFile(problems).map(([file, of]) => [file, of.length])).toEqual([
    ["a.yaml", 22],
    ["b.yaml", 1],
  ]);
});
