import type { CardUid } from "../../../station/card.ts";
import type { UidForm } from "../../definitions.ts";

/** A way to write a UID, as a part of a form, and the texts that it makes of one. */
export interface Spelling {
  readonly form: Pick<UidForm, "text" | "order" | "parts">;
  /** Where in the text the UID stands; undefined when it is not there. */
  find(text: string, uid: CardUid): { readonly at: number; readonly length: number } | undefined;
}

const SEPARATORS = ["", " ", ":", "-", ",", "."] as const;

const hexOf = (bytes: Uint8Array, separator: string): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(separator);

/** Finds one of some texts, without regard to case. */
function findOne(text: string, wanted: readonly string[]) {
  const lower = text.toLowerCase();
  for (const one of wanted) {
    const at = lower.indexOf(one.toLowerCase());
    if (at >= 0) return { at, length: one.length };
  }
  return undefined;
}

const orders = ["forward", "reverse"] as const;
const inOrder = (uid: CardUid, order: (typeof orders)[number]): Uint8Array =>
  order === "reverse" ? uid.bytes.toReversed() : uid.bytes;
const orderOf = (order: (typeof orders)[number]) => (order === "reverse" ? { order } : {});

/** A decimal number stands between things that are no digits. */
function findNumber(text: string, number: string) {
  const found = new RegExp(`(?<!\\d)0*${number}(?!\\d)`).exec(text);
  return found === null ? undefined : { at: found.index, length: found[0].length };
}

/** The bytes that the parts take: 3+5 digits carry three of four. */
const partNumbers = (bytes: Uint8Array, parts: readonly number[]): number[] => {
  let rest = bytes.slice(-parts.reduce((sum, n) => sum + n, 0));
  return parts.map((size) => {
    const number = rest.slice(0, size).reduce((n, byte) => n * 256 + byte, 0);
    rest = rest.slice(size);
    return number;
  });
};

const PART_DIGITS = [0, 3, 5] as const;

function findParts(text: string, bytes: Uint8Array, parts: readonly number[]) {
  const padded = partNumbers(bytes, parts).map((n, i) =>
    String(n).padStart(PART_DIGITS[parts[i] ?? 0] ?? 0, "0"),
  );
  return findOne(
    text,
    SEPARATORS.map((separator) => padded.join(separator)),
  );
}

/** Every way that a form can say, each with both orders of the bytes. */
export const spellings: readonly Spelling[] = orders.flatMap((order): Spelling[] => [
  {
    form: { text: "hex", ...orderOf(order) },
    find: (text, uid) =>
      findOne(
        text,
        SEPARATORS.map((separator) => hexOf(inOrder(uid, order), separator)),
      ),
  },
  {
    form: { text: "decimal number", ...orderOf(order) },
    find: (text, uid) => findNumber(text, BigInt(`0x${hexOf(inOrder(uid, order), "")}`).toString()),
  },
  {
    form: { text: "decimal bytes", ...orderOf(order) },
    find: (text, uid) => {
      const numbers = [...inOrder(uid, order)].join("[\\s:.,-]+");
      const found = new RegExp(`(?<!\\d)${numbers}(?!\\d)`).exec(text);
      return found === null ? undefined : { at: found.index, length: found[0].length };
    },
  },
  {
    form: { text: "decimal parts", parts: [2, 2], ...orderOf(order) },
    find: (text, uid) => (uid.bytes.length === 4 ? findParts(text, inOrder(uid, order), [2, 2]) : undefined),
  },
  {
    form: { text: "decimal parts", parts: [1, 2], ...orderOf(order) },
    find: (text, uid) => findParts(text, inOrder(uid, order), [1, 2]),
  },
  {
    form: { text: "binary", ...orderOf(order) },
    find: (text, uid) => {
      const at = text.indexOf(String.fromCharCode(...inOrder(uid, order)));
      return at < 0 ? undefined : { at, length: uid.bytes.length };
    },
  },
]);
