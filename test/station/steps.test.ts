import { expect, it } from "vitest";
import { setup } from "xstate";
import { Run, Steps } from "../../src/station/steps.ts";

const nothing = () => {};
const door = new Steps(
  setup({
    types: {} as { events: { type: "OPEN" | "KNOCK" | "CLOSE" } },
    actions: { tell: nothing, light: nothing, hear: nothing, dark: nothing },
  }).createMachine({
    initial: "closed",
    states: {
      closed: { on: { OPEN: "open" } },
      open: { entry: ["tell", "light"], on: { KNOCK: { actions: "hear" }, CLOSE: "shut" } },
      shut: { entry: "dark", type: "final" },
    },
  }),
);

function walk(tell: (run: { send(type: "OPEN" | "KNOCK" | "CLOSE"): void }) => void) {
  const done: string[] = [];
  const run: Run<{ type: "OPEN" | "KNOCK" | "CLOSE" }> = new Run(door, {
    tell: () => tell({ send: (type) => run.send({ type }) }),
    light: () => done.push("light"),
    hear: () => done.push("hear"),
    dark: () => done.push("dark"),
  });
  return { run, done };
}

it("an event that an effect causes waits until the other effects are done", () => {
  const { run, done } = walk((inner) => inner.send("KNOCK"));
  run.send({ type: "OPEN" });
  expect(done).toEqual(["light", "hear"]);
});

it("an effect that throws keeps neither the others nor what waits from being done, once and in order", () => {
  const { run, done } = walk((inner) => {
    inner.send("KNOCK");
    throw new Error("no voice");
  });
  expect(() => run.send({ type: "OPEN" })).toThrow("no voice");
  expect([run.value, done]).toEqual(["open", ["light", "hear"]]);
  run.send({ type: "CLOSE" });
  expect([run.done, done]).toEqual([true, ["light", "hear", "dark"]]);
});
