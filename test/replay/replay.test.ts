import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createCentral, createStation } from "../../src/index.ts";
import { Bin, run } from "../support/bin.ts";
import { ScriptedServer, until } from "../support/ws-server.ts";

const CARD = "04A2241BC85E80";

function file(lines: readonly unknown[]): string {
  const path = join(mkdtempSync(join(tmpdir(), "tapstation-replay-")), "log.jsonl");
  onTestFinished(() => rmSync(join(path, ".."), { recursive: true, force: true }));
  writeFileSync(path, lines.map((l) => JSON.stringify(l)).join("\n"));
  return path;
}

/**
 * A central system that answers by a table, and breaks the connection, says nothing or errs where it says so. Later
 * handshakes are refused with `refusals`, one after another.
 */
async function server(
  answers: Record<string, object | "silence" | "error" | "break">,
  refusals: readonly number[] = [],
) {
  const heard: [string, Record<string, unknown>][] = [];
  const s: ScriptedServer = await ScriptedServer.start({
    status: () => refusals[s.requests.length - 2],
    onConnection: (socket) =>
      socket.on("message", (data) => {
        const [type, id, action, payload] = JSON.parse(String(data)) as [number, string, string, never];
        if (type !== 2) return void heard.push(["answer", action as never]);
        heard.push([action, payload]);
        const answer = answers[action] ?? {};
        if (answer === "silence") return;
        if (answer === "break") {
          answers[action] = {};
          return s.breakOff();
        }
        if (answer === "error") socket.send(JSON.stringify([4, id, "NotSupported", "no", {}]));
        else socket.send(JSON.stringify([3, id, answer]));
      }),
  });
  onTestFinished(() => s.close());
  return { url: s.url, heard, server: s };
}

const replay = (path: string, url: string, ...more: string[]) =>
  run(["replay", path, "--csms", url, "--id", "CP001", ...more]);

