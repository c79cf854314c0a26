import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Central, createCentral } from "../../src/index.ts";
import { run } from "../support/bin.ts";

let dir: string;
let central: Central | undefined;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "tapstation-commands-"));
});
afterEach(async () => {
  await central?.close();
  central = undefined;
  rmSync(dir, { recursive: true, force: true });
});

const start = (input: string, ...more: string[]) =>
  run(["start", "--control", "-", "--data", path.join(dir, "data"), ...more], { cwd: dir, input });

describe("steps", () => {
  it("shows what there is, and how one of it is written", async () => {
    const all = await run(["steps"]);
    expect(all.stdout).toMatch(
      /^Steps:\n {2}tap {8}Hold a card [\s\S]*\nBesides:\n {2}scenario {3}A file is/,
    );
    const { code, stdout } = await run(["steps", "fault"]);
    expect([code, stdout.split("\n")[0]]).toEqual([
      0,
      "Raise or clear a fault, by 1.6 error code; EVSE 0 is the station.",
    ]);
    expect(stdout).toContain("\n  clear: true or false  The fault is over.\n");
    expect(stdout).toContain("\n  - fault: { clear: true, evse: 1 }\n  - expect: { status: Available }\n");
    const { stdout: json } = await run(["steps", "fault", "--json"]);
    expect(JSON.parse(json)).toMatchObject({
      name: "fault",
      members: [{ name: "code" }, { name: "evse" }, { name: "clear" }],
    });
  });

  it("says what was probably meant", async () => {
    const { code, stderr } = await run(["steps", "repeatt"]);
    expect([code, stderr]).toEqual([2, 'tapstation: "repeatt" is no step\n  Did you mean "repeat"?\n']);
  });
});

describe("the verb csms", () => {
  it("lets the built-in central system send a command and shows the answer", async () => {
    const { code, stdout } = await start('csms GetConfiguration {"key":["HeartbeatInterval","Nonsense"]}\n');
    expect(JSON.parse(stdout)).toEqual({
      configurationKey: [{ key: "HeartbeatInterval", readonly: false, value: "300" }],
      unknownKey: ["Nonsense"],
    });
    expect(code).toBe(0);
  });

  it("has effects as any central system's command", async () => {
    const { stdout } = await start(
      'plug 1\ncsms RequestStartTransaction {"idToken":{"idToken":"04A2241BC85E80","type":"ISO14443"},"remoteStartId":1,"evseId":1}\nwait 0.3\nstatus\n',
      "--ocpp",
      "2.0.1",
      "--json",
    );
    const facts = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(facts).toContainEqual(
      expect.objectContaining({
        kind: "answer",
        said: { answer: expect.objectContaining({ status: "Accepted" }) },
      }),
    );
    expect(facts).toContainEqual(
      expect.objectContaining({ kind: "transaction", event: "started", trigger: "RemoteStart" }),
    );
  });

  it.each([
    [
      'csms Reset {"type":"Lukewarm"}',
      "Reset for CP001 does not fit OCPP 1.6: type: must be one of Hard, Soft",
    ],
    ["csms Reset {x", '"{x" is no JSON'],
    ["network down\ncsms ClearCache", "ClearCache was not answered by CP001: it is not connected"],
  ])("%s: says why not", async (input, message) => {
    const { code, stderr } = await start(`${input}\n`);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it("is no business of ours at another central system", async () => {
    central = await createCentral();
    const { stderr } = await start("csms ClearCache\n", "--csms", central.url);
    expect(stderr).toContain("Another central system is in charge here");
  });
});

describe("start --files", () => {
  it("offers a directory, from which an update is fetched", async () => {
    writeFileSync(path.join(dir, "v2.img"), "firmwareVersion: 2.0.0\ninstallSeconds: 0\n");
    const { stderr } = await start("status\n", "--files", dir);
    expect(stderr).toMatch(/files {4}http:\/\/127\.0\.0\.1:\d+\/files\//);
  });
});

describe("a data directory that cannot be looked at", () => {
  it.each([
    ["log", ["log"]],
    ["explain", ["explain", "04A2241BC85E80"]],
    ["cards why", ["cards", "why", "04A2241BC85E80"]],
  ])("%s does not say that nothing is there", async (_, args) => {
    const loop = path.join(dir, "loop");
    symlinkSync(loop, loop);
    const { code, stdout, stderr } = await run([...args, "--data", loop], { cwd: dir });
    expect(stderr).toContain("cannot be read");
    expect(stdout).toBe("");
    expect(code).not.toBe(0);
  });
});

describe("replay of a run's report", () => {
  it("wants to know which scenario is meant, and takes the last of its tries", async () => {
    const text = (name: string, more: string) =>
      `name: ${name}\nocpp: 1.6\nsteps:\n  - tap: 04A2241BC85E80\n  - expect: { verdict: accepted }\n${more}`;
    writeFileSync(path.join(dir, "one.yaml"), text("First (1)", ""));
    const fails = "  - expect: { signal: fault, within: 1 s }\n";
    writeFileSync(path.join(dir, "two.yaml"), text("Second", fails));
    const args = ["one.yaml", "two.yaml", "--retries", "1", "--reporter", "jsonl:report.jsonl"];
    expect((await run(["run", ...args], { cwd: dir })).code).toBe(1);
    central = await createCentral();
    const replay = (...more: string[]) =>
      run(["replay", "report.jsonl", "--csms", central?.url ?? "", ...more], { cwd: dir });
    const asked = await replay();
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain(
      "report.jsonl has messages of 2 scenarios: one.yaml#1 OCPP 1.6, two.yaml#1 OCPP 1.6",
    );
    expect(asked.stderr).toContain("--grep 'one.yaml#1 OCPP 1.6$'");
    for (const [grep, file] of [
      ["one.yaml#1 OCPP 1.6$", "one"],
      ["second", "two"],
    ] as const) {
      const { code, stdout, stderr } = await replay("--grep", grep);
      expect([code, stderr]).toEqual([0, `Of the report: ${file}.yaml#1 OCPP 1.6\n`]);
      // BootNotification, three StatusNotifications and Authorize: one try only.
      expect(stdout).toMatch(/\n5 messages: 5 answered the same, none otherwise\.\n/);
    }
    const none = await replay("--grep", "third");
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("that --grep third finds")]);
  });
});

describe("replay of a log of several stations", () => {
  it("wants to know whose messages are meant", async () => {
    const frame = (station: string) =>
      JSON.stringify({
        kind: "frame",
        direction: "out",
        source: "station",
        station,
        raw: '[2,"1","Heartbeat",{}]',
      });
    writeFileSync(path.join(dir, "two.jsonl"), `${frame("A")}\n${frame("B")}\n`);
    central = await createCentral();
    const replay = (...more: string[]) =>
      run(["replay", "two.jsonl", "--csms", central?.url ?? "", ...more], { cwd: dir });
    const asked = await replay();
    expect(asked.stderr).toContain("two.jsonl has messages of 2 stations: A, B");
    expect(asked.code).toBe(2);
    expect((await replay("--station", "B")).stdout).toContain("1 messages");
    expect((await replay("--station", "C")).stderr).toContain("two.jsonl has no messages of C");
  });
});
