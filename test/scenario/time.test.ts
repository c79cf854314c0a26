import { describe, expect, it } from "vitest";
import { SkewedClock } from "../../src/app/scenario/time.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { run, scenario } from "./support.ts";

const LOSSY = scenario(
  [
    "- network: { latency: 200 ms, jitter: 150 ms, loss: 20 %, corrupt: 5 %, duplicate: 5 %, reorder: 5 % }",
    "- plug:",
    "- tap: 04A2241BC85E80",
    "- wait: 3 h",
    "- network: down",
    "- wait: 10 min",
    "- network: up",
    "- wait: 1 h",
  ].join("\n"),
);

/** Facts without what the machine chooses: the port. */
const told = (facts: readonly unknown[]) => JSON.stringify(facts).replace(/127\.0\.0\.1:\d+/g, "host");

describe("virtual time", () => {
  it("hours over a lossy network are the same in every run with the same seed, and others with another", async () => {
    const [a, b, c] = [
      await run(LOSSY, { seed: 7 }),
      await run(LOSSY, { seed: 7 }),
      await run(LOSSY, { seed: 8 }),
    ];
    expect(a.summary.exitCode).toBe(0);
    expect(a.facts.length).toBeGreaterThan(100);
    expect(told(b.facts)).toBe(told(a.facts));
    expect(told(c.facts)).not.toBe(told(a.facts));
    expect(a.facts.filter((f) => f.kind === "frame" && f.injected === true).length).toBeGreaterThan(10);
  });

  it("passes only while everything waits: a scenario of eleven days", async () => {
    const { results } = await run(scenario("- wait: 11 d", "timeout: 20 d\n"));
    expect(results[0]).toMatchObject({ outcome: "passed", ms: 11 * 86_400_000 });
  });

  it("side by side as one after the other", async () => {
    const many = Array.from({ length: 6 }, (_, i) => LOSSY.replace("name: Test", `name: Test ${i}`)).join(
      "---\n",
    );
    const alone = await run(many, { workers: 1 });
    const together = await run(many, { workers: 6 });
    const byId = (r: typeof alone) =>
      r.events.flatMap((e) => (e.kind === "fact" ? [`${e.id} ${told([e.fact])}`] : [])).sort();
    expect(byId(together)).toEqual(byId(alone));
  });
});

describe("SkewedClock", () => {
  it("is set, and gains, beside the true one; its timers run with it", async () => {
    const base = new SimulatedClock(0);
    const clock = new SkewedClock(base);
    clock.jump(-3_600_000);
    expect(clock.now()).toBe(-3_600_000);
    clock.drift(86_400); // twice as fast
    let at: number | undefined;
    clock.setTimeout(() => {
      at = base.now();
    }, 10_000);
    await base.advance(20_000);
    expect(at).toBe(5000);
    expect(clock.now()).toBe(-3_600_000 + 40_000);
    clock.drift(0);
    await base.advance(1000);
    expect(clock.now()).toBe(-3_600_000 + 41_000);
  });
});
