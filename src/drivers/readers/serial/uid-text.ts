import { CardUid } from "../../../station/card.ts";
import type { CardTechnology } from "../../../station/ports.ts";
import type { UidForm } from "../../definitions.ts";

/** What the text of a frame turned out to be. */
export type UidReading = { readonly uid: CardUid } | { readonly why: string };

/** Bytes of a text, or why there are none. */
type Spelled = Uint8Array | string;

const NO_UID = "no UID in it";
const HEX_INSTEAD = "hex digits, where this definition has a decimal number; ?definition= names another";

/** Bytes written one by one may lack their leading zero, so only they can be told apart when digits are few. */
const SEPARATED_HEX = /^[0-9a-f]{1,2}(?:[ :.,-][0-9a-f]{1,2})+$/i;

const spellings: Readonly<Record<UidForm["text"], (text: string, form: UidForm) => Spelled>> = {
  hex: (text) => hexBytes(text),
  "labelled hex": (text) => {
    const whole = hexBytes(text);
    const label = text.search(/[:=]/);
    return typeof whole === "string" && label >= 0 ? hexBytes(text.slice(label + 1).trim()) : whole;
  },
  "decimal bytes": (text) => {
    const numbers = text.split(/[\s:.,-]+/);
    if (!numbers.every((n) => /^\d{1,3}$/.test(n))) return NO_UID;
    const bytes = numbers.map(Number);
    return bytes.every((n) => n <= 255) ? Uint8Array.from(bytes) : "a byte above 255";
  },
  "decimal number": (text, form) => {
    if (/^[0-9a-f]{8,20}$/i.test(text) && /[a-f]/i.test(text)) return HEX_INSTEAD;
    if (!/^\d{1,25}$/.test(text)) return NO_UID;
    if (form.digits !== undefined && text.length !== form.digits) {
      return `${text.length} digits, this reader's numbers have ${form.digits}`;
    }
    const digits = BigInt(text).toString(16);
    const length = form.bytes.find((n) => n * 2 >= digits.length);
    return length === undefined ? "a number too large for a UID" : hexBytes(digits.padStart(length * 2, "0"));
  },
  "decimal parts": (text, { parts = [] }) => {
    const numbers = partsOf(text, parts);
    if (numbers === undefined) return NO_UID;
    const sizes = parts.map((bytes, i) => [numbers[i] ?? 0, bytes] as const);
    if (sizes.some(([n, bytes]) => n >= 256 ** bytes)) return "a part too large for its bytes";
    return hexBytes(sizes.map(([n, bytes]) => n.toString(16).padStart(bytes * 2, "0")).join(""));
  },
  binary: (text) => Uint8Array.from(text, (character) => character.charCodeAt(0)),
};

/** Digits of the largest number of 1, 2, 3 and 4 bytes. */
const DIGITS = [0, 3, 5, 8, 10] as const;

/** The numbers of a text that has them separated, or run together with their zeros. */
function partsOf(text: string, parts: readonly number[]): number[] | undefined {
  const widths = parts.map((bytes) => DIGITS[bytes] ?? 0);
  const form = new RegExp(`^${widths.map((width) => `(\\d{${width}})`).join("")}$`);
  const found = form.exec(text)?.slice(1) ?? text.split(/[ ,.:/-]/);
  const fits = found.length === parts.length && found.every((digits) => /^\d{1,10}$/.test(digits));
  return fits ? found.map(Number) : undefined;
}

/** What the byte behind the others must be. */
const checksums: Readonly<Record<NonNullable<UidForm["checksum"]>, (bytes: Uint8Array) => number>> = {
  xor: (bytes) => bytes.reduce((sum, byte) => sum ^ byte, 0),
  sum: (bytes) => bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0),
};

/** Reads the UID out of a frame's text, which is trimmed and not empty. Total: any text gives an answer. */
export function readUid(text: string, form: UidForm): UidReading {
  const bare = withoutLabels(text, form);
  const spelled = bare === undefined ? NO_UID : spellings[form.text](bare, form);
  if (typeof spelled === "string") return { why: spelled };
  const { checksum, skip = 0, drop = 0 } = form;
  const end = spelled.length - (checksum === undefined ? 0 : 1);
  if (checksum !== undefined && checksums[checksum](spelled.subarray(0, end)) !== spelled[end]) {
    return { why: "the checksum is wrong" };
  }
  const bytes = spelled.subarray(skip, Math.max(skip, end - drop));
  if (!form.bytes.includes(bytes.length)) {
    return { why: `${bytes.length} bytes, this reader's UIDs have ${form.bytes.join(" or ")}` };
  }
  try {
    return { uid: CardUid.lastThree(form.order === "reverse" ? bytes.toReversed() : bytes) };
  } catch {
    return { why: `${bytes.length} bytes are no UID` };
  }
}

/** What stands between the form's prefix and suffix; undefined when they are not there. */
function withoutLabels(text: string, { prefix = "", suffix = "" }: UidForm): string | undefined {
  const whole = text.length >= prefix.length + suffix.length;
  if (!whole || !text.startsWith(prefix) || !text.endsWith(suffix)) return undefined;
  return text.slice(prefix.length, text.length - suffix.length);
}

/** What a UID of this length usually belongs to. */
export function technologyOf(uid: CardUid): CardTechnology {
  const lengths: Readonly<Record<number, CardTechnology>> = { 5: "EM4100", 8: "ISO15693" };
  return lengths[uid.bytes.length] ?? "ISO14443";
}

function hexBytes(text: string): Spelled {
  const digits = SEPARATED_HEX.test(text)
    ? text
        .split(/[ :.,-]/)
        .map((byte) => byte.padStart(2, "0"))
        .join("")
    : text;
  if (!/^[0-9a-f]+$/i.test(digits)) return NO_UID;
  if (digits.length % 2 !== 0) return "an odd number of hex digits: a leading zero was dropped somewhere";
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
