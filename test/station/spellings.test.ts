import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CardUid } from "../../src/station/card.ts";
import { readings, spell, spellings, uidWarnings } from "../../src/station/spellings.ts";

const uids = fc
  .constantFrom(4, 5, 7, 8, 10)
  .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
  .map((bytes) => CardUid.of(bytes));
/** UIDs with many zeros: where leading and trailing zeros are lost. */
const zeroish = fc
  .constantFrom(4, 5, 7, 8, 10)
  .chain((n) => fc.array(fc.constantFrom(0, 0, 0, 1, 0x88), { minLength: n, maxLength: n }))
  .map((bytes) => CardUid.of(Uint8Array.from(bytes)));
const any = fc.oneof(uids, zeroish);
const of = (id: string) => {
  const found = spellings.find((s) => s.id === id);
  if (found === undefined) throw new Error(`no spelling ${id}`);
  return found;
};
const spelled = (hex: string, id: string) => of(id).spell(CardUid.parse(hex));
const read = (id: string, text: string) =>
  of(id)
    .read?.(text)
    .map((uid) => uid.hex);

describe("every spelling that can be read", () => {
  it.each(spellings.filter((s) => s.read !== undefined).map((s) => [s.id, s] as const))(
    "%s: a UID's spelling is read as that UID, and alone where nothing is lost",
    (_, spelling) => {
      fc.assert(
        fc.property(any, (uid) => {
          const text = spelling.spell(uid);
          if (text === undefined) return;
          const back = spelling.read?.(text) ?? [];
          expect(back.map((u) => u.hex)).toContain(uid.hex);
          expect(new Set(back.map((u) => u.hex)).size).toBe(back.length);
          if (spelling.loses === undefined) expect(back).toHaveLength(1);
        }),
      );
    },
  );

  it("what is read is spelled as the text again", () => {
    const texts = fc.oneof(
      any.chain((uid) => fc.constantFrom(...spell(uid).map((s) => s.text))),
      fc.stringMatching(/^[0-9A-Fa-f]{6,22}$/),
      fc.stringMatching(/^[0-9]{6,26}$/),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const { spelling, uid } of readings(text)) {
          if (spelling.id === "labelled") continue;
          expect(spelling.spell(uid)?.toUpperCase()).toBe(text.toUpperCase());
        }
      }),
    );
  });

  it("nothing that is no spelling is read, and nothing throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void readings(text)));
    expect(readings("NL-TNM-C12345678")).toEqual([]);
    expect(readings("04A2241BC85E8")).toEqual([]);
  });

  it("what loses nothing of a UID says so of no two UIDs the same", () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        fc.pre(!a.equals(b));
        for (const s of spellings) {
          const [x, y] = [s.spell(a), s.spell(b)];
          if (s.loses === undefined && x !== undefined) expect(x).not.toBe(y);
        }
      }),
    );
  });
});

describe("the field's examples", () => {
  it.each([
    ["047DAFBA7F8231", "zeros-behind", "047dafba7f823100"],
    ["047DAFBA7F8231", "hex-reversed", "31827FBAAF7D04"],
    ["047DAFBA7F8231", "hex-colons", "04:7D:AF:BA:7F:82:31"],
    ["047DAFBA7F8231", "first6", "047DAFBA7F82"],
    ["04A1B2C3", "first6", "04A1B2C30000"],
    ["04A1B2C3", "first4-decimal-reversed", "3283263748"],
    ["0100184594", "last4-decimal", "0001590676"],
    ["0100184594", "facility-code", "024,17812"],
    ["0100184594", "last3-decimal", "01590676"],
    ["6B3D12D6", "last3", "3D12D6"],
    ["010B0C0D", "decimal-bytes", "1111213"],
    ["0B010C0D", "decimal-bytes", "1111213"],
    ["0100184594", "checksum", "0100184594C8"],
    ["04A2241BC85E80", "cascade-tag", "8804A224"],
    ["04A2241BC85E80", "decimal", "01304175875481216"],
    ["04A1B2C3", "decimal", "0077705923"],
    ["04A1B2C3", "decimal-short", "77705923"],
    ["0100184594", "zeros-before", "00000100184594"],
    ["04A1B2C3", "hex-no-zeros", "4a1b2c3"],
  ])("%s as %s is %s", (hex, id, text) => {
    expect(spelled(hex, id)).toBe(text);
  });

  it("a decimal number of full width has one length, a short one may have several", () => {
    expect(read("decimal", "0077705923")).toEqual(["04A1B2C3"]);
    expect(read("decimal-short", "77705923")).toEqual([
      "04A1B2C3",
      "0004A1B2C3",
      "00000004A1B2C3",
      "0000000004A1B2C3",
      "00000000000004A1B2C3",
    ]);
    expect(read("decimal", "4294967296")).toEqual([]);
  });

  it("zeros behind may be the UID's own: both are told", () => {
    expect(read("zeros-behind", "047dafba7f823100")).toEqual(["047DAFBA7F8231", "047DAFBA7F823100"]);
  });

  it("a wrong checksum byte is no checksum", () => {
    expect(read("checksum", "0100184594C8")).toEqual(["0100184594"]);
    expect(read("checksum", "0100184594C9")).toEqual([]);
  });

  it("a label is taken off, whichever it is", () => {
    for (const text of ["UID:04A1B2C3", "ISO14443:04a1b2c3", "Card UID: 04A1B2C3"])
      expect(read("labelled", text)).toEqual(["04A1B2C3"]);
  });
});

it("a random UID is warned of, any other is not", () => {
  expect(uidWarnings(CardUid.parse("08A1B2C3"))[0]).toContain("made anew at each tap");
  expect(uidWarnings(CardUid.parse("08A1B2C3D4E5F6"))).toEqual([]);
  expect(uidWarnings(CardUid.parse("04A1B2C3"))).toEqual([]);
});
