import { describe, expect, it } from "vitest";
import { Multiplexer, type ReporterFault } from "../../src/report/multiplexer.ts";
import type { Reporter, RunEvent } from "../../src/scenario/types.ts";

const event: RunEvent = {
  kind: "runEnded",
  time: "2030-01-01T10:00:00.000Z",
  summary: {
    total: 0,
    passed: 0,
    failed: 0,
    errors: 0,
    skipped: 0,
    interrupted: 0,
    flaky: 0,
    wallMs: 0,
    exitCode: 0,
  },
};

function listener(name: string, o: { failsOn?: boolean; failsClosing?: boolean } = {}) {
  const calls: string[] = [];
  const reporter: Reporter = {
    name,
    on: (e) => {
      calls.push(e.kind);
      if (o.failsOn) throw new Error(`${name} broke`);
    },
    close: async () => {
      calls.push("close");
      if (o.failsClosing) throw new Error(`${name} could not close`);
    },
  };
  return { reporter, calls };
}

describe("several reporters as one", () => {
  it("one that throws is told once and left out; the others hear everything", async () => {
    const bad = listener("bad", { failsOn: true });
    const good = listener("good");
    const faults: ReporterFault[] = [];
    const all = new Multiplexer([bad.reporter, good.reporter], (fault) => faults.push(fault));
    all.on(event);
    all.on(event);
    await all.close();
    expect(bad.calls).toEqual(["runEnded"]);
    expect(good.calls).toEqual(["runEnded", "runEnded", "close"]);
    expect(faults).toEqual([{ reporter: "bad", error: new Error("bad broke") }]);
    expect(all.faults).toEqual(faults);
  });

  it("one that cannot write its report at the end does not keep the next from it", async () => {
    const bad = listener("bad", { failsClosing: true });
    const good = listener("good");
    const all = new Multiplexer([bad.reporter, good.reporter], () => {});
    await all.close();
    expect(good.calls).toEqual(["close"]);
    expect(all.faults.map((f) => f.reporter)).toEqual(["bad"]);
    await all.close();
    expect(good.calls).toEqual(["close"]);
  });
});
