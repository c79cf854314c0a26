import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { openBench } from "../../src/app/scenario/bench.ts";
import { LocalSockets } from "../../src/app/scenario/sockets.ts";
import { SkewedClock, VirtualTime } from "../../src/app/scenario/time.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { run, runOn, scenario } from "./support.ts";

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

/** The port of a listener that accepts nobody, and whose queue is full: who connects to it hears nothing. */
async function deafPort(): Promise<number> {
  const listens = `
    const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      require("node:fs").writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ["-e", listens], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(said.toString());
  const waiting = [connectTo(port), connectTo(port)];
  await Promise.all(waiting.map((socket) => once(socket, "connect")));
  return port;
}

function connectTo(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

describe("the wire between a station and its central system", () => {
  it("is at rest although somebody else in the process connects to somewhere", async () => {
    const deaf = await deafPort();
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => {
      server.close();
    });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const wire = new LocalSockets(port);
    onTestFinished(() => wire.close());
    const elsewhere = connectTo(deaf);
    await once(elsewhere, "connectionAttempt");
    expect([elsewhere.connecting, wire.quiet]).toEqual([true, true]);
    const here = connectTo(port);
    await once(here, "connectionAttempt");
    expect(wire.quiet).toBe(false);
    if (here.connecting) await once(here, "connect");
  });

  it("that does not come to rest is told once, and what is still to be done is done", async () => {
    const clock = new SimulatedClock(0);
    const time = new VirtualTime(clock, () => false, 10);
    const given = new AbortController();
    const work = async () => {
      await new Promise((resolve) => given.signal.addEventListener("abort", resolve));
      await time.settle();
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 1000));
      return clock.now();
    };
    const told: unknown[] = [];
    const done = time.run(work(), (e) => {
      told.push(e);
      given.abort();
      return true;
    });
    expect(await done).toBe(1000);
    expect(told.map(String)).toEqual([expect.stringMatching("does not come to rest")]);
    const other = new VirtualTime(clock, () => false, 10);
    await expect(other.run(new Promise(() => {}))).rejects.toThrow("does not come to rest");
  });

  it("a fault of time ends the steps, and the tear-down runs", async () => {
    const text = scenario("- wait: 1 h", "teardown:\n  - plug:\n  - wait: 1 s\n");
    const events = await runOn(text, async (setup) => {
      const bench = await openBench(setup);
      bench.clock.setTimeout(() => {
        throw new Error("a timer that fails");
      }, 5000);
      return bench;
    });
    const told = events.flatMap((e) => (e.kind === "stepEnded" ? [[e.step.path, e.result.outcome]] : []));
    expect(told).toEqual([
      ["steps.1", "error"],
      ["teardown.1", "passed"],
      ["teardown.2", "passed"],
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: "scenarioEnded",
        result: expect.objectContaining({
          outcome: "error",
          failures: [expect.objectContaining({ message: expect.stringContaining("a timer that fails") })],
        }),
      }),
    );
  });
});
