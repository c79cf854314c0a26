import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { folderOf, scenario } from "../scenario/support.ts";
import { Bin, run } from "../support/bin.ts";

/** What `tapstation run` tells when something fails or is broken off. */

const EXPECT = "expect: { signal: fault, within: 1 s }";
const FILES = {
  "all.yaml": scenario(
    [
      "- repeat:",
      "    times: 3",
      "    steps:",
      "      - for-each:",
      "          as: tag",
      "          in: cards.csv",
      "          steps:",
      "            - parallel:",
      "                - - wait: 1 s",
      "                - - include: _look.yaml",
    ].join("\n"),
    "ocpp: 1.6\n",
  ),
  "cards.csv": "id,password\n04AABB,hunter2\n",
  "_look.yaml": `- ${EXPECT}\n`,
};
/** Outermost first; a secret column is masked. */
const AROUND = [
  "in round 1 of 3 (repeat, all.yaml:4)",
  "with tag = {id: 04AABB, password: ***} (row 1 of cards.csv; for-each, all.yaml:7)",
  "in branch 2 of parallel (all.yaml:11)",
  "included by all.yaml:13",
];
const JOINED = ["signal fault did not come within 1 s", ...AROUND].join("; ");

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Everything that an HTML report holds: its index and its packed parts. */
function pageData(html: string): string {
  const parts = [...html.matchAll(/id="part-\d+">([^<]*)</g)].map(([, packed = ""]) =>
    inflateRawSync(Buffer.from(packed, "base64")).toString(),
  );
  return [html, ...parts].join("\n");
}

