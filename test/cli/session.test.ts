import { describe, expect, it } from "vitest";
import { runSession } from "../../src/cli/session.ts";
import { localTime } from "../../src/cli/time.ts";
import type { FactBody } from "../../src/station/facts.ts";
import { AppError, exitCodeOf } from "../../src/util/errors.ts";
import { someStatus } from "../support/control.ts";
import { fact } from "../support/facts.ts";
import { FakeIo } from "../support/io.ts";
import { configOf, FakeStation } from "../support/running.ts";

const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .split("\n")
    .filter((l) => l !== "")
    .map((l) => JSON.parse(l) as Record<string, unknown>);

const cut = fact({ kind: "power", event: "cut" });

describe("without a terminal", () => {
  it("introduces the station and tells facts with time on standard error, until it is stopped", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    station.early = [fact({ kind: "power", event: "up" })];
    const session = runSession(io, await configOf(), station.start);
    await io.until(() => io.err.includes("power is on"));
    expect(io.err).toMatch(/station +CP001.*\n.*OCPP +1\.6, 2\.0\.1/);
    expect(io.err.indexOf("station")).toBeLessThan(io.err.indexOf("power is on"));
    station.hear(cut);
    io.stop("SIGTERM");
    await session;
    await io.until(() => io.err.includes(`${localTime(cut.time)} power is cut`));
    expect(io.out).toBe("");
    expect(station.stops).toBe(1);
  });

  it("writes each fact as an object a line with --json", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    const session = runSession(io, await configOf({ json: true }), station.start);
    station.early = [cut];
    await io.until(() => io.err.includes("data"));
    station.hear(cut);
    io.stop("SIGINT");
    await session;
    await io.until(() => io.out.endsWith("\n"));
    expect(jsonLines(io.out).at(-1)).toEqual(cut);
  });

  it("leaves facts out while nobody reads --json, and says how many", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    const session = runSession(io, await configOf({ json: true }), station.start);
    await io.until(() => io.err.includes("data"));
    io.terminal.write = () => true;
    io.stdout.pause();
    const large = fact({ kind: "power", event: "cut", detail: "x".repeat(1024 * 1024) });
    for (let i = 0; i < 40; i++) station.hear(large);
    expect(io.stdout.writableLength).toBeLessThan(18 * 1024 * 1024);
    await io.until(() => io.err.includes("facts are left out"));
    io.stdout.resume();
    await io.until(() => io.stdout.writableLength === 0);
    station.hear(cut);
    await io.until(() => io.out.endsWith(`${JSON.stringify(cut)}\n`));
    io.stop("SIGINT");
    await session;
    const kinds = jsonLines(io.out).slice(-2);
    expect(kinds).toEqual([{ kind: "leftOut", facts: expect.any(Number) }, cut]);
    const whole = jsonLines(io.out).filter((l) => l.detail !== undefined).length;
    expect(whole + Number(kinds[0]?.facts)).toBe(40);
    expect(io.err.match(/left out/g)).toHaveLength(1);
  });

  it("ends with what ended the station, after closing it", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    const session = runSession(io, await configOf(), station.start);
    station.fail(new AppError("csms.refused", "refused"));
    await expect(session).rejects.toMatchObject({ code: "csms.refused" });
    expect(station.stops).toBe(1);
  });

  it("tells what happened before a start that failed", async () => {
    const io = new FakeIo();
    const session = runSession(io, await configOf(), async (_config, hear) => {
      hear?.(cut);
      throw new AppError("device.unavailable", "no reader");
    });
    await expect(session).rejects.toMatchObject({ code: "device.unavailable" });
    await io.until(() => io.err.includes("power is cut"));
  });

  it("stops at once when it was interrupted while starting", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    io.stop("SIGINT");
    await runSession(io, await configOf(), station.start);
    expect(station.stops).toBe(1);
  });
});

