import { describe, expect, it } from "vitest";
import { run, scenario } from "./support.ts";

const FAILS = "expect: { message: Authorize, within: 1 s }";
const KNOWN = "expect-failure: a known defect\n";
const failing = (part: string): string => `${part}:\n  - ${FAILS}\n`;

/** What is told of a scenario: outcome, and each failure's beginning. */
async function told(text: string): Promise<readonly string[]> {
  const { results, failures } = await run(text);
  return [String(results[0]?.outcome), ...failures.map(({ message }) => message.split(",")[0] ?? "")];
}

describe("expected to fail is one of the steps, nothing else", () => {
  it.each([
    ["a step fails", scenario(`- ${FAILS}`, KNOWN), ["passed", "message Authorize did not come within 1 s"]],
    ["nothing does", scenario("- plug:", KNOWN), ["failed", "It passed"]],
    [
      "the set-up fails: no step was come to",
      scenario("- plug:", `${KNOWN}${failing("setup")}`),
      ["failed", "In the set-up: message Authorize did not come within 1 s"],
    ],
    [
      "the tear-down fails: the defect is mended",
      scenario("- plug:", `${KNOWN}${failing("teardown")}`),
      ["failed", "In the tear-down: message Authorize did not come within 1 s", "It passed"],
    ],
    [
      "a step and the tear-down fail: the latter is not expected",
      scenario(`- ${FAILS}`, `${KNOWN}${failing("teardown")}`),
      ["failed", "In the tear-down: message Authorize did not come within 1 s"],
    ],
  ])("%s", async (_, text, outcome) => {
    expect(await told(text)).toEqual(outcome);
  });
});

it("a version that no step is for is skipped, and not passed in no time", async () => {
  const { results } = await run(scenario("- plug:\n  ocpp: 1.6\n- unplug:\n  ocpp: 1.6"), {
    ocpp: ["1.6", "2.0.1"],
  });
  expect(results.map(({ outcome, why }) => [outcome, why]).sort()).toEqual([
    ["passed", undefined],
    ["skipped", "no step is for OCPP 2.0.1"],
  ]);
});

describe("what is skipped excuses no failure", () => {
  it("a branch that cannot be done here, beside one that fails", async () => {
    const branches = `- parallel:\n    - - prompt: Look at the lamp\n    - - ${FAILS}`;
    expect(await told(scenario(branches))).toEqual(["skipped"]);
    const later = `- parallel:\n    - - shell: { run: ls, within: $time }\n    - - ${FAILS}`;
    expect(await told(scenario(later, "vars: { time: 10 s }\n"))).toEqual([
      "failed",
      "message Authorize did not come within 1 s",
    ]);
  });

  it("a step that cannot be done here, and a tear-down that fails", async () => {
    const text = scenario(
      "- shell: { run: ls, within: $time }",
      `vars: { time: 10 s }\n${failing("teardown")}`,
    );
    expect(await told(text)).toEqual([
      "failed",
      "In the tear-down: message Authorize did not come within 1 s",
    ]);
  });
});
