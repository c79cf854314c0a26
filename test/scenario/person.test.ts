import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { run, scenario } from "./support.ts";

/** A person at a real reader: here a pipe, into which cards are written. */

const CARD = "04A2241BC85E80";

function pipe(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapstation-person-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "cards");
  expect(spawnSync("mkfifo", [path]).status).toBe(0);
  return path;
}

const TAP = scenario(`- tap: ${CARD}\n- expect: { verdict: accepted, within: 5 s }`);

it("is asked for a card no longer than until the reader tells of it", async () => {
  const cards = pipe();
  const asked: string[] = [];
  const { results } = await run(TAP, {
    readers: [`fifo:${cards}`],
    // Enter is never pressed.
    ask: (text, { done }) =>
      new Promise((resolve) => {
        asked.push(text);
        done?.addEventListener("abort", () => resolve());
        void writeFile(cards, `${CARD}\n`);
      }),
  });
  expect(asked).toEqual([`Tap card ${CARD} now`]);
  expect(results.map(({ outcome }) => outcome)).toEqual(["passed"]);
});

it("is not asked where nobody is, and another card is not the one", async () => {
  const cards = pipe();
  const nobody = await run(TAP, { readers: [`fifo:${cards}`] });
  expect(nobody.results.map(({ outcome, why }) => [outcome, why])).toEqual([
    ["skipped", `nobody is there to be asked: Tap card ${CARD} now`],
  ]);
  const wrong = await run(TAP.replace("name: Test", "name: Test\ntimeout: 1 s"), {
    readers: [`fifo:${cards}`],
    ask: () => writeFile(cards, "04B3352CD96F91\n"),
  });
  expect(wrong.failures.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^It took longer than 1 s, at the step tap/),
  ]);
});
