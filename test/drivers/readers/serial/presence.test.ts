import { describe, expect, it } from "vitest";
import type { PresenceForm } from "../../../../src/drivers/definitions.ts";
import { OncePerBurst } from "../../../../src/drivers/readers/serial/once.ts";
import { Presence } from "../../../../src/drivers/readers/serial/presence.ts";
import { CardUid } from "../../../../src/station/card.ts";
import { SimulatedClock } from "../../../../src/util/clock.ts";

const [one, other] = [CardUid.parse("0F00184594"), CardUid.parse("4A00D23F8B")];

function setUp(rules: Partial<PresenceForm> = {}) {
  const clock = new SimulatedClock();
  const said: string[] = [];
  const machine = new Presence<{ uid: CardUid }>({ gapMs: 300, debounceMs: 500, ...rules }, clock, {
    card: ({ uid }) => said.push(`card ${uid}`),
    removed: ({ uid }) => said.push(`removed ${uid}`),
    suppressed: ({ uid }, why) => said.push(`suppressed ${uid}: ${why}`),
  });
  const presence = {
    seen: (uid: CardUid) => machine.seen({ uid }),
    came: (uid: CardUid) => machine.came({ uid }),
    went: (uid: CardUid) => machine.went(uid),
    leave: () => machine.leave(),
  };
  const hold = async (uid: CardUid, reports: number): Promise<void> => {
    for (let i = 0; i < reports; i++) {
      presence.seen(uid);
      await clock.advance(65);
    }
  };
  return { clock, said, presence, hold };
}

describe("presence", () => {
  it("makes one tap of a card that is reported every 65 ms, and ends it after the gap", async () => {
    const { clock, said, hold } = setUp();
    await hold(one, 50);
    expect(said).toEqual(["card 0F00184594"]);
    await clock.advance(300 - 65 - 1);
    expect(said).toEqual(["card 0F00184594"]);
    await clock.advance(1);
    expect(said).toEqual(["card 0F00184594", "removed 0F00184594"]);
    expect(clock.pending).toBe(0);
  });

  it("keeps two cards apart that lie there together and are reported in turn", async () => {
    const { clock, said, presence } = setUp();
    for (let i = 0; i < 20; i++) {
      presence.seen(i % 2 === 0 ? one : other);
      await clock.advance(65);
    }
    await clock.advance(300);
    expect(said).toEqual(["card 0F00184594", "card 4A00D23F8B", "removed 0F00184594", "removed 4A00D23F8B"]);
  });

  it("takes only the first of two cards where the definition says so, and tells why once", async () => {
    const { clock, said, presence } = setUp({ several: "first" });
    for (let i = 0; i < 10; i++) {
      presence.seen(one);
      presence.seen(other);
      await clock.advance(65);
    }
    await clock.advance(300);
    expect(said).toEqual([
      "card 0F00184594",
      "suppressed 4A00D23F8B: another card lies there already: 0F00184594",
      "removed 0F00184594",
    ]);
  });

  it("takes neither of two cards where the definition says so", async () => {
    const { clock, said, presence } = setUp({ several: "none", minHoldMs: 100 });
    for (let i = 0; i < 10; i++) {
      presence.seen(one);
      presence.seen(other);
      await clock.advance(65);
    }
    await clock.advance(300);
    const why = "more than one card in the field: none counts";
    expect(said).toEqual([`suppressed 0F00184594: ${why}`, `suppressed 4A00D23F8B: ${why}`]);
  });

  it("wants a card to be held for its minimum, whoever tells of it", async () => {
    const reports = setUp({ minHoldMs: 200 });
    await reports.hold(one, 2);
    await reports.clock.advance(300);
    await reports.hold(other, 5);
    expect(reports.said).toEqual([
      "suppressed 0F00184594: held for 365 ms only (minimum 200 ms)",
      "card 4A00D23F8B",
    ]);

    const exact = setUp({ minHoldMs: 200 });
    exact.presence.came(one);
    await exact.clock.advance(199);
    exact.presence.went(one);
    exact.presence.came(other);
    await exact.clock.advance(200);
    exact.presence.came(other);
    exact.presence.went(other);
    expect(exact.said).toEqual([
      "suppressed 0F00184594: held for 199 ms only (minimum 200 ms)",
      "card 4A00D23F8B",
      "removed 4A00D23F8B",
    ]);
    expect(exact.clock.pending).toBe(0);
  });

  it("makes a new tap of a card that stays where the definition says so", async () => {
    const { clock, said, presence } = setUp({ repeatMs: 1000 });
    presence.came(one);
    await clock.advance(2000);
    presence.went(one);
    await clock.advance(2000);
    expect(said).toEqual(Array.from({ length: 3 }, () => ["card 0F00184594", "removed 0F00184594"]).flat());
  });

  it("tells a return within the debounce time once, as no tap", async () => {
    const { clock, said, presence, hold } = setUp();
    presence.seen(one);
    await clock.advance(400);
    await hold(one, 10);
    await clock.advance(1000);
    expect(said).toEqual([
      "card 0F00184594",
      "removed 0F00184594",
      "suppressed 0F00184594: the same card again after 100 ms (debounce 500 ms)",
    ]);
  });

  it("takes a return after the debounce time, and another card at any time, for taps", async () => {
    const { clock, said, presence } = setUp();
    presence.seen(one);
    await clock.advance(300);
    presence.seen(other);
    await clock.advance(300 + 500);
    presence.seen(other);
    expect(said.filter((s) => s.startsWith("card"))).toEqual([
      "card 0F00184594",
      "card 4A00D23F8B",
      "card 4A00D23F8B",
    ]);
  });

  it("ends with its reader", () => {
    const { clock, said, presence } = setUp();
    presence.seen(one);
    presence.leave();
    presence.leave();
    expect(said).toEqual(["card 0F00184594", "removed 0F00184594"]);
    expect(clock.pending).toBe(0);
  });
});

describe("complaints", () => {
  it("are made once a burst", async () => {
    const clock = new SimulatedClock();
    const once = new OncePerBurst(clock, 300);
    expect(once.isNew("bad")).toBe(true);
    for (let i = 0; i < 20; i++) {
      await clock.advance(65);
      expect(once.isNew("bad")).toBe(false);
    }
    expect(once.isNew("other")).toBe(true);
    await clock.advance(301);
    expect(once.isNew("bad")).toBe(true);
  });
});
