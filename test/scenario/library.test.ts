import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runScenarios } from "../../src/index.ts";
import type { RunEvent } from "../../src/scenario/types.ts";
import { folderOf, scenario } from "./support.ts";

describe("runScenarios", () => {
  it("rejects, and does not throw, where nothing can be run", async () => {
    const cwd = folderOf({});
    const ran = runScenarios({ paths: ["nope.yaml"], cwd });
    await expect(ran).rejects.toMatchObject({ message: expect.stringContaining("nope.yaml") });
  });

  it.each(["runBegan", "fact", "stepEnded", "scenarioEnded", "runEnded"] as const)(
    "rejects with what a listener throws at %s, tells no more, and tears down",
    async (kind) => {
      const text = (i: number): string =>
        `${scenario("- tap: 04A2241BC85E80\n- wait: 1 d")}teardown:\n  - shell: touch down.${i}\n`;
      const cwd = folderOf({ "a.yaml": text(1), "b.yaml": text(2) });
      const heard: RunEvent["kind"][] = [];
      const onEvent = (event: RunEvent): void => {
        heard.push(event.kind);
        if (event.kind === kind) throw new Error("the listener's own");
      };
      const o = { paths: ["."], cwd, ocpp: ["1.6"], workers: 1, allowShell: true, onEvent };
      await expect(runScenarios(o)).rejects.toThrow("the listener's own");
      expect(heard.filter((one) => one === kind)).toHaveLength(1);
      expect(heard.at(-1)).toBe(kind);
      expect(existsSync(join(cwd, "down.1"))).toBe(kind !== "runBegan");
      expect(existsSync(join(cwd, "down.2"))).toBe(kind === "runEnded");
    },
  );
});

describe("a part of what was asked for", () => {
  const files = { "a.yaml": scenario("- tap: 04A2241BC85E80"), "b.yaml": scenario("- plug:") };
  const part = (index: number, tags: string[] = []) =>
    runScenarios({ paths: ["."], cwd: folderOf(files), ocpp: ["1.6"], tags, shard: { index, of: 3 } });

  it("may be empty", async () => {
    expect(await part(3)).toMatchObject({ total: 0, exitCode: 0 });
  });

  it("is no success where the whole is nothing: a misspelt tag", async () => {
    for (const index of [1, 2, 3])
      await expect(part(index, ["slwo"])).rejects.toMatchObject({
        code: "usage",
        message: "No scenario fits --tag slwo",
      });
  });
});
