import { cpSync, mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { childProgram } from "../../src/drivers/readers/pcsc/process.ts";
import {
  createPcscReader,
  type PcscReader,
  type PcscReaderOptions,
  probePcsc,
} from "../../src/drivers/readers/pcsc.ts";
import { systemClock } from "../../src/util/clock.ts";
import { EventLog, scripted } from "../support/pcscd-bench.ts";
import { pcscPackageMissing, skipUnlessRequired } from "../support/pcscd-package.ts";
import { type ScriptedReader, VirtualPcscd } from "../support/virtual-pcscd.ts";
import { until } from "../support/vpcd-until.ts";

const NAME = "ACS ACR122U PICC Interface 00 00";
const missing = pcscPackageMissing();
const skip = skipUnlessRequired(missing);

describe.skipIf(skip !== undefined)(`PC/SC readers come and go${skip ? ` (skipped: ${skip})` : ""}`, () => {
  let dir: string;
  let daemon: VirtualPcscd;
  let reader: PcscReader;
  let log: EventLog;

  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), "vpcscd-"));
    daemon = new VirtualPcscd(path.join(dir, "pcscd.comm"));
    await daemon.start();
  });
  afterEach(async () => {
    await reader?.close();
    await daemon.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  function open(o: PcscReaderOptions = {}): void {
    reader = createPcscReader({ socket: daemon.socket, ...o });
    log = new EventLog(reader);
  }

  async function plugged(onEscape?: (bytes: Buffer) => Buffer): Promise<ScriptedReader> {
    const scriptedReader = daemon.plug(NAME, onEscape);
    await log.next("ready", (e) => e.name === NAME);
    return scriptedReader;
  }

  it("says once that no reader is plugged in, and uses one that comes later", async () => {
    open();
    expect(await log.next("lost")).toMatchObject({ why: "No PC/SC reader is plugged in" });
    const late = daemon.plug(NAME);
    await log.next("ready");
    daemon.insert(late, scripted({ uid: "04A2B3C4" }));
    await log.next("card");
    expect(log.kinds()).toEqual(["lost", "ready", "card"]);
  });

  it("names the readers that are there when none has the name asked for, and leaves SAM slots alone", async () => {
    daemon.plug("ACS ACR1252 1S CL Reader [ACR1252 1S CL Reader SAM] 00 01");
    const other = daemon.plug("HID Global OMNIKEY 5022 Smart Card Reader 01 00");
    open({ match: "acr" });
    const { why } = await log.next("lost");
    expect(why).toContain('No PC/SC reader named "acr"');
    expect(why).toContain("OMNIKEY 5022");
    daemon.insert(other, scripted({ uid: "04A2B3C4" }));
    const acr = await plugged();
    daemon.insert(acr, scripted({ uid: "01020304" }));
    expect((await log.next("card")).uid.hex).toBe("01020304");
    expect(other.apdus).toEqual([]);
    expect(reader.readers).toEqual([NAME]);
  });

  it("loses one of two readers and keeps the other", async () => {
    open();
    const first = await plugged();
    const second = daemon.plug(`${NAME.slice(0, -1)}1`);
    await log.next("ready");
    daemon.unplug(first);
    expect(await log.next("lost")).toMatchObject({ reader: NAME, why: expect.stringContaining("unplugged") });
    daemon.insert(second, scripted({ uid: "04A2B3C4" }));
    expect((await log.next("card")).reader).toBe(second.name);
    expect(reader.readers).toEqual([second.name]);
  });

  it("sends an escape without a card where it is allowed, and gives its answer", async () => {
    open();
    const acr = await plugged(() => Buffer.from("E10000000108", "hex"));
    const answer = await reader.escape(Uint8Array.of(0xe0, 0, 0, 0x28, 1, 8));
    expect(Buffer.from(answer).toString("hex")).toBe("e10000000108");
    expect(acr.escapes).toEqual(["E00000280108"]);
    daemon.insert(acr, scripted({ uid: "04A2B3C4" }));
    await log.next("card");
    await reader.escape(Uint8Array.of(0xe0, 0, 0, 0x28, 1, 9), "ACR122U");
    expect(acr.escapes).toEqual(["E00000280108", "E00000280109"]);
    expect(acr.apdus).toEqual(["FFCA000000"]);
  });

  it("reads a card that comes while the reader is busy with an escape", async () => {
    open();
    const acr = await plugged(() => {
      if (acr.card === undefined) daemon.insert(acr, scripted({ uid: "04A2B3C4" }));
      return Buffer.from("9000", "hex");
    });
    await reader.escape(Uint8Array.of(0xff, 0, 0x40, 0, 4, 1, 0, 1, 1));
    expect((await log.next("card")).uid.hex).toBe("04A2B3C4");
  });

  it("refuses a command for a reader that is not there", async () => {
    open();
    await plugged();
    await expect(reader.escape(Uint8Array.of(0xff), "OMNIKEY")).rejects.toMatchObject({
      code: "device.unavailable",
      message: expect.stringContaining("OMNIKEY"),
    });
  });

  it("sends a reader's set-up when it becomes ready, each time, and only to that model", async () => {
    const other = daemon.plug("HID Global OMNIKEY 5022 Smart Card Reader 01 00", () =>
      Buffer.from([0x90, 0]),
    );
    open({ setup: [{ name: "ACR122", commands: ["FF 00 52 00 00"] }] });
    for (let time = 0; time < 2; time++) {
      const acr = await plugged(() => Buffer.from([0x90, 0]));
      await until("the set-up", () => acr.escapes.includes("FF00520000"));
      daemon.unplug(acr);
      await log.next("lost");
    }
    expect(other.escapes).toEqual([]);
  });

  it("says that a reader does not answer any more, and reads the card on it when it does again", async () => {
    open();
    const acr = await plugged();
    daemon.insert(acr, scripted({ uid: "04A2B3C4" }));
    await log.next("card");
    daemon.setBroken(acr, true);
    await log.next("removed");
    expect(await log.next("lost")).toMatchObject({
      reader: NAME,
      why: expect.stringContaining("not answer"),
    });
    daemon.setBroken(acr, false);
    await log.next("ready");
    expect((await log.next("card")).uid.hex).toBe("04A2B3C4");
  });

  it("is lost once while another program holds it, and ready once it lets go, with the card on it", async () => {
    open();
    const acr = await plugged();
    daemon.setExclusive(acr, true);
    // libpcsclite does not tell of it by itself: the first card shows it.
    daemon.insert(acr, scripted({ uid: "04A2B3C4" }));
    expect(await log.next("lost")).toMatchObject({
      reader: NAME,
      why: expect.stringContaining("another program holds it"),
      hint: expect.stringContaining("scdaemon"),
    });
    for (let time = 0; time < 3; time++) {
      daemon.remove(acr);
      daemon.insert(acr, scripted({ uid: "04A2B3C4" }));
    }
    daemon.remove(acr);
    daemon.insert(acr, scripted({ uid: "04A2B3C4" }));
    expect(reader.readers).toEqual([]);
    daemon.setExclusive(acr, false);
    expect((await log.next("card")).uid.hex).toBe("04A2B3C4");
    expect(log.kinds()).toEqual(["ready", "lost", "ready", "card"]);
  });

  it("reads the cards of several readers at once, and knows which saw one last", async () => {
    open();
    const acr = await plugged();
    const omnikey = daemon.plug("HID Global OMNIKEY 5022 Smart Card Reader 01 00");
    const scl = daemon.plug("SCM Microsystems Inc. SCL01x Contactless Reader 02 00");
    // Either may be ready first.
    const both = [await log.next("ready"), await log.next("ready")].map((e) => e.name);
    expect(both.sort()).toEqual([omnikey.name, scl.name].sort());
    const uids = ["04A2B3C4", "04A2241BC85E80", "01020304"];
    for (const [i, one] of [acr, omnikey, scl].entries()) {
      daemon.insert(one, scripted({ uid: uids[i] ?? "" }));
      expect(await log.next("card")).toMatchObject({ reader: one.name });
      expect(reader.latest).toBe(one.name);
    }
    expect(log.kinds().filter((kind) => kind === "removed")).toEqual([]);
  });

  it("says what is known of a reader when it is ready", async () => {
    open({ describe: (name) => (name === NAME ? "it beeps by itself" : undefined) });
    await plugged();
    expect(log.all.find((e) => e.kind === "ready")).toMatchObject({ detail: "PC/SC, it beeps by itself" });
  });

  it("follows the rules of its definition, and says what was no tap", async () => {
    open({ presenceOf: (name) => (name === NAME ? { debounceMs: 60_000 } : undefined) });
    const acr = await plugged();
    const card = scripted({ uid: "04A2B3C4" });
    daemon.insert(acr, card);
    await log.next("card");
    daemon.remove(acr);
    await log.next("removed");
    daemon.insert(acr, card);
    expect(await log.next("ignored")).toMatchObject({
      raw: "04A2B3C4",
      why: expect.stringContaining("debounce"),
    });
    expect(log.kinds()).toEqual(["ready", "card", "removed", "ignored"]);
  });

  it("asks for all readers anew when the machine has slept", async () => {
    let slept = 0;
    open({ clock: { ...systemClock, now: () => Date.now() + slept } });
    const acr = await plugged();
    const before = reader.pid;
    daemon.insert(acr, scripted({ uid: "04A2B3C4" }));
    await log.next("card");
    slept = 3_600_000;
    expect((await log.next("lost")).why).toContain("asleep");
    await log.next("ready");
    await log.next("card");
    expect(reader.pid).not.toBe(before);
    expect(log.kinds()).toEqual(["ready", "card", "removed", "lost", "ready", "card"]);
  });

  it("sees a card that was exchanged between two looks", async () => {
    open();
    const acr = await plugged();
    daemon.insert(acr, scripted({ uid: "04A2B3C4" }));
    await log.next("card");
    daemon.swap(acr, scripted({ uid: "01020304" }));
    expect((await log.next("removed")).uid.hex).toBe("04A2B3C4");
    expect((await log.next("card")).uid.hex).toBe("01020304");
  });

  it("says that a card was taken away while it was read", async () => {
    open();
    const acr = await plugged();
    const card = scripted({ uid: "04A2B3C4" });
    daemon.insert(acr, {
      ...card,
      answer: () => {
        daemon.remove(acr);
        return undefined;
      },
    });
    await log.next("ignored");
    daemon.insert(acr, card);
    expect((await log.next("card")).uid.hex).toBe("04A2B3C4");
  });

  it("tries a card once more that the reader could not read", async () => {
    open();
    const acr = await plugged();
    const card = scripted({ uid: "04A2B3C4" });
    let asked = 0;
    const answer = (apdu: Buffer) => (asked++ === 0 ? Buffer.from([0x63, 0]) : card.answer(apdu));
    daemon.insert(acr, { ...card, answer });
    expect((await log.next("card")).uid.hex).toBe("04A2B3C4");
    expect(log.kinds()).toEqual(["ready", "card"]);
  });

  it("takes a daemon for lost that takes connections and never answers, once, and recovers", async () => {
    await daemon.stop();
    const connections = new Set<net.Socket>();
    const silent = net.createServer((s) => connections.add(s));
    await new Promise<void>((resolve) => silent.listen(daemon.socket, resolve));
    open();
    expect((await log.next("lost")).why).toContain("does not answer");
    for (const s of connections) s.destroy();
    await new Promise((resolve) => silent.close(resolve));
    await daemon.start();
    daemon.plug(NAME);
    await log.next("ready");
    expect(log.kinds().filter((kind) => kind === "lost").length).toBeLessThanOrEqual(2);
  });

  it("says once that the daemon does not run, with the command that starts it, and notices when it does", async () => {
    await daemon.stop();
    open();
    expect(await log.next("lost")).toMatchObject({ why: expect.stringContaining(daemon.socket) });
    expect(await probePcsc({ socket: daemon.socket })).toMatchObject({
      package: true,
      daemon: false,
      readers: [],
      hint: expect.stringContaining("pcscd"),
    });
    daemon.plug(NAME);
    await daemon.start();
    await log.next("ready");
    expect(log.kinds()).toEqual(["lost", "ready"]);
  });

  it("says once that the daemon refuses this user, and how to be let in", async () => {
    daemon.refusing = true;
    daemon.plug(NAME);
    open();
    expect(await log.next("lost")).toMatchObject({
      why: expect.stringContaining("refuses this user"),
      hint: expect.stringContaining("access_pcsc"),
    });
    daemon.refusing = false;
    await log.next("ready");
    expect(log.kinds()).toEqual(["lost", "ready"]);
  });

  it("starts another child when one dies", async () => {
    open();
    await plugged();
    process.kill(reader.pid as number, "SIGKILL");
    await log.next("lost");
    await log.next("ready");
    expect(log.kinds()).toEqual(["ready", "lost", "ready"]);
  });

  it("says once what to install when nfc-pcsc is missing", async () => {
    const dist = fileURLToPath(new URL("../../../", childProgram));
    cpSync(dist, path.join(dir, "dist"), { recursive: true });
    const program = pathToFileURL(path.join(dir, "dist/drivers/readers/pcsc/child.js"));
    open({ program });
    expect(await log.next("lost")).toMatchObject({
      why: expect.stringContaining("nfc-pcsc"),
      hint: expect.stringContaining("npm install --include=optional"),
    });
    expect(await probePcsc({ socket: daemon.socket, program })).toMatchObject({ package: false });
    expect(log.kinds()).toEqual(["lost"]);
  });
});
