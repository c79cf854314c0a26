import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  createPcscReader,
  type PcscReader,
  type PcscReaderOptions,
  probePcsc,
} from "../../src/drivers/readers/pcsc.ts";
import { pcscdMissing } from "../support/pcscd.ts";
import { EventLog, type PcscBench, realBench, virtualBench } from "../support/pcscd-bench.ts";
import { pcscPackageMissing, skipUnlessRequired } from "../support/pcscd-package.ts";
import type { CardScript } from "../support/vpcd-cards.ts";
import { until } from "../support/vpcd-until.ts";

const cards: readonly { name: string; script: CardScript; technology: string; cardType: string }[] = [
  {
    name: "4-byte UID, MIFARE Classic 1K",
    script: { uid: "04A2B3C4", kind: "classic1k" },
    technology: "ISO14443",
    cardType: "MIFARE Classic 1K",
  },
  {
    name: "7-byte UID, NTAG",
    script: { uid: "04A2241BC85E80", kind: "ultralight" },
    technology: "ISO14443",
    cardType: "MIFARE Ultralight or NTAG21x",
  },
  {
    name: "7-byte UID, DESFire",
    script: { uid: "045C6D7E8F9080", kind: "desfire" },
    technology: "ISO14443",
    cardType: "MIFARE DESFire",
  },
  {
    name: "10-byte UID",
    script: { uid: "0411223344556677889A", kind: "classic4k" },
    technology: "ISO14443",
    cardType: "MIFARE Classic 4K",
  },
  {
    name: "random UID of a phone",
    script: { uid: "08DEADBE", kind: "phone" },
    technology: "ISO14443",
    cardType: "ISO 14443-4 card or phone",
  },
  {
    name: "8-byte UID, ISO 15693",
    script: { uid: "E004010012345678", kind: "icode" },
    technology: "ISO15693",
    cardType: "ICODE SLI",
  },
];

const unreadable: readonly { name: string; getData: string; why: RegExp }[] = [
  { name: "6A 81", getData: "6A81", why: /no UID/ },
  { name: "63 00", getData: "6300", why: /could not read/ },
  { name: "an unknown status", getData: "6F00", why: /6F00/ },
  { name: "a UID of 3 bytes", getData: "0102039000", why: /3 bytes/ },
];

const benches: readonly { name: string; make: () => Promise<PcscBench>; missing: string | undefined }[] = [
  {
    name: "Debian's pcscd with vpcd",
    make: realBench,
    missing: pcscPackageMissing() ?? pcscdMissing(),
  },
  { name: "the daemon's protocol, played", make: virtualBench, missing: pcscPackageMissing() },
];

