import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createCentral } from "../../src/central/index.ts";
import type { Fact } from "../../src/station/facts.ts";
import { connect } from "../central/support.ts";
import { folderOf } from "../scenario/support.ts";
import { Bin, run } from "../support/bin.ts";

/** The built-in central system in a process of its own, and stations in others. */

const PASSWORD = "sixteen chars or more";
const CHARGE = `name: My card charges
steps:
  - tap: 04A2241BC85E80
  - expect: { verdict: accepted, by: csms }
  - plug:
  - expect: { status: Charging }
  - unplug:
  - expect: { transaction: ended }
`;
const BAD = "name: Bad\nsteps:\n  - expect: { message: DataTransfer, within: 1 s }\n";

/** Starts it; resolves when it says where it is. */
async function central(cwd: string, args: readonly string[] = []): Promise<{ bin: Bin; url: string }> {
  const bin = new Bin(["central", "--data", "data", ...args], { cwd });
  onTestFinished(async () => {
    bin.process.kill("SIGKILL");
    await bin.ended;
  });
  await bin.until(({ stdout }) => stdout.includes("\n"));
  const [first = ""] = bin.stdout.split("\n", 1);
  return { bin, url: first.startsWith("{") ? (JSON.parse(first) as { url: string }).url : first };
}

/** The facts that it has printed so far, with --json. */
const factsOf = ({ stdout }: Bin): Fact[] =>
  stdout
    .split("\n")
    .slice(1, -1)
    .map((line) => JSON.parse(line) as Fact);

const frames = (bin: Bin): string[] =>
  factsOf(bin).flatMap((f) =>
    f.kind === "frame" && f.messageType === "CALL" ? [`${f.direction} ${f.action}`] : [],
  );

describe("tapstation central", () => {
  it("is there for scenarios of another process, in both versions, and tells what it hears", async () => {
    const cwd = folderOf({ "charge.yaml": CHARGE });
    const { bin, url } = await central(cwd);
    const outcome = await run(["run", "charge.yaml", "--csms", url], { cwd });
    expect([outcome.code, outcome.stdout]).toEqual([0, expect.stringContaining("2 passed")]);
    await bin.until(({ stderr }) => (stderr.match(/CP001 disconnected/g) ?? []).length === 2);
    expect(bin.stdout).toBe(`${url}\n`);
    expect(bin.stderr).toContain(`to use   tapstation run FILE --csms ${url}`);
    expect(bin.stderr).toContain("access   Whitelisting at Demo location");
    const told = bin.stderr.replaceAll(/^\S+ \S+ /gm, "");
    expect(told).toContain(`CP001 connected ${url} (ocpp1.6)\nstation CP001 is new here: at Demo location`);
    expect(told).toContain("CP001 → StartTransaction idTag=04A2241BC85E80 connectorId=1");
    expect(told).toContain('CP001 Accepted · Whitelisting (from the location) · card "Demo card"');
    expect(told).toContain(`CP001 connected ${url} (ocpp2.0.1)`);
    expect(told).toContain("CP001 → TransactionEvent Started");
    bin.process.kill("SIGTERM");
    expect((await bin.ended).code).toBe(0);
  });

  it("--json: its address first, then each fact; no port in use is taken twice", async () => {
    const cwd = folderOf({});
    const { bin, url } = await central(cwd, ["--json"]);
    expect(JSON.parse(bin.stdout.split("\n", 1)[0] ?? "")).toMatchObject({
      kind: "central",
      access: [{ location: "Demo location", mode: "Whitelisting" }],
    });
    const cp = await connect(`${url}/CP7`, "ocpp1.6");
    await cp.ask("Heartbeat", {});
    await expect(connect(`${url}/CP8`, "mqtt")).rejects.toThrow();
    cp.socket.close(1000, "bye");
    await bin.until((b) => factsOf(b).filter((f) => f.kind === "link").length === 3);
    const links = factsOf(bin).filter((f) => f.kind === "link");
    expect(links.map(({ station, state, why }) => [station, state, why])).toEqual([
      ["CP7", "connected", undefined],
      ["CP8", "refused", expect.stringContaining("No common subprotocol")],
      ["CP7", "disconnected", "closed with code 1000: bye"],
    ]);
    expect(frames(bin)).toEqual(["out Heartbeat"]);
    const second = await run(["central", "--port", new URL(url).port, "--data", "other"], { cwd });
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining("cannot listen on 127.0.0.1")]);
  });

  it("sends commands: to the one that is connected, or the named one", async () => {
    const cwd = folderOf({});
    const { bin, url } = await central(cwd, ["--json", "--control", "-"]);
    const say = async (line: string, seen: (bin: Bin) => boolean) => {
      bin.process.stdin.write(`${line}\n`);
      await bin.until(seen);
    };
    await say("csms ClearCache", ({ stdout }) => stdout.includes("No station is connected"));
    const one = await connect(`${url}/CP%201`, "ocpp1.6");
    await say("csms ClearCache", (b) => frames(b).length === 1);
    const answer = async (action: string) => {
      const asked = await one.frame("the command", (f) => f[2] === action);
      one.socket.send(JSON.stringify([3, asked[1], { status: "Accepted" }]));
      return asked[3];
    };
    expect(await answer("ClearCache")).toEqual({});
    await bin.until(({ stdout }) => stdout.includes('"said":{"answer":{"status":"Accepted"}}'));
    const two = await connect(`${url}/CP2`, "ocpp2.0.1");
    await bin.until((b) => factsOf(b).some((f) => f.station === "CP2"));
    await say("csms Reset", ({ stdout }) => stdout.includes("Several stations are connected"));
    expect(bin.stdout).toContain('"hint":"Name one. Connected: CP 1, CP2."');
    await say('csms CP 1 Reset {"type":"Soft"}', (b) => frames(b).length === 2);
    expect(await answer("Reset")).toEqual({ type: "Soft" });
    await say('csms CP2 Reset {"type":"Soft"}', ({ stdout }) => stdout.includes("does not fit OCPP 2.0.1"));
    await say("status", ({ stdout }) => stdout.includes('"kind":"stations"'));
    expect(bin.stdout).toMatch(
      /"kind":"stations","stations":\[\{"id":"CP 1","version":"1.6".*"id":"CP2","version":"2.0.1"/,
    );
    bin.process.stdin.write("quit\n");
    const { code, stderr } = await bin.ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining("Lines 1, 3, 5 of standard input")]);
    expect(await two.ended()).toMatchObject({ code: 1001 });
  });
});