describe("verbs on standard input", () => {
  it.each([
    [{ kind: "registration", status: "Pending", interval: 5 }],
    [{ kind: "link", state: "refused", url: "ws://h" }],
    [{ kind: "fault", what: "BootNotification", state: "raised" }],
  ] satisfies [FactBody][])(
    "wait until the central system has answered or cannot be had: %j",
    async (body) => {
      const io = new FakeIo();
      const station = new FakeStation();
      station.early = [fact({ kind: "link", state: "connecting", url: "ws://h" })];
      io.stdin.end("plug 1\n");
      const session = runSession(io, await configOf({ control: "-" }), station.start);
      await io.until(() => io.err.includes("connecting"));
      expect(station.control.calls).toEqual([]);
      station.hear(fact(body));
      await expect(session).rejects.toThrow("never accepted this station");
      expect(station.control.calls[0]).toBe("plug(1)");
    },
  );

  it.each([
    ["the end of the input", "plug 1\n"],
    ["quit", "plug 1\nquit\n"],
  ])("leave no transaction message behind at %s while there is a connection", async (_what, text) => {
    const io = new FakeIo();
    const station = new FakeStation();
    station.control.current = { ...someStatus, queued: 1 };
    io.stdin.end(text);
    const session = runSession(io, await configOf({ control: "-" }), station.start);
    station.control.heard = io.nudge;
    await io.until(() => station.control.calls.includes("status()"));
    expect(station.stops).toBe(0);
    station.control.current = { ...someStatus, queued: 0 };
    station.hear(cut);
    await session;
    expect(station.stops).toBe(1);
  });

  it("are done in order; a bad line is an error, and the next is taken; the end of the input stops", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    io.stdin.end("tap 04A2241BC85E80\n# a remark\n\nplgu 1\nplug 1\r\nstatus\nunplug 1");
    const session = runSession(io, await configOf({ control: "-" }), station.start);
    await expect(session).rejects.toMatchObject({ message: "Line 4 of standard input could not be done" });
    await expect(session.catch(exitCodeOf)).resolves.toBe(2);
    expect(station.control.done).toEqual(["tap(04A2241BC85E80)", "plug(1)", "unplug(1)"]);
    await io.until(() => io.err.includes("line 4"));
    expect(io.err).toMatch(/line 4: "plgu" is not a verb\. Did you mean "plug \[evse\]"\?/);
    expect(io.out).toContain("central system  ws://127.0.0.1:9000/ocpp");
    expect(station.stops).toBe(1);
  });

  it("stop at quit, whatever comes after", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    io.stdin.write("plug 1\nquit\nunplug 1\n");
    await runSession(io, await configOf({ control: "-" }), station.start);
    expect(station.control.done).toEqual(["plug(1)"]);
  });

  it("answer with objects with --json, errors among them", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    station.control.heard = (call) => {
      station.control.failure = call.startsWith("unplug")
        ? new AppError("state.conflict", "no cable", { hint: "plug" })
        : undefined;
    };
    io.stdin.end("status\nbogus\nunplug 1\nhelp\n");
    const session = runSession(io, await configOf({ control: "-", json: true }), station.start);
    await expect(session).rejects.toThrow("Lines 2, 3 of standard input");
    await io.until(() => io.out.includes('"help"'));
    const [status, bogus, unplug, help] = jsonLines(io.out).slice(1);
    expect(status).toMatchObject({ kind: "status", id: "CP001", evses: [{ evseId: 1 }, { evseId: 2 }] });
    expect(bogus).toMatchObject({ kind: "error", code: "input.invalid", line: 2 });
    expect(unplug).toEqual({
      kind: "error",
      code: "state.conflict",
      message: "no cable",
      hint: "plug",
      line: 3,
    });
    expect(help).toMatchObject({ kind: "help" });
  });

  it("may come in any pieces, and an endless line is refused without being kept", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    const session = runSession(io, await configOf({ control: "-" }), station.start);
    for (const piece of ["pl", "ug", " 1\nun", "plug 1\n", ..."\u00e9"]) io.stdin.write(piece);
    for (let i = 0; i < 100; i++) io.stdin.write("x".repeat(10_000));
    io.stdin.end("\nplug 2\n");
    await expect(session).rejects.toThrow("Line 3");
    expect(station.control.done).toEqual(["plug(1)", "unplug(1)", "plug(2)"]);
    await io.until(() => io.err.includes("line 3"));
    expect(io.err).toContain("more than 1000 characters");
  });

  it("give way to a signal while one waits", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    station.control.heard = (call) => void (call === "plug(1)" && setImmediate(() => io.stop("SIGINT")));
    io.stdin.write("plug 1\nwait 86400\nplug 2\n");
    await runSession(io, await configOf({ control: "-" }), station.start);
    expect(station.control.done).not.toContain("plug(2)");
  });

  it("give way to a signal while the input stays open", async () => {
    const io = new FakeIo();
    const station = new FakeStation();
    const session = runSession(io, await configOf({ control: "-" }), station.start);
    station.control.heard = () => io.stop("SIGINT");
    io.stdin.write("plug 1\n");
    await session;
    expect(io.stdin.destroyed).toBe(true);
  });
});

