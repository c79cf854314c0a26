import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataFiles } from "../../src/app/paths.ts";
import { type Central, createCentral } from "../../src/index.ts";
import { tokenKey } from "../../src/station/card.ts";
import type { IdToken } from "../../src/station/types.ts";
import { openStationStore } from "../../src/store/station-store.ts";
import { Bin, run } from "../support/bin.ts";

const CARD = "04A2241BC85E80";
const UNKNOWN = "04B3352CD96F91";

let cwd: string;
const central: Central[] = [];
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "tapstation-record-"));
});
afterEach(async () => {
  for (const one of central.splice(0)) await one.close();
  rmSync(cwd, { recursive: true, force: true });
});

const read = (name: string) => readFileSync(join(cwd, name), "utf8");
const lines = (...all: string[]) => `${all.join("\n")}\n`;

/** Records a session that is driven by verbs. */
const record = (input: string, ...more: string[]) =>
  run(["record", "s.yaml", "--data", "data", "--control", "-", ...more], { cwd, input });
/** Does it again, with another seed. */
const again = (...more: string[]) =>
  run(["run", "s.yaml", "--seed", "99", "--reporter", "minimal", ...more], { cwd });

async function ownCentral(options: Parameters<typeof createCentral>[0] = {}): Promise<Central> {
  const made = await createCentral(options);
  central.push(made);
  return made;
}

describe.each(["1.6", "2.0.1"])("tapstation record, OCPP %s", (ocpp) => {
  it("writes a session with cards, cable, meter, outage and power cut as a scenario that passes", async () => {
    const session = lines(
      `tap ${CARD}`,
      "plug 1",
      "meter 1 5000",
      "wait 1.1",
      `tap ${CARD}`,
      "unplug 1",
      `tap ${UNKNOWN}`,
      "network down",
      `tap ${CARD}`,
      "plug 1",
      "network up",
      "wait 0.3",
      "power cut",
      "power restore",
      "wait 0.3",
      "unplug 1",
    );
    const made = await record(session, "--ocpp", ocpp);
    expect(made.stderr).toContain("It passes: tapstation run s.yaml");
    expect(made.stderr).not.toContain("did not come again");
    expect(made.code).toBe(0);
    const text = read("s.yaml");
    for (const step of [
      "expect: { verdict: accepted, by: csms }",
      "expect: { transaction: ended, with: { reason: Local } }",
      `expect: { verdict: rejected, by: csms, because: ${ocpp === "1.6" ? "Invalid" : "Unknown"} }`,
      "expect: { verdict: accepted, by: cache }",
      "expect: { transaction: started, with: { offline: true } }",
      "reason: PowerLoss",
    ])
      expect(text).toContain(step);
    const outcome = await again();
    expect(outcome.stdout).toContain("1 passed");
    expect(outcome.code).toBe(0);
  });

  it("expects what commands are answered with, and the message after a power cut: a station that answers otherwise fails", async () => {
    const asked = {
      "1.6": 'csms GetConfiguration {"key":["HeartbeatInterval","NoSuchKey"]}',
      "2.0.1":
        'csms GetVariables {"getVariableData":[{"component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}}]}',
    }[ocpp] as string;
    const session = lines(
      asked,
      "csms GetLocalListVersion",
      "power cut",
      "wait 0.2",
      "power restore",
      "wait 0.5",
    );
    const made = await record(session, "--ocpp", ocpp);
    expect(made.stderr).toContain("It passes");
    const text = read("s.yaml");
    expect(text).not.toContain("did not come again");
    expect(text).toContain("expect: { message: BootNotification");
    expect(text).toMatch(/(listVersion|versionNumber): 0/);
    for (const [was, is] of [
      [/(attributeValue|value): "300"/, '$1: "301"'],
      [/(listVersion|versionNumber): 0/, "$1: 1"],
    ] as const) {
      expect(text).toMatch(was);
      writeFileSync(join(cwd, "s.yaml"), text.replace(was, is));
      expect((await again()).code).toBe(1);
    }
  });

  it("eases an answer that does not come again, and says so in the file", async () => {
    await record(lines("csms GetLocalListVersion"), "--ocpp", ocpp);
    writeFileSync(
      join(cwd, "t.jsonl"),
      read("s.jsonl").replace(/"(listVersion|versionNumber)":0/g, '"$1":7'),
    );
    const { code, stderr } = await run(["record", "t.yaml", "--from", "t.jsonl"], { cwd });
    expect([code, stderr]).toEqual([0, expect.stringContaining("It passes")]);
    expect(read("t.yaml")).toMatch(
      /was answered with {"(listVersion|versionNumber)":7}, which did not come again/,
    );
    expect(read("t.yaml")).toContain("csms: { send: GetLocalListVersion }");
  });

  it("makes another station fail the scenario: it proves something", async () => {
    await record(lines(`tap ${CARD}`, "plug 1"), "--ocpp", ocpp);
    const text = read("s.yaml").replace("central: { cards: [ $card ] }", "central: { cards: [] }");
    writeFileSync(join(cwd, "s.yaml"), text);
    expect((await again()).code).toBe(1);
  });

  it("starts from what the station knew", async () => {
    await run(["start", "--data", "data", "--control", "-", "--ocpp", ocpp], {
      cwd,
      input: lines(`tap ${CARD}`),
    });
    const made = await record(lines("network down", `tap ${CARD}`, "plug 1"), "--ocpp", ocpp);
    expect(made.stderr).toContain("It passes");
    expect(read("s.yaml")).toContain("station: { cache: [ $card ] }");
    expect(read("s.yaml")).toContain("verdict: accepted, by: cache");
    expect((await again()).code).toBe(0);
  });
});

