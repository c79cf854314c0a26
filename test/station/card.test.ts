import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CardUid, type IdTokenForm, idTokenOf, sameToken, tokenTypeOf } from "../../src/station/card.ts";

const bytes = fc.constantFrom(4, 5, 7, 8, 10).chain((n) => fc.uint8Array({ minLength: n, maxLength: n }));

describe("CardUid", () => {
  it("reads back what it writes, in any case and with any separator", () => {
    const separators = fc.constantFrom("", ":", "-", " ");
    fc.assert(
      fc.property(bytes, separators, fc.boolean(), (b, separator, lower) => {
        const uid = CardUid.of(b);
        const pairs = uid.hex.match(/../g) ?? [];
        const text = pairs.join(separator);
        expect([...CardUid.parse(lower ? text.toLowerCase() : text).bytes]).toEqual([...b]);
      }),
    );
  });

  it.each(["", "04", "04A", "04A2241BC85E", "XYZ12345", "04A2241BC85E8000112233", "__proto__"])(
    "refuses %j",
    (text) => {
      expect(() => CardUid.parse(text)).toThrowError(expect.objectContaining({ code: "input.invalid" }));
    },
  );

  it("knows a random UID: four bytes that begin with 08", () => {
    expect(CardUid.parse("08A1B2C3").isRandom).toBe(true);
    expect(CardUid.parse("04A1B2C3").isRandom).toBe(false);
    expect(CardUid.parse("08A1B2C3D4E5F6").isRandom).toBe(false);
  });
});

describe("idTokenOf: the forms that the field uses", () => {
  const rows: readonly [string, string, IdTokenForm, string][] = [
    ["OCPP 1.6 §3.9", "047DAFBA7F8231", {}, "047DAFBA7F8231"],
    ["lower case", "047DAFBA7F8231", { case: "lower" }, "047dafba7f8231"],
    ["padded to 8 bytes", "047DAFBA7F8231", { pad: 16, case: "lower" }, "047dafba7f823100"],
    ["first 4 bytes", "047DAFBA7F8231", { bytes: 4 }, "047DAFBA"],
    ["reversed", "047DAFBA7F8231", { order: "reverse" }, "31827FBAAF7D04"],
    ["separated, just fits", "047DAFBA7F8231", { separator: ":" }, "04:7D:AF:BA:7F:82:31"],
    ["decimal", "04A1B2C3", { radix: "decimal" }, "77705923"],
    [
      "reversed decimal of ten digits",
      "04A1B2C3",
      { radix: "decimal", order: "reverse", pad: 10, padSide: "start" },
      "3283263748",
    ],
    ["ten bytes fill idTag", "0411223344556677889A", {}, "0411223344556677889A"],
  ];

  it.each(rows)("%s", (_name, uid, form, expected) => {
    expect(idTokenOf(CardUid.parse(uid), form).idToken).toBe(expected);
  });

  it("never cuts: too long is an error", () => {
    expect(() => idTokenOf(CardUid.parse("0411223344556677889A"), { prefix: "RFID-" })).toThrowError(
      /25 characters, 20/,
    );
  });

  it("different cards have different tokens, whatever the form without cutting", () => {
    const form = fc.record({
      order: fc.constantFrom("forward" as const, "reverse" as const),
      radix: fc.constantFrom("hex" as const, "decimal" as const),
      case: fc.constantFrom("upper" as const, "lower" as const),
    });
    const seven = fc.uint8Array({ minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(seven, seven, form, (a, b, f) => {
        const [x, y] = [idTokenOf(CardUid.of(a), f), idTokenOf(CardUid.of(b), f)];
        expect(sameToken(x, y)).toBe(CardUid.of(a).equals(CardUid.of(b)));
      }),
    );
  });

  it("types by length (2.0.1 IdTokenEnumType)", () => {
    expect(tokenTypeOf(CardUid.parse("E004010012345678"))).toBe("ISO15693");
    expect(tokenTypeOf(CardUid.parse("04A1B2C3"))).toBe("ISO14443");
  });
});
