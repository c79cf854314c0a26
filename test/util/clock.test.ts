import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SimulatedClock } from "../../src/util/clock.ts";

describe("SimulatedClock", () => {
  it("runs timers by time, then by order of setting; a cleared one never", async () => {
    const timer = fc.record({ ms: fc.nat(50), cleared: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(timer, { maxLength: 60 }), fc.nat(60), async (timers, until) => {
        const clock = new SimulatedClock(0);
        const ran: number[] = [];
        const handles = timers.map(({ ms }, i) => clock.setTimeout(() => ran.push(i), ms));
        for (const [i, { cleared }] of timers.entries()) if (cleared) clock.clearTimeout(handles[i]);
        await clock.advance(until);
        const due = timers
          .map((t, i) => ({ ...t, i }))
          .filter((t) => !t.cleared && t.ms <= until)
          .sort((a, b) => a.ms - b.ms || a.i - b.i);
        expect(ran).toEqual(due.map((t) => t.i));
        expect(clock.pending).toBe(timers.filter((t) => !t.cleared).length - due.length);
        expect(clock.now()).toBe(until);
      }),
    );
  });

  it("tells when the next timer is due, also after somebody set the clock", async () => {
    const clock = new SimulatedClock(1000);
    expect(clock.nextAt).toBeUndefined();
    expect(clock.step()).toBe(false);
    let ran = 0;
    clock.setTimeout(() => ran++, 500);
    expect(clock.nextAt).toBe(1500);
    clock.jump(10_000);
    expect(clock.nextAt).toBe(10_500);
    expect(clock.step()).toBe(true);
    expect([ran, clock.now()]).toEqual([1, 10_500]);
  });

  it("a timer that runs may clear and set others", async () => {
    const clock = new SimulatedClock(0);
    const ran: string[] = [];
    const victim = clock.setTimeout(() => ran.push("victim"), 2);
    clock.setTimeout(() => {
      clock.clearTimeout(victim);
      clock.setTimeout(() => ran.push("late"), 5);
    }, 1);
    await clock.advance(10);
    expect(ran).toEqual(["late"]);
  });
});
