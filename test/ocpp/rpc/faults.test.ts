import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Calls } from "../../../src/ocpp/rpc/calls.ts";
import { type FaultPlan, Faults, seededRandom } from "../../../src/ocpp/rpc/faults.ts";
import type { FrameRecord } from "../../../src/ocpp/rpc/types.ts";
import { SimulatedClock } from "../../../src/util/clock.ts";

/** Calls with faults between them and a wire that only remembers. */
function rig(plan: FaultPlan, seed = 1) {
  const clock = new SimulatedClock();
  const wire: string[] = [];
  const records: FrameRecord[] = [];
  const handled: string[] = [];
  const faults: Faults = new Faults({
    plan,
    seed,
    clock,
    send: (t) => wire.push(t) > 0,
    receive: (t) => calls.receive(t),
    onFrame: (r) => records.push(r),
  });
  let n = 0;
  const calls = new Calls({
    version: "2.0.1",
    clock,
    ids: { next: () => `${++n}` },
    timeoutMs: 5_000,
    handler: (_action, _payload, id) => {
      handled.push(id);
      return { ok: true, payload: {} };
    },
    send: faults.send,
    onFrame: faults.onFrame,
  });
  calls.connected();
  const marks = () => records.map((r) => [r.direction, r.id, r.injected === true ? r.problem : undefined]);
  return { clock, wire, records, handled, faults, calls, marks };
}

const heartbeat = (id: string) => `[2,"${id}","Heartbeat",{}]`;

test("a plan without faults changes and marks nothing", () => {
  const { calls, wire, faults, marks, handled } = rig({});
  void calls.call("Heartbeat", {});
  faults.receive(heartbeat("a"));
  expect(wire).toEqual([heartbeat("1"), '[3,"a",{}]']);
  expect(handled).toEqual(["a"]);
  expect(marks().map(([, , problem]) => problem)).toEqual([undefined, undefined, undefined]);
});

describe("outgoing", () => {
  test("dropped: the CALL runs into its timeout", async () => {
    const { calls, wire, marks, clock } = rig({ out: { drop: 1 } });
    const outcome = calls.call("Heartbeat", {});
    expect(wire).toEqual([]);
    expect(marks()).toEqual([["out", "1", "dropped on purpose"]]);
    await clock.advance(5_000);
    expect(await outcome).toEqual({ kind: "timeout" });
  });

  test("duplicated", () => {
    const { calls, wire, marks } = rig({ out: { duplicate: 1 } });
    void calls.call("Heartbeat", {});
    expect(wire).toEqual([heartbeat("1"), heartbeat("1")]);
    expect(marks()).toEqual([["out", "1", "sent twice on purpose"]]);
  });

  test("corrupted: the record shows what went over the wire", () => {
    for (let seed = 0; seed < 50; seed++) {
      const { calls, wire, records } = rig({ out: { corrupt: 1 } }, seed);
      void calls.call("Heartbeat", {});
      expect(wire[0]).not.toBe(heartbeat("1"));
      expect(records).toMatchObject([{ raw: wire[0], injected: true, problem: "corrupted on purpose" }]);
    }
  });

  test("delayed", async () => {
    const { calls, wire, marks, clock } = rig({ out: { delay: 1, delayMs: { min: 300, max: 300 } } });
    void calls.call("Heartbeat", {});
    await clock.advance(299);
    expect(wire).toEqual([]);
    await clock.advance(1);
    expect(wire).toEqual([heartbeat("1")]);
    expect(marks()).toEqual([["out", "1", "delayed on purpose"]]);
  });

  test("reordered: the next one passes first, or a second does", async () => {
    const { calls, wire, clock, marks } = rig({ out: { reorder: 1 } });
    calls.sendRaw(heartbeat("a"));
    calls.sendRaw(heartbeat("b"));
    expect(wire).toEqual([heartbeat("b"), heartbeat("a")]);
    expect(marks()[0]).toEqual(["out", "a", "sent after the next one on purpose"]);
    calls.sendRaw(heartbeat("c"));
    expect(wire).toHaveLength(2);
    await clock.advance(1_000);
    expect(wire.at(-1)).toBe(heartbeat("c"));
    expect(clock.pending).toBe(0);
  });
});

describe("incoming", () => {
  test("dropped: recorded all the same", () => {
    const { faults, handled, marks } = rig({ in: { drop: 1 } });
    faults.receive(heartbeat("a"));
    expect(handled).toEqual([]);
    expect(marks()).toEqual([["in", "a", "dropped on purpose"]]);
  });

  test("duplicated: both are marked, the answers are not", () => {
    const { faults, handled, marks } = rig({ in: { duplicate: 1 } });
    faults.receive(heartbeat("a"));
    expect(handled).toEqual(["a", "a"]);
    expect(marks()).toEqual([
      ["in", "a", "sent twice on purpose"],
      ["out", "a", undefined],
      ["in", "a", "sent twice on purpose"],
      ["out", "a", undefined],
    ]);
  });

  test("corrupted: marked with what came of it, even when the record holds only its beginning", () => {
    for (let seed = 0; seed < 30; seed++) {
      const { faults, records } = rig({ in: { corrupt: 1 } }, seed);
      faults.receive(`[2,"a","DataTransfer",{"data":"${"x".repeat(40_000)}"}]`);
      expect(records[0]).toMatchObject({ direction: "in", injected: true });
      expect(records[0]?.problem).toMatch(/^corrupted on purpose/);
    }
  });

  test("delayed and reordered", async () => {
    const late = rig({ in: { delay: 1, delayMs: { min: 10, max: 10 } } });
    late.faults.receive(heartbeat("a"));
    expect(late.handled).toEqual([]);
    await late.clock.advance(10);
    expect(late.marks()[0]).toEqual(["in", "a", "delayed on purpose"]);
    const swapped = rig({ in: { reorder: 1 } });
    swapped.faults.receive(heartbeat("a"));
    swapped.faults.receive(heartbeat("b"));
    expect(swapped.handled).toEqual(["b", "a"]);
  });
});

