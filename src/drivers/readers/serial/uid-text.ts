import { CardUid } from "../../../station/card.ts";
import type { CardTechnology } from "../../../station/ports.ts";
import type { UidForm } from "../../definitions.ts";

/** What the text of a frame turned out to be. */
export type UidReading = { readonly uid: CardUid } | { readonly why: string };

/** Bytes of a text, or why there are none. */
type Spelled = Uint8Array | string;

const NO_UID = "no UID in it";

/** Bytes written one by one may lack their leading zero, so only they can be told apart when digits are few. */
const SEPARATED_HEX = /^[0-9a-f]{1,2}(?:[ :-][0-9a-f]{1,2})+$/i;

const spellings: Readonly<Record<UidForm["text"], (text: string, form: UidForm) => Spelled>> = {
  hex: (text) => hexBytes(text),
  "labelled hex": (text) => {
    const whole = hexBytes(text);
    const label = text.search(/[:=]/);
    return typeof whole === "string" && label >= 0 ? hexBytes(text.slice(label + 1).trim()) : whole;
  },
  "decimal bytes": (text) => {
    const numbers = text.split(/[\s,]+/);
    if (!numbers.every((n) => /^\d{1,3}$/.test(n))) return NO_UID;
    const bytes = numbers.map(Number);
    return bytes.every((n) => n <= 255) ? Uint8Array.from(bytes) : "a byte above 255";
  },
  "decimal number": (text, form) => {
    if (!/^\d{1,24}$/.test(text)) return NO_UID;
    const digits = BigInt(text).toString(16);
    const length = form.bytes.find((n) => n * 2 >= digits.length);
    return length === undefined ? "a number too large for a UID" : hexBytes(digits.padStart(length * 2, "0"));
  },
};

/** Reads the UID out of a frame's text, which is trimmed and not empty. Total: any text gives an answer. */
export function readUid(text: string, form: UidForm): UidReading {
  const spelled = spellings[form.text](text, form);
  if (typeof spelled === "string") return { why: spelled };
  if (form.checksum === "xor" && spelled.reduce((sum, byte) => sum ^ byte, 0) !== 0) {
    return { why: "the checksum is wrong" };
  }
  const bytes = form.checksum === undefined ? spelled : spelled.subarray(0, -1);
  if (!form.bytes.includes(bytes.length)) {
    return { why: `${bytes.length} bytes, this reader's UIDs have ${form.bytes.join(" or ")}` };
  }
  try {
    return { uid: CardUid.of(form.order === "reverse" ? bytes.toReversed() : bytes) };
  } catch {
    return { why: `${bytes.length} bytes are no UID` };
  }
}

/** What a UID of this length usually belongs to. */
export function technologyOf(uid: CardUid): CardTechnology {
  const lengths: Readonly<Record<number, CardTechnology>> = { 5: "EM4100", 8: "ISO15693" };
  return lengths[uid.bytes.length] ?? "ISO14443";
}

function hexBytes(text: string): Spelled {
  const digits = SEPARATED_HEX.test(text)
    ? text
        .split(/[ :-]/)
        .map((byte) => byte.padStart(2, "0"))
        .join("")
    : text;
  if (!/^[0-9a-f]+$/i.test(digits)) return NO_UID;
  if (digits.length % 2 !== 0) return "an odd number of hex digits: a leading zero was dropped somewhere";
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
