import { describe, expect, it } from "vitest";
import { createBellBuzzer } from "../../../src/drivers/buzzers/bell.ts";
import { VirtualBuzzer } from "../../../src/drivers/buzzers/virtual.ts";
import { defaultPatterns } from "../../../src/station/signals.ts";
import { SimulatedClock, systemClock } from "../../../src/util/clock.ts";
import { buzzerContract } from "../../contracts/buzzer.ts";

buzzerContract("virtual", async () => {
  const buzzer = new VirtualBuzzer(systemClock);
  return {
    buzzer,
    heard: () => buzzer.played.flatMap(({ pattern }) => pattern.tones.filter(({ hz }) => hz > 0)),
    expected: (tone) => tone,
  };
});

buzzerContract("bell", async () => {
  let written = "";
  const stream = { isTTY: true, write: (text: string) => (written += text) };
  return {
    buzzer: createBellBuzzer({ clock: systemClock, stream }),
    heard: () => [...written].map((c) => (c === "\x07" ? {} : { hz: Number.NaN })),
    expected: () => ({}),
  };
});

describe("the virtual buzzer", () => {
  it("remembers what it played, and when, but not without end", async () => {
    const clock = new SimulatedClock();
    const buzzer = new VirtualBuzzer(clock);
    await buzzer.play(defaultPatterns.read);
    await clock.advance(250);
    await buzzer.play(defaultPatterns.accepted);
    const [first, second] = buzzer.played;
    expect([first?.pattern.signal, second?.pattern.signal]).toEqual(["read", "accepted"]);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(250);
    for (let i = 0; i < 2000; i++) await buzzer.play(defaultPatterns.fault);
    expect(buzzer.played).toHaveLength(1000);
    expect(buzzer.played[0]?.pattern.signal).toBe("fault");
  });
});

describe("the terminal's bell", () => {
  it("rings at the time of each tone", async () => {
    const clock = new SimulatedClock();
    const start = clock.now();
    const rung: number[] = [];
    const buzzer = createBellBuzzer({
      clock,
      stream: { isTTY: true, write: () => rung.push(clock.now() - start) },
    });
    const played = buzzer.play(defaultPatterns.rejected);
    await clock.advance(5000);
    await played;
    expect(rung).toEqual([0, 230, 460]);
  });

  it("writes nothing to what is not a terminal", async () => {
    const written: string[] = [];
    const buzzer = createBellBuzzer({ clock: systemClock, stream: { write: (text) => written.push(text) } });
    await buzzer.play(defaultPatterns.rejected);
    expect(written).toEqual([]);
  });

  it("is silent at once when it is closed", async () => {
    const clock = new SimulatedClock();
    const written: string[] = [];
    const buzzer = createBellBuzzer({
      clock,
      stream: { isTTY: true, write: (text) => written.push(text) },
    });
    const played = buzzer.play(defaultPatterns.rejected);
    await clock.advance(10);
    await buzzer.close();
    await played;
    expect(written).toEqual(["\x07"]);
    expect(clock.pending).toBe(0);
  });
});