test("half-open: nothing passes in that direction until it is over", () => {
  const { faults, wire, handled, marks, calls } = rig({});
  faults.halfOpen("in", true);
  faults.receive(heartbeat("a"));
  expect(handled).toEqual([]);
  calls.sendRaw(heartbeat("b"));
  expect(wire).toEqual([heartbeat("b")]);
  faults.halfOpen("in", false);
  faults.halfOpen("out", true);
  faults.receive(heartbeat("c"));
  expect(handled).toEqual(["c"]);
  expect(wire).toHaveLength(1);
  expect(marks().at(-1)).toEqual(["out", "c", "lost on purpose: the connection is half-open"]);
});

test("a connection that is gone takes what was held back with it", async () => {
  const { faults, handled, clock } = rig({ in: { delay: 0.5, reorder: 0.5 } });
  for (let i = 0; i < 20; i++) faults.receive(heartbeat(`${i}`));
  const before = handled.length;
  faults.reset();
  expect(clock.pending).toBe(0);
  await clock.advance(10_000);
  expect(handled).toHaveLength(before);
});

const rate = fc.double({ min: 0, max: 1, noNaN: true });
const rates = fc.record(
  { drop: rate, duplicate: rate, corrupt: rate, reorder: rate, delay: rate },
  { requiredKeys: [] },
);

test("the same seed does the same; nothing is invented; little is held", async () => {
  await fc.assert(
    fc.asyncProperty(
      rates,
      fc.integer(),
      fc.array(fc.string(), { maxLength: 100 }),
      async (r, seed, texts) => {
        const run = async () => {
          const clock = new SimulatedClock();
          const out: string[] = [];
          const faults = new Faults({
            plan: { in: r },
            seed,
            clock,
            send: () => true,
            receive: (t) => out.push(t),
          });
          for (const text of texts) faults.receive(text);
          expect(clock.pending).toBeLessThanOrEqual(65);
          await clock.advance(10_000);
          return out;
        };
        const first = await run();
        expect(await run()).toEqual(first);
        if ((r.corrupt ?? 0) === 0) for (const text of first) expect(texts).toContain(text);
        if ((r.drop ?? 0) === 0) expect(first.length).toBeGreaterThanOrEqual(texts.length);
      },
    ),
  );
});

test("the random numbers are spread from 0 to 1", () => {
  const random = seededRandom(42);
  const numbers = Array.from({ length: 1_000 }, random);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const mean = numbers.reduce((a, b) => a + b) / 1_000;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
});

describe("travelling", () => {
  test("latency holds for both directions, keeps the order and marks nothing", async () => {
    const travels = { latencyMs: { min: 100, max: 900 } };
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.nat(300), { minLength: 1, maxLength: 20 }),
        async (seed, gaps) => {
          const { faults, handled, wire, clock, marks } = rig({ in: travels, out: travels }, seed);
          const ids = gaps.map((_, i) => `m${i}`);
          for (const [i, gap] of gaps.entries()) {
            await clock.advance(gap);
            faults.receive(heartbeat(`m${i}`));
          }
          await clock.advance(99);
          const early = handled.length;
          await clock.advance(10_000);
          expect(early).toBeLessThan(ids.length);
          expect(handled).toEqual(ids);
          expect(wire).toEqual(ids.map((id) => `[3,"${id}",{}]`));
          expect(marks().filter(([, , problem]) => problem !== undefined)).toEqual([]);
        },
      ),
    );
  });

  test("a slow line carries one frame after the other; another plan counts from the next frame on", async () => {
    const { faults, wire, clock } = rig({ out: { charsPerS: 100 } });
    faults.send("a".repeat(50));
    faults.send("b".repeat(100));
    await clock.advance(499);
    expect(wire).toEqual([]);
    await clock.advance(1);
    expect(wire).toHaveLength(1);
    faults.setPlan({});
    faults.send("c");
    expect(wire).toHaveLength(1);
    await clock.advance(1000);
    expect(wire.map((t) => t[0])).toEqual(["a", "b", "c"]);
    faults.send("d");
    expect(wire).toHaveLength(4);
  });

  test("what is on its way is lost with the connection", async () => {
    const { faults, wire, clock } = rig({ out: { latencyMs: { min: 100, max: 100 } } });
    faults.send("a");
    faults.reset();
    await clock.advance(1000);
    expect(wire).toEqual([]);
    faults.send("b");
    await clock.advance(100);
    expect(wire).toEqual(["b"]);
  });
});
