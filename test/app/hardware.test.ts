import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Central, createCentral, createStation, type LibraryStation } from "../../src/index.ts";
import { pcscdMissing } from "../support/pcscd.ts";
import { type PcscBench, realBench, virtualBench } from "../support/pcscd-bench.ts";
import { pcscPackageMissing, skipUnlessRequired } from "../support/pcscd-package.ts";
import { Pty, socatMissing } from "../support/pty.ts";

/** From a real reader's bytes to the idTag in the frame on the wire, through every layer. */

const SLOW = { timeoutMs: 20_000 };
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function stationWith(readers: readonly string[], buzzers: readonly string[] = []) {
  const central = await createCentral();
  open.push(() => central.close());
  const station = await createStation({ csms: central.url, readers, buzzers, retapMs: 0 });
  open.push(() => station.stop());
  await station.online(SLOW);
  return { central, station };
}

/** The idTag of the next Authorize that the central system received. */
async function authorized(central: Central, after: number): Promise<unknown> {
  const request = await central.received.waitFor("Authorize", (r) => r.seq > after, { timeoutMs: 20_000 });
  return (request.payload as { idTag: string }).idTag;
}
const lastSeq = (central: Central) => central.received.all().at(-1)?.seq ?? 0;

const order = (station: LibraryStation) =>
  station.facts().flatMap((f) => {
    if (f.kind === "signal" && f.signal !== "ready") return [`signal ${f.signal}`];
    if (f.kind === "verdict") return [`verdict ${f.outcome}`];
    if (f.kind === "frame" && f.action === "Authorize") return [`${f.direction} ${f.messageType}`];
    return f.kind === "card" && f.event !== "ignored" ? [`card ${f.event}`] : [];
  });

const benches = [
  { name: "Debian's pcscd with vpcd", make: realBench, missing: pcscPackageMissing() ?? pcscdMissing() },
  { name: "the daemon's protocol, played", make: virtualBench, missing: pcscPackageMissing() },
];

describe.each(benches)("a station with a PC/SC reader on $name", ({ make, missing }) => {
  const skip = skipUnlessRequired(missing);
  describe.skipIf(skip !== undefined)(skip === undefined ? "" : `(skipped: ${skip})`, () => {
    let bench: PcscBench;
    let before: string | undefined;
    beforeAll(async () => {
      if (missing !== undefined) throw new Error(missing);
      bench = await make();
      before = process.env.PCSCLITE_CSOCK_NAME;
      process.env.PCSCLITE_CSOCK_NAME = bench.socket;
    }, 60_000);
    afterAll(async () => {
      if (before === undefined) delete process.env.PCSCLITE_CSOCK_NAME;
      else process.env.PCSCLITE_CSOCK_NAME = before;
      await bench?.close();
    });
    afterEach(() => bench.clear());

    it.each(["04A2B3C4", "04A2241BC85E80", "0411223344556677889A"])("sends %s as idTag", async (uid) => {
      const { central, station } = await stationWith(["pcsc"]);
      await station.waitFor({ kind: "reader", state: "ready", reader: bench.readerName }, SLOW);
      const seq = lastSeq(central);
      const card = await bench.present({ uid });
      expect(await authorized(central, seq)).toBe(uid);
      await card.remove();
      await station.waitFor({ kind: "card", event: "removed", uid }, SLOW);
    });

    it("beeps read, asks, then beeps the verdict, in this order, through the reader's own buzzer", async () => {
      const { station } = await stationWith(["pcsc"], ["reader"]);
      await station.waitFor({ kind: "reader", state: "ready", reader: bench.readerName }, SLOW);
      const card = await bench.present({ uid: "04A2241BC85E80" });
      await station.waitFor({ kind: "signal", signal: "accepted", via: ["reader"] }, SLOW);
      expect(order(station)).toEqual([
        "card presented",
        "signal read",
        "out CALL",
        "in CALLRESULT",
        "verdict accepted",
        "signal accepted",
      ]);
      await expect
        .poll(() => card.apdus.filter((apdu) => apdu.startsWith("FF0040")).length, SLOW_POLL)
        .toBeGreaterThan(1);
    });

    it("two taps start and stop; the daemon may go and come back in between", async () => {
      const { station } = await stationWith(["pcsc"]);
      await station.waitFor({ kind: "reader", state: "ready", reader: bench.readerName }, SLOW);
      await station.plug();
      await bench.present({ uid: "04A2241BC85E80" });
      await station.waitFor({ kind: "transaction", event: "started" }, SLOW);
      await bench.clear();
      await bench.stopDaemon();
      await station.waitFor({ kind: "reader", state: "lost" }, SLOW);
      await bench.startDaemon();
      await station.waitFor({ kind: "reader", state: "ready", reader: bench.readerName }, SLOW);
      await bench.present({ uid: "04A2241BC85E80" });
      await station.waitFor({ kind: "transaction", event: "ended", reason: "Local" }, SLOW);
    });
  });
});

const SLOW_POLL = { timeout: 20_000 };

const missing = socatMissing();
describe.skipIf(missing !== undefined)(
  `a station with a serial reader${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    const frames: readonly [string, string, readonly string[], string][] = [
      ["twn4-line", "a line of hex", ["04A2241B", "C85E80\r"], "04A2241BC85E80"],
      [
        "rdm6300",
        "STX, checksum, ETX, repeated while held",
        ["\x020F0018", "4594C6\x03\x020F00184594C6", "\x03"],
        "0F00184594",
      ],
      ["arduino-rc522", "a sketch's text", ["UID tag : 04 A", "1 B2 C3\r\n"], "04A1B2C3"],
    ];

    it.each(frames)("%s: %s", async (definition, _what, chunks, idTag) => {
      const pty = await Pty.plugged();
      open.push(() => pty.dispose());
      const { central, station } = await stationWith([`serial:${pty.path}?definition=${definition}`]);
      await station.waitFor({ kind: "reader", state: "ready" }, SLOW);
      await station.waitFor({ kind: "reader", state: "ready", reader: pty.path }, SLOW).catch(() => {});
      const seq = lastSeq(central);
      await pty.send(...chunks);
      expect(await authorized(central, seq)).toBe(idTag);
    });
  },
);

describe("a station with a named pipe", () => {
  it("takes a line as a tap", async () => {
    const dir = mkdtempSync(join(tmpdir(), "tapstation-fifo-"));
    open.push(() => rmSync(dir, { recursive: true, force: true }));
    const pipe = join(dir, "card");
    execFileSync("mkfifo", [pipe]);
    const { central } = await stationWith([`fifo:${pipe}`]);
    const seq = lastSeq(central);
    appendFileSync(pipe, "ISO14443:04A2241BC85E80\n");
    expect(await authorized(central, seq)).toBe("04A2241BC85E80");
  });
});
