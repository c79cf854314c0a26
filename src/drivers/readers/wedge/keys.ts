import type { KeyboardReaderDefinition } from "../../definitions.ts";

export type Layout = NonNullable<NonNullable<KeyboardReaderDefinition["keyboard"]>["layout"]>;

/** linux/input-event-codes.h */
const EV_SYN = 0;
const EV_KEY = 1;
const SYN_DROPPED = 3;
const PRESSED = 1;
const shifts: ReadonlySet<number> = new Set([42, 54]);
/** Enter, the keypad's Enter, and Tab: readers end with any of them. */
const ends: ReadonlySet<number> = new Set([28, 96, 15]);

/** Characters of neighbouring keys: those from this code on, plain and with Shift. */
type Row = readonly [code: number, plain: string, shifted: string];

const keypad: readonly Row[] = [
  [71, "789-456+1230.", "789-456+1230."],
  [55, "*", "*"],
  [98, "/", "/"],
  [121, ",", ","],
];
const us: readonly Row[] = [
  [2, "1234567890-=", "!@#$%^&*()_+"],
  [16, "qwertyuiop[]", "QWERTYUIOP{}"],
  [30, "asdfghjkl;'", 'ASDFGHJKL:"'],
  [44, "zxcvbnm,./", "ZXCVBNM<>?"],
  [57, " ", " "],
];
const layouts: Readonly<Record<Layout, readonly Row[]>> = {
  us,
  de: [
    [2, "1234567890ß", '!"§$%&/()=?'],
    [16, "qwertzuiopü+", "QWERTZUIOPÜ*"],
    [30, "asdfghjklöä", "ASDFGHJKLÖÄ"],
    [44, "yxcvbnm,.-", "YXCVBNM;:_"],
    [57, " ", " "],
  ],
  fr: [
    [2, "&é\"'(-è_çà)=", "1234567890°+"],
    [16, "azertyuiop^$", "AZERTYUIOP¨£"],
    [30, "qsdfghjklmù", "QSDFGHJKLM%"],
    [44, "wxcvbn,;:!", "WXCVBN?./§"],
    [57, " ", " "],
  ],
};

const maps = new Map<Layout, ReadonlyMap<number, readonly [string, string]>>();

function mapOf(layout: Layout): ReadonlyMap<number, readonly [string, string]> {
  let map = maps.get(layout);
  if (map === undefined) {
    const keys = [...keypad, ...layouts[layout]].flatMap(([code, plain, shifted]) =>
      [...plain].map((c, i) => [code + i, [c, [...shifted][i] ?? c]] as const),
    );
    map = new Map(keys);
    maps.set(layout, map);
  }
  return map;
}

/** What was typed: `end` closes a number; `lost`: the kernel dropped keys in between. */
export type Typed = { readonly text: string } | "end" | "lost";

/**
 * Makes text of `struct input_event` records, which have 24 bytes on 64-bit systems and 16 on 32-bit ones: a time,
 * then type (2 bytes), code (2) and value (4), in the machine's order, which is little-endian on all that Node runs on.
 */
export class KeyDecoder {
  readonly #keys: ReadonlyMap<number, readonly [string, string]>;
  readonly #size: 16 | 24;
  readonly #held = new Set<number>();
  #rest: Uint8Array = new Uint8Array();

  constructor(layout: Layout, size: 16 | 24 = recordSize()) {
    this.#keys = mapOf(layout);
    this.#size = size;
  }

  push(chunk: Uint8Array): Typed[] {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const whole = bytes.length - (bytes.length % this.#size);
    this.#rest = Uint8Array.from(bytes.subarray(whole));
    const typed: Typed[] = [];
    for (let at = this.#size - 8; at < whole; at += this.#size) {
      const one = this.#event(bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2), bytes.readInt32LE(at + 4));
      if (one !== undefined) typed.push(one);
    }
    return typed;
  }

  #event(type: number, code: number, value: number): Typed | undefined {
    if (type === EV_SYN && code === SYN_DROPPED) return "lost";
    if (type !== EV_KEY) return undefined;
    if (shifts.has(code)) {
      if (value === 0) this.#held.delete(code);
      else this.#held.add(code);
      return undefined;
    }
    if (value !== PRESSED) return undefined;
    if (ends.has(code)) return "end";
    const key = this.#keys.get(code);
    return key === undefined ? undefined : { text: key[this.#held.size > 0 ? 1 : 0] };
  }
}

function recordSize(): 16 | 24 {
  return ["arm", "ia32", "mips", "mipsel"].includes(process.arch) ? 16 : 24;
}

/** The number row of a French keyboard without Shift, from 1 to 0. */
const FRENCH_DIGITS = "&é\"'(-è_çà";

/**
 * A reader that presses the keys of an American keyboard types symbols on a machine that is set to French: the digits
 * are found again. No UID has these symbols, so nothing else can be meant.
 */
export function untangled(text: string): string {
  if (!/[&é"'(è_çà]/.test(text)) return text;
  const meant = [...text].map((c) => {
    const digit = FRENCH_DIGITS.indexOf(c);
    if (digit >= 0) return String((digit + 1) % 10);
    return c === "q" || c === "Q" ? "A" : c;
  });
  return meant.join("");
}
