import { AppError } from "../util/errors.ts";
import type { IdToken, IdTokenType } from "./types.ts";

/** UID lengths that readers deliver: EM4100 5, ISO 14443 4, 7 or 10, ISO 15693 8 bytes. */
const UID_BYTES = new Set([4, 5, 7, 8, 10]);

/** The bytes of a card's UID, byte 0 first, as a value. */
export class CardUid {
  readonly bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** @throws AppError `input.invalid` when the length is none that cards have. */
  static of(bytes: Uint8Array): CardUid {
    if (!UID_BYTES.has(bytes.length)) {
      throw new AppError("input.invalid", `A UID of ${bytes.length} bytes is none that cards have`, {
        hint: "UIDs have 4, 5, 7, 8 or 10 bytes (8, 10, 14, 16 or 20 hex digits).",
      });
    }
    return new CardUid(Uint8Array.from(bytes));
  }

  /** What a reader lets through that keeps the beginning of a UID to itself: the three bytes of Wiegand 26. */
  static lastThree(bytes: Uint8Array): CardUid {
    return bytes.length === 3 ? new CardUid(Uint8Array.from(bytes)) : CardUid.of(bytes);
  }

  /**
   * Reads hex, upper or lower case, byte 0 first; bytes may be separated by `:`, `-` or blanks.
   * @throws AppError `input.invalid`
   */
  static parse(text: string): CardUid {
    const compact = text.trim().replace(/[\s:-]/g, "");
    if (!/^([0-9a-f]{2})+$/i.test(compact)) {
      throw new AppError("input.invalid", `"${text}" is not a UID`, {
        hint: "Write the UID as hex digits, byte 0 first, for example 04A2241BC85E80.",
      });
    }
    return CardUid.of(Uint8Array.from(compact.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
  }

  /** Hex, upper case, byte 0 first, no separators. */
  get hex(): string {
    return toHex(this.bytes, "");
  }

  /** Four bytes that begin with 08: made anew at each tap (ISO/IEC 14443-3), useless on a whitelist. */
  get isRandom(): boolean {
    return this.bytes.length === 4 && this.bytes[0] === 0x08;
  }

  equals(other: CardUid): boolean {
    return this.hex === other.hex;
  }

  toString(): string {
    return this.hex;
  }
}

const HEX = Array.from({ length: 256 }, (_, b) => b.toString(16).padStart(2, "0").toUpperCase());

function toHex(bytes: Uint8Array, separator: string): string {
  let hex = "";
  for (const b of bytes) hex += (hex === "" ? "" : separator) + HEX[b];
  return hex;
}

/** How a station model makes an idToken of a UID. Defaults: OCPP 1.6 §3.9, hex, byte 0 first, upper case. */
export interface IdTokenForm {
  readonly order?: "forward" | "reverse";
  readonly radix?: "hex" | "decimal";
  readonly case?: "upper" | "lower";
  /** Only the first n bytes are used. */
  readonly bytes?: number;
  readonly separator?: string;
  /** Filled with 0 up to this many characters. */
  readonly pad?: number;
  readonly padSide?: "start" | "end";
  readonly prefix?: string;
  readonly suffix?: string;
}

/** 1.6 idTag is CiString20Type; 2.0.1 identifierString has 36. */
export const ID_TAG_MAX = 20;

/**
 * The idToken that a station of this form sends for a UID.
 * @throws AppError `input.invalid` when it is longer than `max`: it is never cut silently.
 */
export function idTokenOf(uid: CardUid, form: IdTokenForm = {}, max: number = ID_TAG_MAX): IdToken {
  const used = form.bytes === undefined ? uid.bytes : uid.bytes.slice(0, form.bytes);
  const ordered = form.order === "reverse" ? used.toReversed() : used;
  const hex = toHex(ordered, form.radix === "decimal" ? "" : (form.separator ?? ""));
  const digits = form.radix === "decimal" ? BigInt(`0x${hex}`).toString() : hex;
  const cased = form.case === "lower" ? digits.toLowerCase() : digits;
  const pad = form.pad ?? 0;
  const padded = form.padSide === "start" ? cased.padStart(pad, "0") : cased.padEnd(pad, "0");
  const idToken = `${form.prefix ?? ""}${padded}${form.suffix ?? ""}`;
  if (idToken.length > max) {
    throw new AppError(
      "input.invalid",
      `The idToken "${idToken}" has ${idToken.length} characters, ${max} are allowed`,
      {
        hint: "Change the station model's idToken form: fewer bytes, no separator, no prefix.",
      },
    );
  }
  return { idToken, type: tokenTypeOf(uid) };
}

/** 2.0.1 IdTokenEnumType by length: 8 bytes are ISO 15693, the others ISO 14443 (part 2, "IdTokenEnumType"). */
export function tokenTypeOf(uid: CardUid): IdTokenType {
  return uid.bytes.length === 8 ? "ISO15693" : "ISO14443";
}

/** Two tokens are the same: text without regard to case, and the type where the dialect has types (C01.FR.25). */
export function sameToken(a: IdToken, b: IdToken): boolean {
  return a.idToken.toUpperCase() === b.idToken.toUpperCase() && a.type === b.type;
}

/** The key under which list and cache hold a token. */
export function tokenKey(token: IdToken): string {
  return `${token.type}:${token.idToken.toUpperCase()}`;
}