describe("run, record and replay by TLS", () => {
  it("profile 2: root and password; neither the password stands in what is to be said again", async () => {
    const cwd = folderOf({ "charge.yaml": CHARGE, "bad.yaml": BAD });
    const { url } = await central(cwd, ["--tls", "--password", PASSWORD]);
    const csms = ["--csms", url.replace("ws:", "wss:"), "--ocpp", "2.0.1"];
    const env = { TAPSTATION_PASSWORD: PASSWORD };
    const trusting = [...csms, "--ca", "data/central-root.pem"];
    const good = await run(["run", "charge.yaml", "bad.yaml", ...trusting], { cwd, env });
    expect([good.code, good.stdout]).toEqual([1, expect.stringContaining("1 passed, 1 failed")]);
    expect(good.stdout).toContain(
      `--password "$TAPSTATION_PASSWORD" --ca ${join(cwd, "data/central-root.pem")}`,
    );
    expect(good.stdout + good.stderr).not.toContain(PASSWORD);
    const blind = await run(["run", "charge.yaml", ...csms], { cwd, env });
    expect([blind.code, blind.stdout]).toEqual([
      4,
      expect.stringContaining("authority that is not known here"),
    ]);
    const anonymous = await run(["run", "charge.yaml", ...trusting], { cwd });
    expect([anonymous.code, anonymous.stdout]).toEqual([
      4,
      expect.stringContaining("has to give its password"),
    ]);
    const recorded = await run(
      ["record", "session.yaml", "--control", "-", ...trusting, "--data", "station"],
      {
        cwd,
        env,
        input: "tap 04A2241BC85E80\nquit\n",
      },
    );
    expect([recorded.code, recorded.stderr]).toEqual([0, expect.stringContaining("It passes")]);
    const replayed = await run(["replay", "session.yaml", ...trusting], { cwd, env });
    expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringContaining("none otherwise")]);
  });

  it("profile 3: a certificate; what the head of a scenario says gives way to the command line", async () => {
    const head = "station: { security-profile: 1, password: of the built-in one }\n";
    const cwd = folderOf({ "charge.yaml": CHARGE.replace("steps:", `${head}steps:`), "bad.yaml": BAD });
    mkdirSync(join(cwd, "data"));
    const before = await createCentral({ data: join(cwd, "data/central.db") });
    const { certificate, privateKey } = await before.issueCertificate("CP001");
    await before.close();
    writeFileSync(join(cwd, "cp.pem"), certificate);
    writeFileSync(join(cwd, "cp.key"), privateKey);
    const { bin, url } = await central(cwd, ["--tls", "--json"]);
    const csms = ["--csms", url.replace("ws:", "wss:"), "--ca", "data/central-root.pem", "--ocpp", "1.6"];
    const shown = [...csms, "--cert", "cp.pem", "--key", "cp.key", "--security-profile", "3"];
    const good = await run(["run", "charge.yaml", "bad.yaml", ...shown], { cwd });
    expect([good.code, good.stdout]).toEqual([1, expect.stringContaining("1 passed, 1 failed")]);
    expect(good.stdout).toContain("--security-profile 3 --ca ");
    expect(good.stdout).toContain(`--cert ${join(cwd, "cp.pem")} --key ${join(cwd, "cp.key")}`);
    const from = bin.stdout.length;
    const log = await run(["log", "--source", "central", "--data", "data", "--export", "s.jsonl"], { cwd });
    expect(log.code).toBe(0);
    const replayed = await run(["replay", "s.jsonl", ...shown], { cwd });
    expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringContaining("none otherwise")]);
    expect(bin.stdout.slice(from)).toContain('"state":"connected"');
    const lonely = await run(["run", "charge.yaml", ...csms, "--cert", "cp.pem"], { cwd });
    expect([lonely.code, lonely.stderr]).toEqual([2, expect.stringContaining("private key belong together")]);
    const without = await run(["run", "charge.yaml", ...csms], { cwd });
    expect(without.stdout).toContain("Security profile 1 is without TLS");
  });
});

it("run --csms, pushed off by another station of the same identity, says so", async () => {
  const cwd = folderOf({
    "pushed.yaml": `name: Pushed off
steps:
  - expect: { fact: link, with: { state: disconnected }, within: 1 min }
  - expect: { message: DataTransfer, within: 1 s }
`,
  });
  const { bin, url } = await central(cwd, ["--json"]);
  const pushed = run(["run", "pushed.yaml", "--csms", url, "--ocpp", "1.6"], { cwd });
  await bin.until((b) => frames(b).includes("out StatusNotification"));
  const other = await connect(`${url}/CP001`, "ocpp1.6");
  const { code, stdout } = await pushed;
  expect(code).toBe(1);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(
    "Another station of the same identity took the connection over meanwhile: give this one its own with --id",
  );
  other.socket.close();
});