describe.each(benches)("PC/SC reader on $name", ({ name, make, missing }) => {
  const skip = skipUnlessRequired(missing);
  describe.skipIf(skip !== undefined)(skip === undefined ? "" : `(skipped: ${skip})`, () => {
    let bench: PcscBench;
    let reader: PcscReader;
    let log: EventLog;

    beforeAll(async () => {
      if (missing !== undefined) throw new Error(`${name}: ${missing}`);
      bench = await make();
    });
    afterAll(() => bench?.close());
    afterEach(async () => {
      await bench?.clear();
      await reader?.close();
    });

    async function open(o: PcscReaderOptions = {}): Promise<void> {
      reader = createPcscReader({ socket: bench.socket, ...o });
      log = new EventLog(reader);
      await log.next("ready", (e) => e.name === bench.readerName);
    }

    it.each(cards)("reads $name", async ({ script, technology, cardType }) => {
      await open();
      const card = await bench.present(script);
      const seen = await log.next("card");
      expect(seen).toMatchObject({ technology, cardType, reader: bench.readerName });
      expect(seen.uid.hex).toBe(script.uid);
      await card.remove();
      expect((await log.next("removed")).uid.hex).toBe(script.uid);
    });

    it.each(unreadable)(
      "says once that a card which answers $name was not read",
      async ({ getData, why }) => {
        await open();
        const card = await bench.present({ getData });
        expect((await log.next("ignored")).why).toMatch(why);
        await card.remove();
        const next = await bench.present({ uid: "01020304" });
        await log.next("card");
        expect(log.kinds().filter((kind) => kind === "ignored" || kind === "removed")).toEqual(["ignored"]);
        await next.remove();
      },
    );

    it("sees two taps of one card as two", async () => {
      await open();
      for (let tap = 0; tap < 2; tap++) {
        const card = await bench.present({ uid: "04A2B3C4" });
        await log.next("card");
        await card.remove();
        await log.next("removed");
      }
      expect(log.kinds().slice(-4)).toEqual(["card", "removed", "card", "removed"]);
    });

    it("reads a card that lies there from the start", async () => {
      const card = await bench.present({ uid: "04A2B3C4" });
      await open();
      expect((await log.next("card")).uid.hex).toBe("04A2B3C4");
      await card.remove();
      await log.next("removed");
    });

    it("tells which of two readers saw the card", async () => {
      await open();
      const second = `${bench.readerName.slice(0, -1)}1`;
      await until("both readers", () => reader.readers.length === 2);
      const card = await bench.present({ uid: "01020304" }, 1);
      expect((await log.next("card")).reader).toBe(second);
      await card.remove();
      expect((await log.next("removed")).reader).toBe(second);
    });

    it("uses only the readers whose name matches", async () => {
      await open({ match: "interface 00 00" });
      const other = await bench.present({ uid: "01020304" }, 1);
      const card = await bench.present({ uid: "04A2B3C4" }, 0);
      await log.next("card");
      await other.remove();
      await card.remove();
      await log.next("removed");
      expect(reader.readers).toEqual([bench.readerName]);
      expect(log.all.filter((e) => e.kind === "card").map((e) => e.uid.hex)).toEqual(["04A2B3C4"]);
    });

    it("sends a command to the reader through the card's connection when escapes are refused", async () => {
      await open();
      const card = await bench.present({ uid: "04A2B3C4" });
      await log.next("card");
      const answer = await reader.escape(Uint8Array.of(0xff, 0x00, 0x40, 0x00, 0x04, 0x01, 0x00, 0x01, 0x01));
      expect([...answer]).toEqual([0x90, 0x00]);
      expect(card.apdus).toContain("FF0040000401000101");
      await card.remove();
      await log.next("removed");
    });

    it("sends a reader's set-up with the first card when escapes are refused", async () => {
      await open({ setup: [{ name: "acr122", commands: ["FF 00 52 00 00"] }] });
      const card = await bench.present({ uid: "04A2B3C4" });
      await log.next("card");
      await until("the mute command", () => card.apdus.includes("FF00520000"));
      await card.remove();
      await log.next("removed");
    });

    it("without card or permission says how to allow escapes", async () => {
      await open();
      await expect(reader.escape(Uint8Array.of(0xff, 0x00, 0x40, 0, 4, 1, 0, 1, 1))).rejects.toMatchObject({
        code: "device.unavailable",
        hint: expect.stringContaining("ifdDriverOptions"),
      });
      const card = await bench.present({ uid: "04A2B3C4" });
      await log.next("card");
      await expect(reader.escape(Uint8Array.of(0xe0, 0, 0, 0x28, 1, 8))).rejects.toMatchObject({
        code: "device.unavailable",
      });
      expect(card.apdus).not.toContain("E00000280108");
      await card.remove();
      await log.next("removed");
    });

    it("is lost once when the daemon stops, with a card on it, and ready when it is back", async () => {
      await open();
      const lying = await bench.present({ uid: "04A2B3C4" });
      await log.next("card");
      await bench.stopDaemon();
      await lying.remove();
      await log.next("removed");
      expect(await log.next("lost")).toMatchObject({ hint: expect.stringContaining("pcscd") });
      await expect(reader.escape(Uint8Array.of(0xff))).rejects.toMatchObject({ code: "device.unavailable" });
      const before = log.all.length;
      await bench.startDaemon();
      await log.next("ready", (e) => e.name === bench.readerName);
      expect(new Set(log.all.slice(before).map((e) => e.kind))).toEqual(new Set(["ready"]));
      const card = await bench.present({ uid: "0411223344556677889A" });
      await log.next("card", (e) => e.uid.hex === "0411223344556677889A");
      await card.remove();
      await log.next("removed");
    });

    it("lists the readers that are plugged in", async () => {
      expect(await probePcsc({ socket: bench.socket })).toEqual({
        package: true,
        daemon: true,
        readers: [bench.readerName, `${bench.readerName.slice(0, -1)}1`],
      });
    });

    it("ends its iterator and its child at close, twice is fine", async () => {
      await open();
      const { pid } = reader;
      await reader.close();
      await reader.close();
      await until("the iterator's end", () => log.ended);
      expect(pid).toBeTypeOf("number");
      expect(() => process.kill(pid as number, 0)).toThrow();
    });
  });
});
