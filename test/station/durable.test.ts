import { describe, expect, it } from "vitest";
import type { CsmsAnswer, Store } from "../../src/station/ports.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { bench, CARD, running } from "../support/station.ts";

/** What a crash finds at any instant: the order in which things become durable, are sent, and are let go. */

/** A store that knows whether one of its transactions is open. */
function observed(): { store: Store; open: () => boolean } {
  const inner = memoryStore();
  let depth = 0;
  const store: Store = {
    ...inner,
    atomically(work) {
      depth++;
      try {
        return inner.atomically(work);
      } finally {
        depth--;
      }
    },
  };
  return { store, open: () => depth > 0 };
}

describe("a transaction message", () => {
  it("does not leave before the store's transaction that it belongs to has ended", async () => {
    const { store, open } = observed();
    const b = await running({ store });
    const early: boolean[] = [];
    b.csms.script.transaction = () => {
      early.push(open());
      return { ok: true, value: {} };
    };
    b.station.plug(b.station.evses[0] as never);
    await b.tap();
    await b.tap();
    expect(early).toEqual([false, false]);
  });

  it("is let go of together with what its answer brings: all of it or nothing", async () => {
    const { store, open } = observed();
    const b = await running({ store });
    const kept: boolean[] = [];
    const within: (boolean | number)[] = [];
    const answer = (): CsmsAnswer<object> => ({
      ok: true,
      value: {},
      keep: () => {
        kept.push(open());
        within.push(store.queue.size());
      },
    });
    b.csms.script.transaction = answer;
    const forget = b.csms.forget.bind(b.csms);
    b.csms.forget = (id) => {
      within.push(open());
      forget(id);
    };
    b.station.plug(b.station.evses[0] as never);
    await b.tap();
    expect([kept, within]).toEqual([[true], [1]]);
    await b.tap();
    expect([kept, within]).toEqual([
      [true, true],
      [1, 1, true],
    ]);
    expect(b.csms.forgotten).toEqual([b.of("transaction")[0]?.transactionId]);
  });

  it("that is given up takes with it what was kept about its transaction", async () => {
    const b = await running({ settings: { "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": "1" } });
    b.station.plug(b.station.evses[0] as never);
    await b.tap(CARD);
    expect(b.csms.forgotten).toEqual([]);
    b.csms.script.transaction = () => ({ ok: false, failure: "callError", detail: "no" });
    await b.tap(CARD);
    expect(b.of("transaction").at(-1)?.event).toBe("discarded");
    expect(b.csms.forgotten).toHaveLength(1);
  });
});

describe("after a crash", () => {
  it("seqNo goes on where the last durable event was, and the register stands where it was last told", async () => {
    const store = memoryStore();
    const b = await running({ store });
    b.station.plug(b.station.evses[0] as never);
    await b.tap();
    await b.clock.advance(125_000);
    const told = b.of("transaction").filter((t) => t.event === "updated");
    expect(told).toHaveLength(2);

    const again = bench({ store });
    again.station.start();
    await again.clock.advance(1);
    const [end] = again.csms.of("transaction");
    expect(end).toMatchObject({ eventType: "Ended", seqNo: 3, stoppedReason: "PowerLoss", offline: true });
    expect(Math.round(Number(store.values.get("evse.1.meterWh")))).toBe(told[1]?.meterWh);
  });
});
