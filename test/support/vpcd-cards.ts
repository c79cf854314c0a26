/** Cards that answer as contactless cards behind a PC/SC reader do. */

/** PC/SC part 3: 3B 8F 80 01 80 4F 0C A0 00 00 03 06 SS NN NN 00 00 00 00 TCK. */
function storageCardAtr(standard: number, name: number): Buffer {
  return withTck([
    ...[0x3b, 0x8f, 0x80, 0x01, 0x80, 0x4f, 0x0c, 0xa0, 0x00, 0x00, 0x03, 0x06],
    ...[standard, name >> 8, name & 0xff, 0, 0, 0, 0],
  ]);
}

function withTck(bytes: readonly number[]): Buffer {
  return Buffer.from([...bytes, bytes.slice(1).reduce((xor, b) => xor ^ b, 0)]);
}

export const atrs = {
  classic1k: storageCardAtr(0x03, 0x0001),
  classic4k: storageCardAtr(0x03, 0x0002),
  ultralight: storageCardAtr(0x03, 0x0003),
  icode: storageCardAtr(0x0b, 0x0014),
  desfire: withTck([0x3b, 0x81, 0x80, 0x01, 0x80]),
  phone: withTck([0x3b, 0x80, 0x80, 0x01]),
} as const;

export type AtrName = keyof typeof atrs;

export interface CardScript {
  /** Hex. */
  readonly uid?: string;
  readonly kind?: AtrName;
  /** The whole answer to GET DATA, hex, instead of UID and 9000. */
  readonly getData?: string;
  /** The answer to pseudo APDUs for LED and buzzer, hex; default 9000. */
  readonly buzzer?: string;
}

/** The answer to an APDU: GET DATA, the reader's own pseudo APDUs, and 6D00 for all else. */
export function answerOf(card: CardScript, apdu: Buffer): Buffer {
  const head = apdu.subarray(0, 3).toString("hex").toUpperCase();
  if (head === "FFCA00") return Buffer.from(card.getData ?? `${card.uid ?? ""}9000`, "hex");
  if (head === "FF0040" || head === "FF0052") return Buffer.from(card.buzzer ?? "9000", "hex");
  return Buffer.from("6D00", "hex");
}
