import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempDir } from "../report/support.ts";
import { Bin, run } from "../support/bin.ts";

const TAP = "name: A tap\nsteps:\n  - tap: 04A2241BC85E80\n  - expect: { signal: ";

function scenario(signal: string): string {
  const dir = tempDir();
  writeFileSync(join(dir, "tap.yaml"), `${TAP}${signal}, within: 5 s }\n`);
  return dir;
}

describe("tapstation run --reporter", () => {
  it("several tell the same run at once, each where it belongs", async () => {
    const cwd = scenario("fault");
    const args = ["run", "tap.yaml", "--ocpp", "1.6"];
    const reporters = ["github", "junit:out/r.xml", "jsonl:r.jsonl", "minimal:m.txt"];
    const { code, stdout } = await run([...args, ...reporters.flatMap((r) => ["--reporter", r])], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ ✗ A tap \[ocpp=1\.6\]/m);
    expect(stdout).toMatch(/^ +4 │ expect: \{ signal: fault, within: 5 s \}$/m);
    expect(stdout).toMatch(/^::error file=tap\.yaml,line=4,/m);
    expect(readFileSync(join(cwd, "m.txt"), "utf8")).toContain("1 scenario: 1 failed");
    expect(readFileSync(join(cwd, "out/r.xml"), "utf8")).toContain('tests="1" failures="1" errors="0"');
    const kinds = readFileSync(join(cwd, "r.jsonl"), "utf8").trimEnd().split("\n");
    expect(JSON.parse(kinds.at(-1) ?? "")).toMatchObject({ kind: "runEnded", summary: { failed: 1 } });
  });

  it("--json is events on the standard output, --quiet a line", async () => {
    const cwd = scenario("read");
    const json = await run(["run", "tap.yaml", "--ocpp", "1.6", "--json"], { cwd });
    expect(json.code).toBe(0);
    for (const line of json.stdout.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("kind");
    const quiet = await run(["run", "tap.yaml", "--ocpp", "1.6", "--quiet"], { cwd });
    expect(quiet.stdout).toMatch(/^1 scenario: 1 passed · [^\n]*\n$/);
  });

  it("--json --watch keeps the standard output for events: what it waits for and what is wrong go beside", async () => {
    const cwd = scenario("read");
    const bin = new Bin(["run", "tap.yaml", "--ocpp", "1.6", "--json", "--watch"], { cwd });
    const waits = (n: number) => (b: Bin) => b.stderr.split("Waiting for a file to change").length > n;
    await bin.until(waits(1));
    writeFileSync(join(cwd, "tap.yaml"), "name: Wrong\nsteps: [{ tapp: 1 }]\n");
    await bin.until(waits(2));
    bin.process.kill("SIGINT");
    const { stdout, stderr } = await bin.ended;
    expect(stderr).toContain('"tapp" is not a step');
    const kinds = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).kind);
    expect(kinds.filter((kind) => ["runEnded", "refused"].includes(kind))).toEqual(["runEnded", "refused"]);
  });

  it("a log of a CI server has colours where FORCE_COLOR asks for them, a file and --json have none", async () => {
    const cwd = scenario("read");
    const args = ["run", "tap.yaml", "--ocpp", "1.6", "--reporter"];
    const outputs = [["terminal"], ["minimal"], ["jsonl"]].map(async ([name = ""]) => {
      const { stdout } = await run([...args, name], { cwd, env: { FORCE_COLOR: "1" } });
      return stdout.includes("\u001b[");
    });
    expect(await Promise.all(outputs)).toEqual([true, true, false]);
    const plain = await run([...args, "terminal", "--reporter", "minimal:m.txt"], {
      cwd,
      env: { FORCE_COLOR: "0" },
    });
    expect(plain.stdout + readFileSync(join(cwd, "m.txt"), "utf8")).not.toContain("\u001b");
  });

  it("a report that cannot be written ends the program before anything runs", async () => {
    const cwd = scenario("read");
    mkdirSync(join(cwd, "taken"));
    const { code, stdout, stderr } = await run(["run", "tap.yaml", "--reporter", "junit:taken"], { cwd });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("The report taken cannot be written: it is a directory");
    expect(readdirSync(cwd).sort()).toEqual(["taken", "tap.yaml"]);
  });
});