describe("tapstation record at another central system", () => {
  /** The program at a central system of ours, driven fact by fact. */
  function attached(other: Central): Bin {
    const args = ["record", "s.yaml", "--data", "data", "--csms", other.url, "--ocpp", "1.6"];
    return new Bin([...args, "--control", "-", "--json"], { cwd });
  }
  const facts = (bin: Bin, pattern: RegExp, count = 1) =>
    bin.until(({ stdout }) => stdout.split("\n").filter((line) => pattern.test(line)).length >= count);

  it("keeps its commands and what it answered", async () => {
    const other = await ownCentral();
    other.setAnswer("StartTransaction", {
      answer: () => ({ transactionId: 4711, idTagInfo: { status: "Accepted" } }),
    });
    other.setAnswer("Authorize", {
      answer: ({ payload }) => ({
        idTagInfo: {
          status: JSON.stringify(payload).includes(UNKNOWN) ? "ConcurrentTx" : "Accepted",
          parentIdTag: "GROUP",
        },
      }),
    });
    const bin = attached(other);
    const send = (action: string, payload: object) => other.send("CP001", action, payload);
    await facts(bin, /"kind":"registration".*"Accepted"/);
    await send("ChangeConfiguration", { key: "MeterValueSampleInterval", value: "30" });
    await send("ChangeConfiguration", { key: "AuthorizationKey", value: "00112233445566778899aabbccddeeff" });
    await send("SendLocalList", {
      listVersion: 3,
      updateType: "Full",
      localAuthorizationList: [{ idTag: "04C$C1CC", idTagInfo: { status: "Accepted" } }],
    });
    const expiryDate = new Date(Date.now() + 3_600_000).toISOString();
    await send("ReserveNow", { connectorId: 1, idTag: CARD, expiryDate, reservationId: 9 });
    await send("CancelReservation", { reservationId: 9 });
    bin.process.stdin.write("plug 1\n");
    await facts(bin, /"verb":"plug"/);
    await send("RemoteStartTransaction", { idTag: CARD, connectorId: 1 });
    await facts(bin, /"kind":"transaction".*"event":"started"/);
    await facts(
      bin,
      /"messageType":"CALLRESULT".*"action":"StartTransaction"|"action":"StartTransaction".*"CALLRESULT"/,
    );
    await send("RemoteStopTransaction", { transactionId: 4711 });
    await facts(bin, /"kind":"transaction".*"event":"ended"/);
    await send("GetDiagnostics", { location: "ftp://files.example/" });
    await send("TriggerMessage", { requestedMessage: "Heartbeat" });
    bin.process.stdin.end(lines("unplug 1", `tap ${UNKNOWN}`));
    const { code, stderr } = await bin.ended;
    expect(stderr).toContain("left out: ChangeConfiguration with a secret");
    expect(stderr).toContain("left out: GetDiagnostics");
    expect(stderr).not.toContain("did not come again");
    expect(stderr).toContain("It passes");
    expect(code).toBe(0);
    const text = read("s.yaml");
    expect(text).toMatch(/send: RemoteStopTransaction\s+payload: { transactionId: \$tx }/);
    expect(text).toContain("because: ConcurrentTx");
    expect(text).toContain("reservationId: 9");
    for (const file of ["s.yaml", "s.jsonl"]) expect(read(file)).not.toContain("00112233445566778899");
    const outcome = await again();
    expect(outcome.code).toBe(0);
  });

  it("is said to a third one, and what that answers otherwise is told", async () => {
    await record(lines(`tap ${CARD}`, "plug 1"), "--ocpp", "1.6");
    const third = await ownCentral();
    third.setAnswer("Authorize", { answer: () => ({ idTagInfo: { status: "Blocked" } }) });
    const { code, stdout } = await run(["replay", "s.yaml", "--csms", third.url], { cwd });
    expect(stdout).toMatch(/idTagInfo\.status: Accepted -> Blocked/);
    expect(code).toBe(1);
  });
});