describe("tapstation replay", () => {
  it("finds no difference between a central system and itself, in a whole session of either version", async () => {
    for (const ocpp of ["1.6", "2.0.1"] as const) {
      const central = await createCentral();
      onTestFinished(() => central.close());
      const station = await createStation({ csms: central.url, id: "CP001", ocpp, retapMs: 0 });
      await station.online();
      await station.plug();
      await station.tap(CARD);
      await station.waitFor({ kind: "transaction", event: "started" });
      await station.tap(CARD);
      await station.waitFor({ kind: "transaction", event: "ended" });
      await station.unplug();
      await until("everything is answered", () => station.status().queued === 0);
      const path = file(station.facts());
      await station.stop();
      const { code, stdout, stderr } = await replay(path, central.url);
      expect(stderr).toBe("");
      expect(stdout).toMatch(/StartTransaction {2}same|TransactionEvent {2}same/);
      expect(stdout).toContain("none otherwise");
      expect(code).toBe(0);
    }
  });

  const log = [
    [2, "1", "Authorize", { idTag: CARD }],
    [3, "1", { idTagInfo: { status: "Accepted", expiryDate: "2031-01-01T00:00:00Z" } }],
    [
      2,
      "2",
      "StartTransaction",
      { connectorId: 1, idTag: CARD, meterStart: 0, timestamp: "2020-01-01T00:00:00Z" },
    ],
    [3, "2", { transactionId: 7, idTagInfo: { status: "Accepted" } }],
    [2, "3", "StopTransaction", { transactionId: 7, meterStop: 5, timestamp: "2020-01-01T01:00:00Z" }],
    [3, "3", {}],
  ];
  const good = {
    Authorize: { idTagInfo: { status: "Accepted", expiryDate: "2099-01-01T00:00:00Z" } },
    StartTransaction: { transactionId: 4711, idTagInfo: { status: "Accepted" } },
  };

  it("says transactions by the ids that the other central system gave", async () => {
    const other = await server(good);
    const { code } = await replay(file(log), other.url);
    expect(code).toBe(0);
    expect(other.heard.find(([action]) => action === "StopTransaction")?.[1]).toMatchObject({
      transactionId: 4711,
    });
  });

  it("shows fields that differ, a CALLERROR and no answer, and exits with 1", async () => {
    const other = await server({
      Authorize: { idTagInfo: { status: "Blocked", expiryDate: "2099-01-01T00:00:00Z" } },
      StartTransaction: "error",
      StopTransaction: "silence",
    });
    const { code, stdout } = await replay(file(log), other.url, "--json", "--timeout", "1");
    expect(code).toBe(1);
    const said = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(said.map((l) => l.differences)).toEqual([
      [{ path: "idTagInfo.status", recorded: "Accepted", now: "Blocked" }],
      [{ path: "", recorded: "CALLRESULT", now: "CALLERROR NotSupported" }],
      [{ path: "", recorded: "CALLRESULT", now: "no answer (timeout)" }],
      undefined,
    ]);
    expect(said.at(-1)).toMatchObject({ kind: "summary", messages: 3, same: 0, differing: 3 });
  });

  it("says where an answer does not fit its schema, and nothing of the kind where there is none", async () => {
    const other = await server({ ...good, Authorize: { idTagInfo: {} }, StopTransaction: "error" });
    const { stdout } = await replay(file(log), other.url, "--json");
    const problems = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line).problem]));
    expect(problems).toEqual([
      expect.stringMatching(/does not fit its schema: .*status/),
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("tells at once that the central system refuses, and does not try again", async () => {
    const other = await ScriptedServer.start({ status: () => 401 });
    onTestFinished(() => other.close());
    const { code, stderr } = await replay(file(log), other.url, "--timeout", "600");
    expect(stderr).toContain("The central system refuses: ");
    expect(code).toBe(4);
    expect(other.requests).toHaveLength(1);
  });

  it("goes on over a new connection when the other central system breaks it", async () => {
    const other = await server({ ...good, Authorize: "break" });
    const { stdout } = await replay(file(log), other.url);
    expect(stdout).toContain("no answer (the connection broke)");
    expect(other.heard.map(([action]) => action)).toEqual([
      "Authorize",
      "StartTransaction",
      "StopTransaction",
    ]);
  });

  it.each([
    ["waits for one that restarts", 503, 1, ["Authorize", "StartTransaction", "StopTransaction"]],
    ["ends at one that does not want it any more", 401, 4, ["Authorize"]],
  ])("after a break %s: HTTP %i", async (_, status, exit, said) => {
    const other = await server({ ...good, StopTransaction: {}, Authorize: "break" }, [status]);
    const { code, stdout, stderr } = await replay(file(log), other.url, "--timeout", "600");
    expect(other.heard.map(([action]) => action)).toEqual(said);
    // What was compared until then is told.
    expect(stdout).toContain(
      exit === 1
        ? "3 messages: 2 answered the same, 1 otherwise."
        : "3 messages: 0 answered the same, 1 otherwise, 2 not come to.",
    );
    expect(code).toBe(exit);
    expect(stderr).toEqual(exit === 1 ? "" : expect.stringContaining("The central system refuses: "));
  });

  it("answers commands as the recorded station did, others NotImplemented, and names those that did not come", async () => {
    const withCommands = [
      [2, "c", "Reset", { type: "Soft" }],
      [3, "c", { status: "Rejected" }],
      [2, "d", "ClearCache", {}],
      [3, "d", { status: "Accepted" }],
      ...log,
    ];
    const other = await server(good);
    other.server.requests.push = function (...items) {
      setImmediate(() => {
        other.server.send(JSON.stringify([2, "x", "Reset", { type: "Hard" }]));
        other.server.send(JSON.stringify([2, "y", "UnlockConnector", { connectorId: 1 }]));
      });
      return Array.prototype.push.apply(this, items);
    };
    const { code, stdout } = await replay(file(withCommands), other.url);
    expect(stdout).toContain(
      "did not send commands that are in the log: ClearCache. Other central systems send",
    );
    expect(code).toBe(0);
    expect((await replay(file(withCommands), other.url, "--strict")).code).toBe(1);
    expect(stdout).toContain("answered NotImplemented): UnlockConnector");
    expect(other.heard.filter(([what]) => what === "answer").map(([, p]) => p)).toEqual([
      { status: "Rejected" },
      "NotImplemented",
      { status: "Rejected" },
      "NotImplemented",
    ]);
  });

  it("that nothing was compared is no success", async () => {
    const other = await server(good);
    const unanswered = log.filter(([type]) => type === 2);
    const { code, stdout } = await replay(file(unanswered), other.url);
    expect([code, stdout]).toEqual([
      2,
      expect.stringContaining("Nothing was compared: no answer is in the log"),
    ]);
  });

  it("Ctrl-C ends it while an answer is waited for, and tells what was compared", async () => {
    const other = await server({ ...good, StartTransaction: "silence" });
    const bin = new Bin(["replay", file(log), "--csms", other.url, "--id", "CP001", "--timeout", "600"]);
    await until("the second is said", () => other.heard.length === 2);
    bin.process.kill("SIGINT");
    const { code, stdout } = await bin.ended;
    expect(code).toBe(130);
    expect(stdout).toContain("3 messages: 1 answered the same, none otherwise, 2 not come to.");
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends it while a new connection is waited for, with %i", async (signal, code) => {
    const other = await server({ ...good, Authorize: "break" }, Array(50).fill(503));
    const bin = new Bin(["replay", file(log), "--csms", other.url, "--id", "CP001", "--timeout", "600"]);
    await until("a new connection is refused", () => other.server.requests.length > 1);
    bin.process.kill(signal);
    expect((await bin.ended).code).toBe(code);
  });

  it("where neither the log nor the central system has an answer, that is said", async () => {
    const other = await server({ Authorize: "silence" });
    const { stdout } = await replay(file(log.slice(0, 1)), other.url, "--timeout", "1");
    expect(stdout).toContain("Authorize  no answer (timeout); no answer was recorded");
  });

  it("does not send what holds a masked secret", async () => {
    const other = await server(good);
    const masked = [[2, "1", "Authorize", { idToken: { idToken: "***", type: "KeyCode" } }], ...log];
    const { stdout } = await replay(file(masked), other.url);
    expect(stdout).toContain("a secret in it was masked");
    expect(other.heard).toHaveLength(3);
  });

  const wrong: readonly [what: string, args: (path: string) => string[], code: number, text: RegExp][] = [
    [
      "a file that is not there",
      () => ["/nonexistent.jsonl", "--csms", "ws://127.0.0.1:9"],
      2,
      /cannot be read/,
    ],
    ["no central system", (p) => [p], 2, /--csms/],
    [
      "a central system that does not listen",
      (p) => [p, "--csms", "ws://127.0.0.1:9/x"],
      4,
      /nobody listens/,
    ],
    ["a time-out that is none", (p) => [p, "--csms", "ws://127.0.0.1:9", "--timeout", "soon"], 2, /soon/],
  ];
  it.each(wrong)("says what is wrong: %s", async (_what, args, code, text) => {
    const outcome = await run(["replay", ...args(file(log))]);
    expect(outcome.stderr).toMatch(text);
    expect(outcome.code).toBe(code);
  });

  it("passes over a message that is nested too deep for a central system, and says so", async () => {
    const deep = `[2,"9","DataTransfer",{"vendorId":"x","data":${"[".repeat(40_000)}${"]".repeat(40_000)}}]`;
    const path = file(log);
    appendFileSync(path, `\n${deep}\n${JSON.stringify({ message: deep, direction: "out" })}`);
    const other = await server(good);
    const { code, stderr } = await replay(path, other.url);
    expect(code).toBe(0);
    expect(stderr).toMatch(/:7: passed over: nested deeper than 64 levels/);
    expect(other.heard.map(([action]) => action)).not.toContain("DataTransfer");
  });

  it("says that a scenario that was written was not recorded", async () => {
    const { code, stderr } = await run(["replay", "scenarios/mine.yaml", "--csms", "ws://127.0.0.1:9"]);
    expect(stderr).toContain(
      "scenarios/mine.yaml was not recorded: mine.jsonl, what the station said, is not beside it",
    );
    expect(stderr).toContain("tapstation run scenarios/mine.yaml --reporter jsonl:report.jsonl");
    expect(code).toBe(2);
  });

  it("of a report that has a scenario in two versions, --ocpp says which", async () => {
    const lines = ["1.6", "2.0.1"].flatMap((ocpp) => {
      const id = `s.yaml#1 OCPP ${ocpp}`;
      const raw = JSON.stringify([2, ocpp, "Heartbeat", {}]);
      const fact = {
        kind: "frame",
        direction: "out",
        messageType: "CALL",
        raw,
        station: "CP001",
        source: "station",
      };
      return [
        { kind: "scenarioBegan", scenario: { id, name: "Blocked card", cell: { ocpp } } },
        { kind: "fact", id, fact },
      ];
    });
    const other = await server({});
    const some = await replay(file(lines), other.url, "--grep", "Blocked card");
    expect(some.stderr).toContain("messages of 2 scenarios");
    const one = await replay(file(lines), other.url, "--grep", "Blocked card", "--ocpp", "2.0.1");
    expect(one.stderr).toContain("Of the report: s.yaml#1 OCPP 2.0.1");
    expect(other.heard).toHaveLength(1);
    const none = await replay(file(lines), other.url, "--grep", "Blocked card", "--ocpp", "2.1");
    expect(none.code).toBe(2);
  });

  it("says what is wrong with a file without any message, by its line", async () => {
    const path = file([{ hello: "world" }, 5]);
    const { code, stderr } = await run(["replay", path, "--csms", "ws://127.0.0.1:9"]);
    expect(stderr).toMatch(/no OCPP message in it; line 2/);
    expect(code).toBe(2);
  });
});
