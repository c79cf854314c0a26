import { CardUid, type IdTokenForm, idTokenOf } from "./card.ts";

/** One way in which the field writes a card's UID. */
export interface Spelling {
  /** For scripts, stable: `hex-reversed`. */
  readonly id: string;
  /** For a person: what is done to the bytes. */
  readonly what: string;
  /** Who writes it so, as far as it was seen. */
  readonly usedBy: string;
  /** Absent when this spelling is not used for UIDs of that length. */
  spell(uid: CardUid): string | undefined;
  /**
   * Every UID that is spelled so, letters of any case; none when the text is no such spelling. Several where leading
   * zeros were dropped or added. Absent where bytes are lost: see `loses`.
   */
  readonly read?: (text: string) => readonly CardUid[];
  /** Why no UID can be told from it, or why two UIDs may be spelled the same. */
  readonly loses?: string;
}

type Bytes = readonly number[];

const LENGTHS = [4, 5, 7, 8, 10] as const;
const lengthOf = (uid: CardUid): number => uid.bytes.length;
export const hexOf = (bytes: Iterable<number>): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();
export const numberOf = (bytes: Iterable<number>): bigint => BigInt(`0x${hexOf(bytes)}`);
/** Decimal digits that the greatest number of so many bytes has: 3, 5, 8, 10, 13, …, 25. */
export const digitsOf = (bytes: number): number => (256n ** BigInt(bytes) - 1n).toString().length;
export const xor = (bytes: Iterable<number>): number => Array.from(bytes).reduce((a, b) => a ^ b, 0);
export const isHex = (text: string): boolean => /^(?:[0-9a-f]{2})+$/i.test(text);
export const bytesOf = (hex: string): number[] =>
  Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** The UID of these bytes, or none when cards have no UIDs of that length. */
export function uidOf(bytes: Bytes): CardUid[] {
  return LENGTHS.some((n) => n === bytes.length) ? [CardUid.of(Uint8Array.from(bytes))] : [];
}

/** A number as the UID of so many bytes; none when it is too great. */
function uidOfNumber(value: bigint, length: number, reversed: boolean): CardUid[] {
  const hex = value.toString(16).padStart(length * 2, "0");
  if (hex.length > length * 2) return [];
  const bytes = bytesOf(hex);
  return uidOf(reversed ? bytes.reverse() : bytes);
}

type Named = Pick<Spelling, "id" | "what" | "usedBy">;

/** A spelling that a station model's idToken form makes, read back by `read`. */
function formed(named: Named, form: IdTokenForm, read: (text: string) => readonly CardUid[]): Spelling {
  return { ...named, spell: (uid) => idTokenOf(uid, form, Number.POSITIVE_INFINITY).idToken, read };
}

/** The whole UID in hex, with this text between its bytes. */
export function wholeHex(named: Named, form: IdTokenForm): Spelling {
  const { separator = "", order = "forward" } = form;
  return formed(named, form, (text) => {
    const parts = separator === "" ? (text.match(/../g) ?? []) : text.split(separator);
    if (parts.join(separator) !== text || !parts.every((part) => /^[0-9a-f]{2}$/i.test(part))) return [];
    const bytes = parts.map((part) => Number.parseInt(part, 16));
    return uidOf(order === "reverse" ? bytes.reverse() : bytes);
  });
}

/** The whole UID as a decimal number, with or without the leading zeros that its length would give it. */
export function wholeDecimal(named: Named, reversed: boolean, padded: boolean): Spelling {
  const plain = (uid: CardUid) =>
    idTokenOf(uid, { radix: "decimal", order: reversed ? "reverse" : "forward" }, Number.POSITIVE_INFINITY)
      .idToken;
  return {
    ...named,
    spell: (uid) => (padded ? plain(uid).padStart(digitsOf(lengthOf(uid)), "0") : plain(uid)),
    read: (text) => {
      if (!/^\d{1,25}$/.test(text) || (!padded && /^0\d/.test(text))) return [];
      const lengths = padded ? LENGTHS.filter((n) => digitsOf(n) === text.length) : LENGTHS;
      return lengths.flatMap((n) => uidOfNumber(BigInt(text), n, reversed));
    },
    ...(padded ? {} : { loses: "leading zeros, so UIDs of different lengths may be the same number" }),
  };
}

/** Only some bytes are written: cards that differ in the others are the same. */
export function part(named: Named, loses: string, spell: (bytes: Bytes) => string | undefined): Spelling {
  return { ...named, loses, spell: (uid) => spell([...uid.bytes]) };
}

/** Bytes and something made of them: a checksum byte, zeros. */
export function extended(
  named: Named,
  lengths: readonly number[],
  write: (bytes: Bytes) => string,
  loses?: string,
): Spelling {
  return {
    ...named,
    spell: (uid) => (lengths.includes(lengthOf(uid)) ? write([...uid.bytes]) : undefined),
    read: (text) => {
      if (!isHex(text)) return [];
      const bytes = bytesOf(text);
      const candidates = lengths.flatMap((n) => [bytes.slice(0, n), bytes.slice(bytes.length - n)]);
      const fitting = candidates
        .filter((b) => lengths.includes(b.length) && write(b).toUpperCase() === text.toUpperCase())
        .flatMap(uidOf);
      return fitting.filter((uid, i) => fitting.findIndex((other) => other.equals(uid)) === i);
    },
    ...(loses === undefined ? {} : { loses }),
  };
}
