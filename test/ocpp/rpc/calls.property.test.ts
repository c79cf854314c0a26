import fc from "fast-check";
import { expect, test } from "vitest";
import { Calls } from "../../../src/ocpp/rpc/calls.ts";
import { MAX_WAITING_CALLS } from "../../../src/ocpp/rpc/incoming.ts";
import type { CallAnswer, CallOutcome, FrameRecord } from "../../../src/ocpp/rpc/types.ts";
import { payloadCheck } from "../../../src/ocpp/schemas.ts";
import { SimulatedClock } from "../../../src/util/clock.ts";

const version = fc.constantFrom("1.6" as const, "2.0.1" as const);

/** What can happen to the exchange of frames, in any order. */
const step = fc.oneof(
  fc.record({ do: fc.constant("call" as const), timeoutMs: fc.constantFrom(10, 50, 1_000) }),
  fc.record({ do: fc.constant("answer" as const), which: fc.nat(8), error: fc.boolean(), times: fc.nat(2) }),
  fc.record({ do: fc.constant("time" as const), ms: fc.constantFrom(0, 5, 10, 60) }),
  fc.record({ do: fc.constantFrom("connect" as const, "disconnect" as const, "garbage" as const) }),
);

test("every call has exactly one outcome, in any interleaving of answers, time and broken connections", async () => {
  await fc.assert(
    fc.asyncProperty(version, fc.array(step, { maxLength: 40 }), async (v, steps) => {
      const clock = new SimulatedClock();
      const sent: string[] = [];
      const outcomes: CallOutcome[][] = [];
      const records: FrameRecord[] = [];
      let open = 0;
      let ids = 0;
      const calls = new Calls({
        version: v,
        clock,
        ids: { next: () => `${++ids}` },
        timeoutMs: 100,
        handler: (): CallAnswer => ({ ok: true, payload: {} }),
        send: (text) => {
          if (text.startsWith("[2")) sent.push(JSON.parse(text)[1]);
          return true;
        },
        onFrame: (r) => records.push(r),
      });
      for (const s of steps) {
        if (s.do === "call") {
          const mine: CallOutcome[] = [];
          outcomes.push(mine);
          open++;
          void calls.call("Heartbeat", {}, { timeoutMs: s.timeoutMs }).then((o) => {
            mine.push(o);
            open--;
          });
        } else if (s.do === "answer") {
          const id = sent.at(-1 - s.which) ?? "nobody";
          const text = s.error ? `[4,"${id}","GenericError","",{}]` : `[3,"${id}",{}]`;
          for (let i = 0; i <= s.times; i++) calls.receive(text);
        } else if (s.do === "time") await clock.advance(s.ms);
        else if (s.do === "connect") calls.connected();
        else if (s.do === "disconnect") calls.disconnected();
        else calls.receive('[3,"');
        expect(clock.pending).toBeLessThanOrEqual(1);
        await clock.advance(0);
        expect(calls.waiting).toBe(open);
      }
      calls.close();
      await clock.advance(0);
      expect(outcomes.map((o) => o.length)).toEqual(outcomes.map(() => 1));
      expect(clock.pending).toBe(0);
      const results = outcomes.flat().filter((o) => o.kind === "result" || o.kind === "error").length;
      expect(records.filter((r) => r.direction === "in" && r.problem === undefined)).toHaveLength(results);
    }),
    { numRuns: 300 },
  );
});

/** Frames as a hostile, confused or broken far end may send them. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.json({ maxDepth: 6 }),
  fc
    .tuple(
      fc.constantFrom<unknown>(2, 2, 2, 3, 4, 5, 6, 7, "2", null),
      fc.oneof<fc.Arbitrary<unknown>[]>(
        fc.string(),
        fc.constantFrom("__proto__", "constructor", "-1", "", 1, "x".repeat(40)),
      ),
      fc.oneof<fc.Arbitrary<unknown>[]>(
        fc.constantFrom("Reset", "SendLocalList", "DataTransfer", "__proto__", "toString"),
        fc.jsonValue(),
      ),
      fc.jsonValue({ maxDepth: 5 }),
    )
    .map((list) => JSON.stringify(list)),
);

test("whatever comes in: nothing is thrown, answers are good frames, nothing piles up", async () => {
  await fc.assert(
    fc.asyncProperty(
      version,
      fc.boolean(),
      fc.array(hostile, { maxLength: 60 }),
      async (v, strict, texts) => {
        const clock = new SimulatedClock();
        const answers: unknown[][] = [];
        let handled = 0;
        const calls = new Calls({
          version: v,
          clock,
          ids: { next: () => "never" },
          timeoutMs: 100,
          strict,
          check: payloadCheck(v),
          handler: async (action): Promise<CallAnswer> => {
            handled++;
            expect(typeof action).toBe("string");
            return { ok: false, code: "NotSupported", description: action };
          },
          send: (text) => answers.push(JSON.parse(text)) > 0,
        });
        calls.connected();
        for (const text of texts) calls.receive(text);
        await clock.advance(0);
        expect(handled).toBeLessThanOrEqual(MAX_WAITING_CALLS + 1);
        expect(answers.length).toBeLessThanOrEqual(texts.length);
        for (const [type, id, code, description, details] of answers) {
          expect([type, typeof id, typeof code, typeof description]).toEqual([
            4,
            "string",
            "string",
            "string",
          ]);
          expect(String(description).length).toBeLessThanOrEqual(255);
          expect(details).toEqual({});
        }
        expect(({} as Record<string, unknown>).admin).toBeUndefined();
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});
