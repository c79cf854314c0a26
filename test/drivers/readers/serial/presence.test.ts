import { describe, expect, it } from "vitest";
import { OncePerBurst } from "../../../../src/drivers/readers/serial/once.ts";
import { Presence } from "../../../../src/drivers/readers/serial/presence.ts";
import { CardUid } from "../../../../src/station/card.ts";
import { SimulatedClock } from "../../../../src/util/clock.ts";

const [one, other] = [CardUid.parse("0F00184594"), CardUid.parse("4A00D23F8B")];

function setUp(form = { gapMs: 300, debounceMs: 500 }) {
  const clock = new SimulatedClock();
  const said: string[] = [];
  const presence = new Presence(form, clock, {
    card: (uid) => said.push(`card ${uid}`),
    removed: (uid) => said.push(`removed ${uid}`),
    suppressed: (uid, afterMs) => said.push(`suppressed ${uid} ${afterMs}`),
  });
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

  it("tells a card gone when another is reported", () => {
    const { said, presence } = setUp();
    presence.seen(one);
    presence.seen(other);
    expect(said).toEqual(["card 0F00184594", "removed 0F00184594", "card 4A00D23F8B"]);
  });

  it("tells a return within the debounce time once, as no tap", async () => {
    const { clock, said, presence, hold } = setUp();
    presence.seen(one);
    await clock.advance(400);
    await hold(one, 10);
    await clock.advance(1000);
    expect(said).toEqual(["card 0F00184594", "removed 0F00184594", "suppressed 0F00184594 100"]);
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
