import { describe, expect, it } from "vitest";
import { run, scenario } from "./support.ts";

const CARD = "04A2241BC85E80";
const OTHER = "04B3352CD96F91";
const files = {
  "cards.csv": `uid,who\n${CARD},Ann\n${OTHER},Bob\n`,
  "_tap.yaml": "- tap: $card\n",
};

/** Titles of the outermost steps, in the order in which they began. */
async function titlesOf(steps: string, more = ""): Promise<string[]> {
  const { events } = await run(scenario(steps, more), { files });
  return events.flatMap((e) =>
    e.kind === "stepBegan" && /^steps\.\d+$/.test(e.step.path) ? [e.step.title] : [],
  );
}

describe("a step in one line", () => {
  it.each([
    [`- parallel:\n    - [{ tap: ${CARD} }]\n    - [{ plug: }]`, "parallel: 2 branches"],
    ["- repeat: { times: 3, steps: [{ wait: 1 s }] }", "repeat 3 times"],
    ["- repeat: { times: 1, steps: [{ wait: 1 s }] }", "repeat once"],
    ["- for-each: { as: row, in: cards.csv, steps: [{ tap: $row.uid }] }", "for each row of cards.csv (2)"],
    [
      `- for-each: { as: card, in: [${CARD}, ${OTHER}], steps: [{ tap: $card }] }`,
      `for each card of 2: ${CARD}, ${OTHER}`,
    ],
    [
      `- for-each: { as: row, in: [{ a: 1, b: two }], steps: [{ wait: $row.a s }] }`,
      "for each row of 1: {a: 1, b: two}",
    ],
    [`- include: { file: _tap.yaml, vars: { card: ${CARD} } }`, `include _tap.yaml with card: ${CARD}`],
    ["- wait: 1 s", "wait 1 s"],
    ["- expect: { status: Available }", "expect {status: Available}"],
  ])("%s", async (steps, title) => {
    await expect(titlesOf(steps)).resolves.toEqual([title]);
  });

  it("has its variables filled in", async () => {
    const steps = `- repeat: { times: $often, steps: [{ wait: 1 s }] }\n- include: _tap.yaml`;
    await expect(titlesOf(steps, `vars: { often: 2, card: ${CARD} }\n`)).resolves.toEqual([
      "repeat 2 times",
      "include _tap.yaml",
    ]);
  });

  it("tells no password among the items", async () => {
    const titles = await titlesOf(
      "- for-each: { as: password, in: [hunter2, secret], steps: [{ wait: 1 s }] }",
    );
    expect(titles).toEqual(["for each password of 2: ***, ***"]);
  });

  it("is cut where it is long", async () => {
    const items = Array.from({ length: 40 }, (_, i) => i).join(", ");
    const [title] = await titlesOf(`- for-each: { as: n, in: [${items}], steps: [{ wait: $n s }] }`);
    expect(title).toMatch(/^for each n of 40: 0, 1, 2.*…$/);
    expect(title).toHaveLength(100);
  });
});
