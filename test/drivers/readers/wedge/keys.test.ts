import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyDecoder, type Layout, untangled } from "../../../../src/drivers/readers/wedge/keys.ts";
import { ENTER, press, record, shift, typing } from "../../../support/keyboard.ts";

function typed(chunks: readonly Uint8Array[], layout: Layout = "us", size: 16 | 24 = 24): string {
  const decoder = new KeyDecoder(layout, size);
  return chunks
    .flatMap((chunk) => decoder.push(chunk))
    .map((one) => (typeof one === "string" ? `<${one}>` : one.text))
    .join("");
}

describe("keys", () => {
  it("are digits and letters, with Shift or without, until Enter", () => {
    expect(typed([typing("04a1B2"), typing("1-;/,")])).toBe("04a1B2<end>1-;/,<end>");
  });

  it("of the keypad are digits too, and its Enter and Tab end as well", () => {
    const pad = [79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 83, 96, 15].map((code) => press(code));
    expect(typed(pad)).toBe("1234567890.<end><end>");
  });

  it("that are held down or let go say nothing more", () => {
    expect(typed([record(1, 2, 1), record(1, 2, 2), record(1, 2, 2), record(1, 2, 0)])).toBe("1");
  });

  it.each<[Layout, string]>([
    ["de", "1y-:"],
    ["fr", "&w!/"],
    ["us", "1z/>"],
  ])("of a keyboard of layout %s", (layout, expected) => {
    const keys = [press(2), press(44), press(53), shift(true), press(52), shift(false)];
    expect(typed(keys, layout)).toBe(expected);
  });

  it("of a French keyboard: digits with Shift, A where Q is", () => {
    const digits = Array.from({ length: 10 }, (_, i) => press(2 + i));
    expect(typed([shift(true), ...digits, press(16), shift(false)], "fr")).toBe("1234567890A");
  });

  it("are told when the kernel dropped some", () => {
    expect(typed([press(2), record(0, 3, 0), press(3)])).toBe("1<lost>2");
  });

  it("come in records of 16 bytes on 32-bit systems", () => {
    expect(typed([press(2, 16), press(ENTER, 16)], "us", 16)).toBe("1<end>");
  });

  it("are the same however the records are cut, whatever they are", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Fa-f]{0,20}$/), fc.integer({ min: 1, max: 50 }), (text, size) => {
        const all = typing(text);
        const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
          all.subarray(i * size, (i + 1) * size),
        );
        expect(typed(chunks)).toBe(`${text}<end>`);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), (chunks) => {
        expect(typeof typed(chunks)).toBe("string");
      }),
    );
  });
});

describe("an American reader at a machine that is set to French", () => {
  const french = (text: string): string =>
    [...text]
      .map(
        (c) =>
          ({ ...Object.fromEntries([..."1234567890"].map((d, i) => [d, "&é\"'(-è_çà"[i]])), A: "Q" })[c] ?? c,
      )
      .join("");

  it("types symbols, of which the number is found again", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{10}$/), (digits) => {
        fc.pre(french(digits).replaceAll("-", "") !== "");
        expect(untangled(french(digits))).toBe(digits);
      }),
    );
    expect(untangled(french("04A2241BC85E80"))).toBe("04A2241BC85E80");
  });

  it("leaves what other machines have typed", () => {
    for (const text of ["0001590676", "04A2241BC85E80", "04-A2-24-1B", "024,17812", ""])
      expect(untangled(text)).toBe(text);
  });
});
