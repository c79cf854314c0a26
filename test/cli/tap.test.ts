import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createStation } from "../../src/app/create.ts";
import { createCentral, openBook } from "../../src/central/index.ts";
import type { CardReport } from "../../src/cli/tap/report.ts";
import { Bin, type Outcome, run } from "../support/bin.ts";
import { scripted } from "../support/pcscd-bench.ts";
import { pcscPackageMissing, skipUnlessRequired } from "../support/pcscd-package.ts";
import { VirtualPcscd } from "../support/virtual-pcscd.ts";

const UID = "04A2241BC85E80";
const newDir = (): string => mkdtempSync(path.join(tmpdir(), "tapstation-tap-"));
const reports = (text: string): CardReport[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as CardReport);

const bins: Bin[] = [];
afterEach(() => {
  for (const bin of bins.splice(0)) bin.process.kill("SIGKILL");
});

/** `tap` at a named pipe, once it waits for a card; gives what writes to the pipe. */
async function atPipe(...args: readonly string[]): Promise<{ bin: Bin; tap(...lines: string[]): void }> {
  const pipe = path.join(newDir(), "card");
  const bin = new Bin(["tap", "--reader", `fifo:${pipe}`, ...args], { env: { TAPSTATION_DATA: newDir() } });
  bins.push(bin);
  await bin.until(() => bin.stderr.includes("Hold a card to the reader"));
  return { bin, tap: (...lines) => writeFileSync(pipe, lines.map((line) => `${line}\n`).join("")) };
}

const typed = (...args: string[]): Promise<Outcome> =>
  run(["tap", ...args], { env: { TAPSTATION_DATA: newDir() } });

