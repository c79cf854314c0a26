import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UidForm } from "../../../../src/drivers/definitions.ts";
import { readUid, technologyOf } from "../../../../src/drivers/readers/serial/uid-text.ts";
import { CardUid } from "../../../../src/station/card.ts";

const any = [4, 5, 7, 8, 10];
const read = (text: string, form: UidForm): string => {
  const reading = readUid(text, form);
  return "uid" in reading ? reading.uid.hex : reading.why;
};

describe("a UID in a reader's text", () => {
  const labelled: UidForm = { text: "labelled hex", bytes: any };
  it.each([
    ["UID tag : 04 A1 B2 C3", "04A1B2C3"],
    ["Card UID: 4 A1 B2 C3", "04A1B2C3"],
    ["UID tag: 4 a1 b2 c3", "04A1B2C3"],
    ["TAG:04a1b2c3d4e580", "04A1B2C3D4E580"],
    ["UID:04A1B2C3", "04A1B2C3"],
    ["UID (7 bytes): 04:A1:B2:C3:D4:E5:80", "04A1B2C3D4E580"],
    ["uid = 0411223344556677889A", "0411223344556677889A"],
    ["04:A1:B2:C3", "04A1B2C3"],
    ["E004010012345678", "E004010012345678"],
    ["UID tag: 4a1b2c3", expect.stringContaining("odd number")],
    ["RFID_READY", expect.stringContaining("no UID")],
    ["UID:", expect.stringContaining("no UID")],
    ["UID: 04 A1", expect.stringContaining("2 bytes")],
  ])("with a label: %s", (text, expected) => {
    expect(read(text, labelled)).toEqual(expected);
  });

  const em: UidForm = { text: "hex", bytes: [5], checksum: "xor" };
  it.each([
    ["0F00184594C6", "0F00184594"],
    ["0f00184594c6", "0F00184594"],
    ["0F0018459400", expect.stringContaining("checksum")],
    ["0F00184594", expect.stringContaining("checksum")],
    ["0F00184594C6C6C6", expect.stringContaining("7 bytes")],
    ["0F00184594CG", expect.stringContaining("no UID")],
  ])("with a checksum: %s", (text, expected) => {
    expect(read(text, em)).toEqual(expected);
  });

  it.each([
    ["4 161 178 195", "04A1B2C3"],
    ["4\r\n161\r\n178\r\n195", "04A1B2C3"],
    ["4,161, 178,195", "04A1B2C3"],
    ["4 161 178 256", expect.stringContaining("above 255")],
    ["4 161 178 C3", expect.stringContaining("no UID")],
  ])("as decimal bytes: %s", (text, expected) => {
    expect(read(text, { text: "decimal bytes", bytes: [4, 7] })).toEqual(expected);
  });

  it.each([
    ["0001590676", "00184594"],
    ["4294967295", "FFFFFFFF"],
    ["4294967296", "00000100000000"],
    ["999999999999999999999999", expect.stringContaining("too large")],
  ])("as a decimal number: %s", (text, expected) => {
    expect(read(text, { text: "decimal number", bytes: [4, 7] })).toEqual(expected);
  });

  it.each([
    ["0001590676", "00184594"],
    ["001590676", expect.stringContaining("9 digits")],
  ])("as a decimal number of ten digits: %s", (text, expected) => {
    expect(read(text, { text: "decimal number", bytes: [4], digits: 10 })).toEqual(expected);
  });

  it.each([
    ["024,17812", [1, 2], "184594"],
    ["02417812", [1, 2], "184594"],
    ["24:17812", [1, 2], "184594"],
    ["0002417812", [2, 2], "00184594"],
    ["256,17812", [1, 2], expect.stringContaining("too large")],
    ["024,17812,1", [1, 2], expect.stringContaining("no UID")],
    ["024,1781G", [1, 2], expect.stringContaining("no UID")],
  ])("as decimal parts: %s", (text, parts, expected) => {
    expect(read(text, { text: "decimal parts", parts, bytes: [3, 4] })).toEqual(expected);
  });

  it("as bytes behind others that count for the checksum", () => {
    const form: UidForm = { text: "binary", skip: 2, bytes: [4], checksum: "xor" };
    expect(read("\x09\x01\x04\xa1\xb2\xc3\xdc", form)).toBe("04A1B2C3");
    expect(read("\x09\x02\x04\xa1\xb2\xc3\xdc", form)).toContain("checksum");
    expect(read("\x09", form)).toMatch(/checksum|bytes/);
  });

  it("between texts that always stand there", () => {
    const form: UidForm = { text: "hex", bytes: [4], prefix: "Card ", suffix: " OK" };
    expect(read("Card 04A1B2C3 OK", form)).toBe("04A1B2C3");
    for (const text of ["Card 04A1B2C3", "04A1B2C3 OK", "Card OK", "Door 04A1B2C3 OK"])
      expect(read(text, form)).toContain("no UID");
  });

  it("before a sum, and before bytes that mean nothing to us", () => {
    expect(read("04A1B2C31A", { text: "hex", bytes: [4], checksum: "sum" })).toBe("04A1B2C3");
    expect(read("04A1B2C31B", { text: "hex", bytes: [4], checksum: "sum" })).toContain("checksum");
    expect(read("04A1B2C3BEEF", { text: "hex", bytes: [4], drop: 2 })).toBe("04A1B2C3");
    expect(read("04", { text: "hex", bytes: [4], skip: 2, drop: 2 })).toContain("0 bytes");
  });

  it("last byte first", () => {
    expect(read("C3B2A104", { text: "hex", bytes: [4], order: "reverse" })).toBe("04A1B2C3");
  });

  it("is found again whichever bytes it has, separated or not", () => {
    const uids = fc.constantFrom(...any).chain((n) => fc.uint8Array({ minLength: n, maxLength: n }));
    fc.assert(
      fc.property(uids, fc.constantFrom("", " ", ":", "-"), (raw, separator) => {
        const uid = CardUid.of(raw);
        const text = [...raw].map((byte) => byte.toString(16).padStart(2, "0")).join(separator);
        expect(read(text, { text: "hex", bytes: any })).toBe(uid.hex);
        expect(read(`UID tag : ${text}`, labelled)).toBe(uid.hex);
      }),
    );
  });

  it("never throws", () => {
    const forms = fc.constantFrom<UidForm>(
      labelled,
      em,
      { text: "decimal bytes", bytes: any },
      { text: "decimal number", bytes: any, order: "reverse" },
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), forms, (text, form) => {
        expect(read(text, form)).toMatch(/\S/);
      }),
    );
  });

  it("says the technology by its length", () => {
    const of = (hex: string): string => technologyOf(CardUid.parse(hex));
    expect([of("04A1B2C3"), of("0F00184594"), of("E004010012345678")]).toEqual([
      "ISO14443",
      "EM4100",
      "ISO15693",
    ]);
  });
});