describe("in a terminal", () => {
  async function started(columns = 80) {
    const io = new FakeIo(columns);
    const station = new FakeStation();
    station.control.heard = io.nudge;
    const session = runSession(io, await configOf(), station.start);
    await io.until(() => io.terminal.lines.at(-1)?.startsWith("CP001") === true);
    return { io, station, session };
  }

  it("shows who the station is, how to tap, and a status line", async () => {
    const { io, session } = await started();
    const lines = io.terminal.lines;
    expect(lines[0]).toBe("  station  CP001, Generic AC");
    expect(lines).toContain("  central  ws://127.0.0.1:9000/ocpp (built in, on this machine)");
    expect(lines).toContain("  reader   virtual (nothing is plugged in)");
    expect(lines.some((l) => l.includes("t known card"))).toBe(true);
    expect(lines.at(-1)).toMatch(
      /^CP001 · OCPP 1\.6 online · 1 Charging 1\.23 kWh 11\.0 kW · 2 Available · virtual/,
    );
    expect(lines.every((l) => l.length <= 80)).toBe(true);
    io.stop("quit");
    await session;
  });

  it("takes single keys, and quits at q with the terminal as it was", async () => {
    const { io, station, session } = await started();
    io.stdin.write("tpo");
    await io.until(() => station.control.calls.includes("unplug()"));
    expect(station.control.done).toEqual(["tap(04A2241BC85E80)", "plug()", "unplug()"]);
    expect(io.raw).toEqual([true]);
    io.stdin.write("q");
    await session;
    expect(io.signal.reason).toBe("quit");
    expect(io.raw).toEqual([true, false]);
    expect(io.terminal.bracketsPastes).toBe(false);
    expect(io.terminal.lines.at(-1)).toBe("");
  });

  it("does nothing for text that is pasted, but at a prompt", async () => {
    const { io, station, session } = await started();
    expect(io.terminal.bracketsPastes).toBe(true);
    io.stdin.write("\u001b[200~npx tapstation cards add\nmq\u001b[201~");
    await io.until(() => io.terminal.lines.some((line) => line.startsWith("Pasted text is not taken")));
    expect(station.control.done).toEqual([]);
    io.stdin.write("u\u001b[200~04B3352CD96F91\u001b[201~\r");
    await io.until(() => station.control.done.includes("tap(04B3352CD96F91)"));
    io.stdin.write("q");
    await session;
  });

  it("is interrupted by Ctrl-C as by the signal, for the exit code", async () => {
    const { io, session } = await started();
    io.stdin.write("u\u0003\u0003");
    await session;
    expect(io.signal.reason).toBe("SIGINT");
  });

  it("takes a typed UID and any verb", async () => {
    const { io, station, session } = await started();
    io.stdin.write("u04A2241X\u007fB\r");
    await io.until(() => station.control.calls.includes("tap(04A2241B)"));
    io.stdin.write(":meter 1 1kWh\r");
    await io.until(() => station.control.calls.includes("meter(1,1000)"));
    io.stdin.write(":plgu\r");
    await io.until(() => io.out.includes("Did you mean"));
    io.stop("quit");
    await session;
  });

  it("says of a typed UID what is wrong with it, without the verb that was not typed", async () => {
    const { io, session } = await started();
    io.stdin.write("uzz\r");
    await io.until(() => io.out.includes('"zz" is not a UID'));
    expect(io.out).not.toContain("column");
    io.stdin.write("uNL-TNM-C12345678\r");
    await io.until(() => io.out.includes("visible ID"));
    io.stop("quit");
    await session;
  });

  it("says after the rejection of a card that nobody knows how to whitelist it", async () => {
    const { io, station, session } = await started();
    const token = { idToken: "04A2", type: "ISO14443" } as const;
    const access = { mode: "Whitelisting", modeFrom: "location", free: false, why: "not listed" } as const;
    const verdict = { outcome: "rejected", by: "csms", rule: "r", why: "w", spec: "s", ms: 1 } as const;
    const offered = (status: "Unknown" | "Blocked") => {
      station.hear(fact({ kind: "access", idToken: "04A2", status, ...access }, "central"));
      station.hear(fact({ kind: "verdict", token, status: "Invalid", ...verdict }));
    };
    offered("Blocked");
    offered("Unknown");
    await io.until(() => io.out.includes("cards add --last-unknown"));
    expect(io.out.match(/--last-unknown/g)).toHaveLength(1);
    expect(io.terminal.lines.join(" ")).toContain("--data /data");
    io.stop("quit");
    await session;
  });

  it("switches the network with one key, there and back", async () => {
    const { io, station, session } = await started();
    io.stdin.write("w");
    await io.until(() => station.control.calls.includes("network(down)"));
    await new Promise((resolve) => setImmediate(resolve));
    io.stdin.write("w");
    await io.until(() => station.control.calls.includes("network(up)"));
    io.stop("quit");
    await session;
  });

  it("keeps the status line below the facts, also after leaving", async () => {
    const { io, station, session } = await started(40);
    station.hear(
      fact({
        kind: "fault",
        what: "GroundFailure",
        state: "raised",
        hint: "Type :clear 1 to clear it, then look.",
      }),
    );
    await io.until(() => io.out.includes("GroundFailure"));
    expect(io.terminal.lines.at(-1)).toMatch(/^CP001.*…$/);
    expect(io.terminal.lines.join(" ")).toMatch(/then +look\./);
    expect(io.terminal.lines.every((l) => l.length <= 40)).toBe(true);
    io.stop("SIGTERM");
    await session;
    expect(io.terminal.lines.at(-1)).toBe("");
  });
});
