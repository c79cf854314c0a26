import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cardKindOf } from "../../src/drivers/readers/pcsc/atr.ts";
import {
  bytesToHex,
  hexToBytes,
  parseFromChild,
  parseToChild,
} from "../../src/drivers/readers/pcsc/protocol.ts";
import { isSamSlot, scardCode, slotStatus, wasSwapped } from "../../src/drivers/readers/pcsc/status.ts";
import { readUidAnswer } from "../../src/drivers/readers/pcsc/uid.ts";
import { atrs } from "../support/vpcd-cards.ts";

describe("card kinds by ATR", () => {
  it.each([
    [bytesToHex(atrs.classic1k), { technology: "ISO14443", cardType: "MIFARE Classic 1K" }],
    [bytesToHex(atrs.icode), { technology: "ISO15693", cardType: "ICODE SLI" }],
    [bytesToHex(atrs.desfire), { technology: "ISO14443", cardType: "MIFARE DESFire" }],
    [bytesToHex(atrs.phone), { technology: "ISO14443", cardType: "ISO 14443-4 card or phone" }],
    ["3B8880010073C84013009000F1", { technology: "ISO14443", cardType: "ISO 14443-4 card or phone" }],
    ["3B8F8001804F0CA0000003060300020000000069", { technology: "ISO14443", cardType: "MIFARE Classic 4K" }],
    [
      "3B8F8001804F0CA0000003060300030000000068",
      { technology: "ISO14443", cardType: "MIFARE Ultralight or NTAG21x" },
    ],
    ["3B8F8001804F0CA00000030603003A0000000051", { technology: "ISO14443", cardType: "MIFARE Ultralight C" }],
    [
      "3B8F8001804F0CA0000003061100 3B0000000042".replace(" ", ""),
      { technology: "unknown", cardType: "FeliCa" },
    ],
    [
      "3B8F8001804F0CA000000306030099000000006A",
      { technology: "ISO14443", cardType: "storage card, PC/SC name 0099" },
    ],
    ["3B8F8001804F0CA0000003060000010000000069", { technology: "unknown", cardType: "MIFARE Classic 1K" }],
    [
      "3B6800000073C84012009000",
      { technology: "unknown", cardType: "ATR 3B 68 00 00 00 73 C8 40 12 00 90 00" },
    ],
    ["", { technology: "unknown" }],
  ])("%s", (atr, kind) => {
    expect(cardKindOf(atr)).toEqual(kind);
  });
});

describe("answers to GET DATA", () => {
  it("gives every UID whose status is 90 00", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 255 }), (uid) => {
        const answer = readUidAnswer(Uint8Array.from([...uid, 0x90, 0x00]));
        expect(answer).toEqual({ ok: true, uid });
      }),
    );
  });

  it("gives no UID for any other bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        fc.pre(bytes.at(-2) !== 0x90 || bytes.at(-1) !== 0x00 || bytes.length === 2);
        expect(readUidAnswer(bytes).ok).toBe(false);
      }),
    );
  });

  it("asks again only where that may help", () => {
    const again = (hex: string) => {
      const answer = readUidAnswer(hexToBytes(hex));
      return !answer.ok && answer.again;
    };
    expect(["", "6300", "6A81", "6F00", "9000"].map(again)).toEqual([true, true, false, false, false]);
  });
});

describe("a slot's status", () => {
  it("knows SAM slots by their names", () => {
    const names = [
      "ACS ACR1252 Dual Reader SAM 0",
      "ACS ACR1252 1S CL Reader [ACR1252 1S CL Reader SAM] 00 01",
      "ACS ACR1281 1S Dual Reader [ACR1281 SAM] (123) 00 02",
      "ACS ACR1252 Dual Reader PICC 0",
      "ACS ACR122U PICC Interface 00 00",
      "SAMSUNG NFC Reader 00 00",
    ];
    expect(names.map(isSamSlot)).toEqual([true, true, true, false, false, false]);
  });

  it("sees a swap by the daemon's count, also where the count starts again", () => {
    const present = (count: number) => slotStatus((count << 16) | 0x20);
    const empty = (count: number) => slotStatus((count << 16) | 0x10);
    expect(wasSwapped(present(1), present(3))).toBe(true);
    expect(wasSwapped(present(0xffff), present(1))).toBe(true);
    expect(wasSwapped(present(1), present(1))).toBe(false);
    expect(wasSwapped(empty(0), present(3))).toBe(false);
    expect(wasSwapped(present(1), empty(4))).toBe(false);
  });

  it("finds the PC/SC code in an error's text", () => {
    const inner = new Error("SCardConnect error: Sharing violation.(0x8010000b)");
    expect(scardCode(inner)).toBe(0x8010000b);
    expect(scardCode(Object.assign(new Error("An error occurred"), { previous: inner }))).toBe(0x8010000b);
    expect(scardCode(new Error("SCardConnect error: x(0xffffffff8010000b)"))).toBe(0x8010000b);
    expect(scardCode("nothing")).toBeUndefined();
  });
});

describe("messages between driver and child", () => {
  it("lets good ones through", () => {
    const command = { t: "escape", id: 1, bytes: "FF00", reader: "ACR" };
    const start = { t: "start", setup: [{ name: "ACR122", commands: ["FF00520000"] }] };
    const card = { t: "card", reader: "ACR", uid: "04A2B3C4", atr: "" };
    expect([parseToChild(command), parseToChild(start), parseFromChild(card)]).toEqual([
      command,
      start,
      card,
    ]);
  });

  it.each([
    [{ t: "escape", id: 1.5, bytes: "FF00" }],
    [{ t: "escape", id: 1, bytes: "FF0" }],
    [{ t: "escape", id: 1, bytes: "ff" }],
    [{ t: "start", setup: [{ name: "ACR122", commands: ["nonsense"] }] }],
    [{ t: "start", setup: [null] }],
    [{ t: "start" }],
    [{ t: "constructor" }],
    [{ t: "__proto__" }],
  ])("drops %j on its way to the child", (message) => {
    expect(parseToChild(message)).toBeUndefined();
  });

  it.each([
    [{ t: "card", reader: "ACR", uid: 4, atr: "" }],
    [{ t: "card", reader: "ACR", uid: "A".repeat(5000), atr: "" }],
    [{ t: "reader", reader: "x".repeat(5000) }],
    [{ t: "failed", id: 1, why: "", refused: "yes" }],
    [{ t: "toString" }],
  ])("drops a bad message from the child (%#)", (message) => {
    expect(parseFromChild(message)).toBeUndefined();
  });

  it("drops anything else without a throw", () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        const known = typeof message === "object" && message !== null && "t" in message;
        fc.pre(!known);
        expect([parseToChild(message), parseFromChild(message)]).toEqual([undefined, undefined]);
      }),
    );
  });
});
