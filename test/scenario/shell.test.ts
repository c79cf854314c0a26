import { expect, it } from "vitest";
import { run, scenario } from "./support.ts";

/** Programs of this machine, in scenarios that may run them. */

const done = async (step: string) => {
  const { failures, results, facts } = await run(scenario(step), { allowShell: true });
  return { failed: failures.map(({ message, hint }) => [message, hint]), ms: results[0]?.ms, facts };
};

it.each([
  ["a program that it left in the background", "sleep 600 & echo hi"],
  ["a program that does not heed SIGTERM", "trap '' TERM; echo hi; while :; do sleep 600; done"],
  ["a program that has left its group", "setsid sleep 5 & echo hi"],
])("within is kept and no virtual time passes, whatever it waits for: %s", async (_, line) => {
  const { failed, ms } = await done(`- shell: { run: "${line}", within: 1 s }`);
  expect(failed).toEqual([["It did not end within 1 s", "hi"]]);
  expect(ms).toBe(0);
});

it("one that is killed is told with the signal", async () => {
  const { failed } = await done("- shell: kill -9 $$$$");
  expect(failed).toEqual([["It was ended by SIGKILL", undefined]]);
});

it("characters are whole that come in two pieces", async () => {
  const line = `awk 'BEGIN { printf \\"a\\"; for (i = 0; i < 40000; i++) printf \\"é\\" }'`;
  const { failed, facts } = await done(
    `- shell: { run: "${line}", capture: out }\n- transfer: { vendor: x, data: $out }`,
  );
  expect(failed).toEqual([]);
  const sent = facts.flatMap((f) => (f.kind === "frame" ? [f.raw ?? ""] : []));
  expect(sent.filter((raw) => raw.includes(`"data":"a${"é".repeat(40_000)}"`))).toHaveLength(1);
});