describe("tapstation tap", () => {
  it("waits for one card of a reader, shows every spelling, the Hidden ID last, and exits", async () => {
    const { bin, tap } = await atPipe();
    tap(`ISO14443:${UID}`);
    const { code, stdout } = await bin.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^▶ 04A2241BC85E80 +hex, byte 0 first · recommended by OCPP/m);
    expect(stdout).toMatch(/^ {2}805EC81B24A204 +hex, bytes reversed · Easee/m);
    expect(stdout).toMatch(/^ {2}01304175875481216 +decimal with leading zeros/m);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(
      "Hidden ID  04A2241BC85E80  what the model generic-ac sends, 14 of 20 characters",
    );
  });

  it("--follow takes a stack, a line each, and Ctrl-C ends it with 130", async () => {
    const { bin, tap } = await atPipe("--follow");
    tap(UID);
    await bin.until(() => bin.stdout.includes(UID));
    tap("08AABBCC");
    await bin.until(() => bin.stdout.includes("08AABBCC") && bin.stdout.includes("random ID"));
    bin.process.kill("SIGINT");
    const { code, stdout } = await bin.ended;
    expect(stdout.split("\n")[0]).toBe("04A2241BC85E80  7 bytes");
    expect(code).toBe(130);
  });

  it("the Hidden ID is what the model sends; spelling, length and fit are told", async () => {
    const { code, stdout } = await typed("047DAFBA7F8231", "--model", "keba-like", "--json");
    expect(code).toBe(0);
    const [report] = reports(stdout);
    expect(report).toMatchObject({
      hiddenId: "047dafba7f823100",
      uid: "047DAFBA7F8231",
      bytes: 7,
      random: false,
      length: 16,
      fitsIdTag: true,
    });
    expect(report?.spellings.filter((s) => s.sent).map((s) => s.id)).toEqual(["zeros-behind"]);
    const [ten] = reports((await typed("04010203040506070809", "--json")).stdout);
    expect(ten).toMatchObject({ bytes: 10, length: 20, fitsIdTag: true });
    expect(ten?.spellings.filter((s) => !s.fitsIdTag).map((s) => s.id)).toContain("hex-colons");
  });

  it("warns of a UID that is made anew at each tap", async () => {
    const { stdout } = await typed("08A1B2C3");
    expect(stdout).toContain("cannot be whitelisted");
    expect(reports((await typed("08A1B2C3", "--json")).stdout)[0]).toMatchObject({ random: true });
  });

  it("typed digits may be a decimal number: says which UID that would be; a reader's are none", async () => {
    const { stdout } = await typed("0001590676");
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "If they are a decimal number, the UID is 00184594 or 94451800.",
    );
    const { bin, tap } = await atPipe();
    tap("0001590676");
    expect((await bin.ended).stdout).not.toContain("decimal number");
  });

  it("--plain prints the Hidden ID and nothing else, also of cards from a pipe", async () => {
    const env = { TAPSTATION_DATA: newDir() };
    const input = `${UID}\n\n# a stack\nISO14443:04:a1:b2:c3\n`;
    const { code, stdout, stderr } = await run(["tap", "--plain"], { input, env });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${UID}\n04A1B2C3\n`, stderr: "" });
    const loud = await run(["tap", "--csv"], { input, env });
    expect([loud.code, loud.stderr, loud.stdout.split("\n").length]).toEqual([0, "", 4]);
  });

  it("a line that is no UID is told with its place; the others are done, the exit code tells", async () => {
    const env = { TAPSTATION_DATA: newDir() };
    const { code, stdout, stderr } = await run(["tap", "--plain"], { input: `hello\n${UID}\n04A1\n`, env });
    expect(stdout).toBe(`${UID}\n`);
    expect(stderr).toContain('standard input:1: "hello" is not a UID');
    expect(stderr).toContain("standard input:3: A UID of 2 bytes");
    expect(stderr).toContain("Lines 1, 3 of standard input could not be done");
    expect(code).toBe(2);
  });

  it("--csv has a head line once", async () => {
    const { stdout } = await typed(UID, "04A1B2C3", "--csv");
    const [head, first, second, ...rest] = stdout.trimEnd().split("\n");
    expect(head).toBe("hidden_id,uid,card_type,time,reader,status");
    expect(first).toMatch(/^04A2241BC85E80,04A2241BC85E80,,[^,]+Z,command line,$/);
    expect(second).toMatch(/^04A1B2C3,/);
    expect(rest).toEqual([]);
  });

  it.each([
    [["04A2"], "A UID of 2 bytes", "hex digits", 2],
    [["NL-TNM-C12345678"], "is not a UID", "04A2241BC85E80", 2],
    [[UID, "--timeout", "soon"], "not a number of seconds", "--timeout 30", 2],
    [[UID, "--json", "--plain"], "--plain and --json are both given", "Choose one", 2],
    [[UID, "--model", "generic-a"], "generic-a", "generic-ac", 2],
    [["--reader", "fifo:/dev/null"], "/dev/null is not a named pipe", "Name a path", 3],
    [["--reader", "fifo:PIPE", "--timeout", "0.05"], "No card came within 0.05 s", "--timeout", 3],
  ])("%j: what, what to do, exit code", async (args, message, hint, exitCode) => {
    const pipe = path.join(newDir(), "card");
    const { code, stdout, stderr } = await typed(...args.map((arg) => arg.replace("PIPE", pipe)));
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stdout).toBe("");
    expect(code).toBe(exitCode);
  });

  it("--copy without a clipboard is one line after the result", async () => {
    const { code, stdout, stderr } = await typed(UID, "--plain", "--copy");
    expect(stdout).toBe(`${UID}\n`);
    expect(stderr).toMatch(/^tapstation: There is no clipboard to copy 04A2241BC85E80 to: .*\n {2}On Linux/);
    expect(code).toBe(3);
  });
});

const missing = skipUnlessRequired(pcscPackageMissing());

describe.skipIf(missing !== undefined)(
  `at a PC/SC reader${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    it("is found unasked, tells the card's type, and beeps by itself", async () => {
      const daemon = new VirtualPcscd(path.join(newDir(), "pcscd.comm"));
      await daemon.start();
      const reader = daemon.plug("ACS ACR122U PICC Interface 00 00");
      const bin = new Bin(["tap", "--json"], {
        env: { TAPSTATION_DATA: newDir(), PCSCLITE_CSOCK_NAME: daemon.socket },
      });
      bins.push(bin);
      await bin.until(() => bin.stderr.includes("Hold a card to the reader"));
      daemon.insert(reader, scripted({ uid: UID, kind: "ultralight" }));
      const { code, stdout } = await bin.ended;
      expect(reports(stdout)[0]).toMatchObject({
        uid: UID,
        cardType: "MIFARE Ultralight or NTAG21x",
        reader: "ACS ACR122U PICC Interface 00 00",
      });
      expect(reader.apdus).toContain("FF0040000401000101");
      expect(code).toBe(0);
      await daemon.stop();
    });
  },
);

const NEW = "04DEADBEEF0180";

describe("tapstation tap --authorize", () => {
  it("asks the built-in central system, which notes the card as unknown, and knows it once it is added", async () => {
    const data = newDir();
    const env = { TAPSTATION_DATA: data };
    const first = await run(["tap", NEW, "--authorize", "--json"], { env });
    expect(first.code).toBe(0);
    expect(reports(first.stdout)[0]?.answer).toMatchObject({
      ocpp: "1.6",
      status: "Invalid",
      next: `tapstation cards add ${NEW} --user NAME`,
    });
    await run(["cards", "add", "--last-unknown", "--user", "Ann Smith"], { env });
    const [second] = reports((await run(["tap", NEW, "--authorize", "--json"], { env })).stdout);
    expect(second?.answer).toMatchObject({ status: "Accepted" });
    expect(second?.answer?.why).toContain("whitelisted");
    expect((await run(["log", "--action", "Authorize", "--direction", "out"], { env })).stdout).toContain(
      NEW,
    );
  });

  it("no central system: exit code 4, and the card was not waited for", async () => {
    const { code, stdout, stderr } = await typed(NEW, "--csms", "ws://127.0.0.1:9/ocpp");
    expect(stderr).toContain("ws://127.0.0.1:9/ocpp never accepted this station");
    expect(stdout).toBe("");
    expect(code).toBe(4);
  });

  it.each(["1.6", "2.0.1"] as const)(
    "asks another central system in OCPP %s, after booting there",
    async (ocpp) => {
      const central = await createCentral();
      const args = ["tap", NEW, "--csms", central.url, "--id", "BENCH1", "--ocpp", ocpp, "--json"];
      const { code, stdout } = await run(args, { env: { TAPSTATION_DATA: newDir() } });
      const status = ocpp === "1.6" ? "Invalid" : "Unknown";
      expect(reports(stdout)[0]?.answer).toMatchObject({ csms: central.url, ocpp, status });
      expect(code).toBe(0);
      const actions = central.received.all().map((r) => r.action);
      expect(actions.indexOf("BootNotification")).toBe(0);
      expect(actions.filter((action) => action === "Authorize")).toHaveLength(1);
      await central.close();
    },
  );

  it("an error for an answer: exit code 4, and what was wrong", async () => {
    const central = await createCentral();
    central.setAnswer("Authorize", { error: { code: "InternalError", description: "out of order" } });
    const { code, stdout, stderr } = await typed(NEW, "--csms", central.url);
    expect(stdout).toMatch(/^Authorize +no answer in \d+ ms/m);
    expect(stderr).toContain(`gave no answer to ${NEW}: InternalError: out of order`);
    expect(code).toBe(4);
    await central.close();
  });

  it("no answer at all does not keep Ctrl-C waiting", async () => {
    const central = await createCentral();
    central.setAnswer("Authorize", { drop: "request" });
    const bin = new Bin(["tap", NEW, "--csms", central.url], { env: { TAPSTATION_DATA: newDir() } });
    bins.push(bin);
    await central.received.waitFor("Authorize");
    bin.process.kill("SIGINT");
    expect((await bin.ended).code).toBe(130);
    await central.close();
  });

  it("does not push a station out that runs under the same id", async () => {
    const data = newDir();
    const central = await createCentral();
    const station = await createStation({ csms: central.url, data });
    await station.online();
    const { code, stderr } = await run(["tap", NEW, "--csms", central.url], {
      env: { TAPSTATION_DATA: data },
    });
    expect(stderr).toContain("The station CP001 runs on this data directory");
    expect(stderr).toContain("another --id");
    expect(code).toBe(2);
    expect(station.status().online).toBe(true);
    await station.stop();
    await central.close();
  });

  it("leaves the card among the unknown ones, without a station", async () => {
    const data = newDir();
    await run(["tap", NEW, "--authorize", "--plain"], { env: { TAPSTATION_DATA: data } });
    const book = openBook(path.join(data, "central.db"));
    expect(book.unknownTokens().map((t) => t.idToken)).toEqual([NEW]);
    book.close();
  });
});