describe("a failure says where it was", () => {
  it("in every reporter", async () => {
    const cwd = folderOf(FILES);
    const reporters = [
      "terminal:t.txt",
      "minimal",
      "junit:r.xml",
      "github:g.txt",
      "jsonl:r.jsonl",
      "html:r.html",
    ];
    const { code, stdout } = await run(["run", ".", ...reporters.flatMap((r) => ["--reporter", r])], { cwd });
    expect(code).toBe(1);
    const read = (name: string) => readFileSync(join(cwd, name), "utf8");
    for (const text of [stdout, read("t.txt")]) {
      const lines = text.split("\n").map((line) => line.trim());
      const from = lines.indexOf("signal fault did not come within 1 s");
      expect(lines.slice(from + 1, from + 6).join(" ")).toContain(AROUND.join(" "));
    }
    expect(read("r.xml")).toContain(`<failure message="${escaped(JOINED)}"`);
    expect(read("g.txt")).toContain(["signal fault did not come within 1 s", ...AROUND].join("%0A"));
    const ended = read("r.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
      .find(({ kind }) => kind === "scenarioEnded");
    expect(ended.result.failures[0]).toMatchObject({
      at: { file: "_look.yaml", line: 1 },
      around: AROUND.map((text, i) => ({ text, at: { file: "all.yaml", line: [4, 7, 11, 13][i] } })),
    });
    const page = pageData(read("r.html"));
    expect(page.split(JSON.stringify(JOINED))).toHaveLength(3);
    expect(page + stdout + read("r.jsonl")).not.toContain("hunter2");
  });

  it("in the file itself by its line, with the item of a list, in the round that failed", async () => {
    const steps = [
      "- for-each:",
      "    as: card",
      "    in: [04A2241BC85E80, 04B3352CD96F91]",
      "    steps:",
      "      - tap: $card",
      "      - expect: { verdict: accepted, because: Accepted, within: 1 s }",
    ].join("\n");
    const { stdout } = await run(["run", "s.yaml"], {
      cwd: folderOf({ "s.yaml": scenario(steps, "ocpp: 1.6\n") }),
    });
    expect(stdout).toMatch(/\n {3}with card = 04B3352CD96F91 \(item 2 of 2; for-each, line 4\)\n/);
  });

  it("a time-out too", async () => {
    const steps = ["- repeat:", "    times: 2", "    steps:", "      - wait: 40 s"].join("\n");
    const cwd = folderOf({ "s.yaml": scenario(steps, "ocpp: 1.6\ntimeout: 1 min\n") });
    const { code, stdout } = await run(["run", "s.yaml"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain("It took longer than 1 min, at the step wait 40 s (line 8)");
    expect(stdout).toContain("in round 2 of 2 (repeat, line 5)");
  });
});

/** Waits for a program of this machine until it is interrupted; another scenario never begins. */
const LASTING = scenario(
  "- repeat:\n    times: 2\n    steps:\n      - shell: sleep 60",
  "ocpp: 1.6\nteardown:\n  - wait: 2 s\n  - expect: { signal: fault, within: 1 s }\n",
);

describe("an interrupted run", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s: is told as interrupted, its tear-down and its reports are whole, exit code %i",
    async (signal, code) => {
      const cwd = folderOf({ "a.yaml": LASTING, "b.yaml": scenario("- wait: 1 s", "ocpp: 1.6\n") });
      const reporters = [
        "jsonl",
        "terminal:t.txt",
        "minimal:m.txt",
        "junit:r.xml",
        "github:g.txt",
        "html:r.html",
      ];
      const bin = new Bin(
        ["run", ".", "--allow-shell", "--workers", "1", ...reporters.flatMap((r) => ["--reporter", r])],
        { cwd },
      );
      await bin.until((b) => b.stdout.includes('"steps.1#1.1"'));
      bin.process.kill(signal);
      const outcome = await bin.ended;
      expect(outcome).toMatchObject({ code, stderr: "" });
      const why = `interrupted (${signal}), at the step shell sleep 60 (line 10); in round 1 of 2 (repeat, line 7)`;
      const read = (name: string) => readFileSync(join(cwd, name), "utf8");
      for (const name of ["t.txt", "m.txt"]) {
        expect(read(name)).toContain("2 scenarios: 1 interrupted, 1 skipped");
        expect(read(name).replaceAll(/\n +/g, " ")).toContain(`Test [ocpp=1.6] ${why}`);
        expect(read(name)).toContain("In the tear-down: signal fault did not come within 1 s");
        expect(read(name)).not.toContain("could not be run");
      }
      expect(read("r.xml")).toContain(`<skipped message="${why}"/>`);
      expect(read("r.xml")).toContain('<skipped message="the run was interrupted"/>');
      expect(read("r.xml")).toContain('tests="2" failures="0" errors="0" skipped="2"');
      expect(read("g.txt")).toContain(`::warning file=a.yaml,line=1,col=1,title=Test [ocpp=1.6]::${why}`);
      expect(read("r.html")).toContain('<script type="application/json" id="index">');
      const events = outcome.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(events.at(-1)).toMatchObject({
        kind: "runEnded",
        summary: { total: 2, interrupted: 1, skipped: 1, errors: 0, exitCode: code },
      });
      const ended = events
        .filter(({ kind }) => kind === "stepEnded")
        .map((e) => [e.step.path, e.result.outcome]);
      expect(ended).toEqual([
        ["steps.1#1.1", "interrupted"],
        ["steps.1", "interrupted"],
        ["teardown.1", "passed"],
        ["teardown.2", "failed"],
      ]);
    },
  );
});

describe("a run in which all are skipped", () => {
  it("says so and why in every reporter, and is no success", async () => {
    const cwd = folderOf({
      "a.yaml": scenario("- wait: 1 s", "ocpp: 1.6\nskip: the meter is away\n"),
      "b.yaml": scenario("- shell: echo", "ocpp: 1.6\n"),
      "c.yaml": scenario("- shell: echo", "ocpp: 1.6\n"),
    });
    const reporters = ["terminal:t.txt", "minimal", "junit:r.xml", "github:g.txt", "jsonl:r.jsonl"];
    const { code, stdout } = await run(["run", ".", ...reporters.flatMap((r) => ["--reporter", r])], { cwd });
    expect(code).toBe(2);
    const read = (name: string) => readFileSync(join(cwd, name), "utf8");
    const shell = "it runs programs of this machine, and --allow-shell is not set";
    for (const text of [stdout, read("t.txt")]) {
      expect(text).toMatch(/3 scenarios: 3 skipped[^\n]*\nNothing ran\./);
      expect(text.replaceAll(/\n +/g, " ")).toContain(
        `skipped the meter is away Test [ocpp=1.6] a.yaml:1:1 ${shell} Test [ocpp=1.6] b.yaml:1:1 Test [ocpp=1.6] c.yaml:1:1`,
      );
    }
    expect(read("g.txt")).toBe(
      `::warning title=Nothing ran::1 skipped: the meter is away%0A2 skipped: ${shell}\n`,
    );
    expect(read("r.xml").split(`<skipped message="${shell}"/>`)).toHaveLength(3);
    expect(read("r.jsonl")).toMatch(/"kind":"runEnded".*"skipped":3,.*"exitCode":2/);
  });
});
