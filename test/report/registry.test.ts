import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseReporterSpec, reporterHelp, reporterNames } from "../../src/report/registry.ts";
import { AppError } from "../../src/util/errors.ts";
import { report, tempDir } from "./support.ts";

describe("how reporters are named", () => {
  it("by name, with a file behind a colon that may contain colons itself", () => {
    expect(parseReporterSpec("terminal")).toEqual({ name: "terminal" });
    expect(parseReporterSpec("minimal:C:\\out.txt")).toEqual({ name: "minimal", file: "C:\\out.txt" });
    expect(reporterHelp.map(([name]) => name)).toEqual(reporterNames);
  });

  it.each([
    ["termnal", "there is no such reporter", "Did you mean terminal?"],
    ["", "there is no such reporter", "There are terminal,"],
    ["minimal:", "the file is missing", "minimal:FILE"],
  ])("%j is an error that helps", (text, message, hint) => {
    const error = thrown(() => parseReporterSpec(text));
    expect(error.code).toBe("usage");
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
});

describe("who prints", () => {
  it("somebody always does: terminal, or minimal when told to be quiet", async () => {
    expect((await report([])).stdout).toContain("✓ An unknown card");
    const quiet = (await report([], { quiet: true })).stdout;
    expect(quiet).not.toContain("✓");
    expect(quiet).toContain("7 scenarios: 3 passed");
  });

  it("a reporter that goes to a file does not print, so one is added", async () => {
    const { stdout, cwd } = await report(["minimal:out/short.txt"]);
    expect(stdout).toContain("✓ An unknown card");
    expect(readdirSync(join(cwd, "out"))).toEqual(["short.txt"]);
  });

  it("two cannot both have the standard output, nor the same file", async () => {
    await expect(report(["terminal", "minimal"])).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("terminal and minimal"),
    });
    await expect(report(["minimal:a", "terminal:a"])).rejects.toMatchObject({ code: "usage" });
  });

  it("one file by two names is refused", async () => {
    const cwd = tempDir();
    mkdirSync(join(cwd, "out"));
    symlinkSync("out", join(cwd, "link"));
    for (const [a, b] of [
      ["a.xml", "./a.xml"],
      ["out/new/../a.xml", "link/a.xml"],
      ["a.xml", join(cwd, "a.xml")],
    ])
      await expect(report([`junit:${a}`, `jsonl:${b}`], { cwd, events: [] })).rejects.toMatchObject({
        code: "usage",
        message: expect.stringContaining("a.xml"),
      });
  });

  it("where JSON is wanted nothing but events is printed", async () => {
    const isEvent = (line: string): boolean => "kind" in JSON.parse(line);
    for (const specs of [[], ["junit:a.xml"], ["jsonl"]]) {
      const lines = (await report(specs, { json: true })).stdout.trimEnd().split("\n");
      expect(lines.length).toBeGreaterThan(10);
      expect(lines.every(isEvent)).toBe(true);
    }
    await expect(report(["minimal"], { json: true })).rejects.toMatchObject({
      code: "usage",
      message: "--json and minimal both want the standard output",
    });
  });
});

describe("a report's file", () => {
  it("that cannot be written is told before the run", async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, "file"), "");
    mkdirSync(join(cwd, "directory"));
    for (const name of ["file/below.txt", "directory"])
      await expect(report([`minimal:${name}`], { cwd, events: [] })).rejects.toMatchObject({
        code: "usage",
        message: expect.stringContaining(name),
      });
  });
});

function thrown(act: () => unknown): AppError {
  try {
    act();
  } catch (e) {
    if (e instanceof AppError) return e;
  }
  throw new Error("no AppError was thrown");
}
