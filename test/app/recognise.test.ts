import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GUESS, type KnownCard, recognise } from "../../src/app/recognise.ts";
import { CardUid, idTokenOf } from "../../src/station/card.ts";
import { spell } from "../../src/station/spellings.ts";

const hexOf = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((b) => CardUid.of(b).hex);
const sends = (uid: CardUid): string => uid.hex;
const card = (token: string, more: Partial<KnownCard> = {}): KnownCard => ({
  token,
  sent: false,
  where: ["the whitelist"],
  ...more,
});
const first = (typed: string, ...known: readonly KnownCard[]) => recognise(typed, known, sends)[0];

describe("a text is recognised as a known card", () => {
  it("in every spelling of its UID, and the UID is what to store", () => {
    fc.assert(
      fc.property(fc.constantFrom(4, 5, 7, 8, 10).chain(hexOf), (hex) => {
        for (const { text } of spell(CardUid.parse(hex))) {
          const found = first(text, card(hex));
          expect(found, text).toMatchObject({ store: hex });
          expect(found?.rank).toBeLessThan(GUESS);
        }
      }),
    );
  });

  it("when the list holds another spelling of what a station sent", () => {
    fc.assert(
      fc.property(hexOf(7), (hex) => {
        for (const { text } of spell(CardUid.parse(hex))) {
          const sent = card(hex, { sent: true, uid: hex, where: ["the journal"] });
          const wrong = card(text, { nickname: "Wrong" });
          const found = recognise(hex, [sent, wrong], sends);
          expect(found[0]?.card.token.toUpperCase(), text).toBe(hex);
          expect(
            found.find((r) => r.card.nickname === "Wrong"),
            text,
          ).toMatchObject({ store: hex, sent: true });
        }
      }),
    );
  });

  it("with one character wrong, missing, too many or two swapped, as a guess", () => {
    fc.assert(
      fc.property(hexOf(7), fc.nat(13), fc.constantFrom(..."0123456789ABCDEF"), (hex, at, digit) => {
        const [before, there, after] = [hex.slice(0, at), hex.slice(at, at + 1), hex.slice(at + 1)];
        const typos = [before + digit + after, before + after, before + digit + there + after];
        for (const typo of typos.filter((t) => t !== hex))
          expect(first(typo, card(hex)), typo).toMatchObject({ store: hex });
      }),
    );
  });

  it("and nothing is made of an unrelated UID", () => {
    fc.assert(
      fc.property(hexOf(7), hexOf(7), (a, b) => {
        fc.pre(new Set([a, b]).size === 2 && a.slice(0, 6) !== b.slice(0, 6) && a.slice(-4) !== b.slice(-4));
        expect(recognise(a, [card(b)], sends)).toEqual([]);
      }),
    );
    expect(recognise("", [card("04A2241BC85E80")], sends)).toEqual([]);
  });

  it.each([
    ["nl tnm b12345 6", "visible ID"],
    ["blue CARD", "nickname"],
    ["04a2241bc85e80", "other letters"],
    ["O4A2241BC85E8O", "letters in place of digits"],
    ["04A2241BC85E8011", "one byte more (11)"],
    ["A2241BC85E80", "without byte 1 (04)"],
    ["04A21BC85E80", "without byte 3 (24)"],
    ["04A2241BC85EFF", "another last byte"],
    ["402A42B18CE508", "two digits of each byte swapped"],
    ["200,24192", "facility,code"],
    ["04A2241B", "first 4 bytes"],
  ])("%s: %s", (typed, how) => {
    const known = card("04A2241BC85E80", { visibleId: "NL-TNM-B12345-6", nickname: "Blue card" });
    expect(first(typed, card("0102030405060A"), known)?.how).toContain(how);
  });

  it("and what to store is what the station model makes of the UID", () => {
    const keba = (uid: CardUid) => idTokenOf(uid, { case: "lower", pad: 16 }).idToken;
    const [found] = recognise("31827FBAAF7D04", [card("047DAFBA7F8231")], keba);
    expect(found).toMatchObject({ store: "047dafba7f823100", sent: false });
  });

  it("guesses are not shown beside what fits", () => {
    const found = recognise("04A2241BC85E80", [card("04A2241BC85E81"), card("04A2241BC85E80")], sends);
    expect(found.map((r) => r.card.token)).toEqual(["04A2241BC85E80"]);
  });
});