describe("tapstation record and files", () => {
  it("keeps PIN codes that the station knows in no file", async () => {
    const { station } = dataFiles(join(cwd, "data"));
    mkdirSync(dirname(station("CP001")), { recursive: true });
    const store = openStationStore(station("CP001"));
    const known = (idToken: string, type: IdToken["type"]) => {
      const token = { idToken, type };
      store.cache.put({ key: tokenKey(token), token, info: { status: "Accepted" }, updatedAt: 1 });
    };
    known("90210902", "KeyCode");
    known(CARD, "ISO14443");
    store.close();
    expect((await record(lines("plug 1"), "--id", "CP001")).code).toBe(0);
    expect(read("s.jsonl")).toContain(CARD);
    for (const file of ["s.yaml", "s.jsonl"]) expect(read(file)).not.toContain("90210902");
  });

  it("refuses to write over a scenario or a recording, before anything is started", async () => {
    for (const [there, name] of [
      ["s.yaml", "s.yaml"],
      ["s.jsonl", "s.jsonl"],
    ] as const) {
      writeFileSync(join(cwd, there), "mine");
      const { code, stderr } = await record("");
      expect(stderr).toContain(`${name} is there already`);
      expect(stderr).toContain("--force");
      expect(code).toBe(2);
      expect(read(there)).toBe("mine");
      rmSync(join(cwd, there));
    }
    expect(existsSync(join(cwd, "data"))).toBe(false);
    writeFileSync(join(cwd, "s.yaml"), "mine");
    expect((await record(lines("plug 1"), "--force")).code).toBe(0);
    expect(read("s.yaml")).toContain("- plug: 1");
  });

  it.each([
    ["s.txt", "is no name for a scenario"],
    ["nowhere/s.yaml", "its directory is not there"],
  ])("refuses %s", async (file, message) => {
    const { code, stderr } = await run(["record", file, "--control", "-", "--data", "data"], { cwd });
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it("leaves nothing behind when the station cannot be started", async () => {
    writeFileSync(join(cwd, "card"), "no pipe");
    const { code } = await record("", "--reader", "fifo:card");
    expect(code).toBeGreaterThan(0);
    expect([existsSync(join(cwd, "s.jsonl")), existsSync(join(cwd, "s.yaml"))]).toEqual([false, false]);
  });

  it("--force leaves the earlier recording alone until the station stands", async () => {
    await record(lines("plug 1"));
    const before = [read("s.jsonl"), read("s.yaml")];
    writeFileSync(join(cwd, "card"), "no pipe");
    expect((await record("", "--force", "--reader", "fifo:card")).code).toBeGreaterThan(0);
    expect([read("s.jsonl"), read("s.yaml")]).toEqual(before);
    expect(readdirSync(cwd).filter((name) => name.includes(".part"))).toEqual([]);
    expect((await record(lines("plug 1", "unplug 1"), "--force")).code).toBe(0);
    expect(read("s.yaml")).toContain("- unplug: 1");
    expect(read("s.jsonl")).toContain('"verb":"unplug"');
  });

  it("writes what was done also when the session ends with an error, which is told", async () => {
    const { code, stderr } = await record(lines("plug 1", "plug 9"));
    expect(code).toBe(2);
    expect(stderr).toContain("s.yaml: ");
    expect(stderr).toMatch(/no EVSE 9/);
    expect(read("s.yaml")).toContain("- plug: 1");
  });

  it("makes the scenario of a session that was killed from what was written until then", async () => {
    const bin = new Bin(["record", "s.yaml", "--data", "data", "--control", "-", "--json"], { cwd });
    bin.process.stdin.write(lines(`tap ${CARD}`, "plug 1"));
    await bin.until(({ stdout }) => /"kind":"transaction".*"started"/.test(stdout));
    bin.process.kill("SIGKILL");
    await bin.ended;
    expect(existsSync(join(cwd, "s.yaml"))).toBe(false);
    const { code, stderr } = await run(["record", "s.yaml", "--from", "s.jsonl", "--name", "What was left"], {
      cwd,
    });
    expect(stderr).toContain("It passes");
    expect(code).toBe(0);
    expect(read("s.yaml")).toContain("name: What was left");
    expect(read("s.yaml")).toContain("- plug: 1");
    expect((await again()).code).toBe(0);
  });

  it("says so when a file is no recording", async () => {
    writeFileSync(
      join(cwd, "other.jsonl"),
      '{"kind":"control","verb":"plug","args":["1"],"time":"2026-11-25T12:00:00Z"}\n',
    );
    const { code, stderr } = await run(["record", "s.yaml", "--from", "other.jsonl"], { cwd });
    expect(stderr).toContain("is no recording");
    expect(code).toBe(2);
  });

  it("writes what was done when the session is interrupted", async () => {
    const bin = new Bin(["record", "s.yaml", "--data", "data", "--control", "-", "--json"], { cwd });
    bin.process.stdin.write(lines("plug 1"));
    await bin.until(({ stdout }) => /"chargePointStatus":"Preparing"/.test(stdout));
    bin.process.kill("SIGINT");
    const { code, stderr } = await bin.ended;
    expect(stderr).toContain("It passes");
    expect(code).toBe(130);
    expect((await again()).code).toBe(0);
  });
});
