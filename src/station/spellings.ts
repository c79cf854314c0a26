import type { CardUid } from "./card.ts";
import {
  bytesOf,
  digitsOf,
  extended,
  hexOf,
  isHex,
  numberOf,
  part,
  type Spelling,
  uidOf,
  wholeDecimal,
  wholeHex,
  xor,
} from "./spelling-forms.ts";

export type { Spelling } from "./spelling-forms.ts";

const cutTo = (n: number): string => `all but ${n} bytes: cards that agree in these are the same card`;
const decimal = (bytes: readonly number[]): string =>
  numberOf(bytes).toString().padStart(digitsOf(bytes.length), "0");

/**
 * Every spelling of a UID that the field uses, the usual ones first. Where several say the same of a card, the first
 * is the one to name.
 */
export const spellings: readonly Spelling[] = [
  wholeHex(
    {
      id: "hex",
      what: "hex, byte 0 first",
      usedBy: "recommended by OCPP; WARP, EVerest with a PN7160, OICP (Hubject)",
    },
    {},
  ),
  wholeHex(
    { id: "hex-lower", what: "hex, lower case", usedBy: "EVerest with a PN532, ChargePi" },
    { case: "lower" },
  ),
  wholeHex(
    { id: "hex-reversed", what: "hex, bytes reversed", usedBy: "Easee; ISO 15693 cards read by Android" },
    { order: "reverse" },
  ),
  wholeHex(
    {
      id: "hex-reversed-lower",
      what: "hex, bytes reversed, lower case",
      usedBy: "programs that print the number as it lies in memory",
    },
    { order: "reverse", case: "lower" },
  ),
  wholeHex(
    { id: "hex-colons", what: "hex with colons", usedBy: "Arduino sketches, phone apps" },
    { separator: ":" },
  ),
  wholeHex(
    { id: "hex-dashes", what: "hex with dashes", usedBy: "lists that are kept by hand" },
    { separator: "-" },
  ),
  wholeHex(
    { id: "hex-blanks", what: "hex with blanks", usedBy: "Arduino sketches, Feig OBID readers" },
    { separator: " " },
  ),
  {
    id: "labelled",
    what: "hex behind a label",
    usedBy: "Arduino sketches; tapstation's named pipe (ISO14443:)",
    spell: (uid) => `UID:${uid.hex}`,
    read: (text) => {
      const hex = /^[a-z][a-z0-9 ]*: ?([0-9a-f]+)$/i.exec(text)?.[1] ?? "";
      return isHex(hex) ? uidOf(bytesOf(hex)) : [];
    },
  },
  extended(
    { id: "zeros-behind", what: "hex, lower case, zeros behind to 8 bytes", usedBy: "KEBA P30" },
    [4, 5, 7, 8],
    (bytes) => hexOf(bytes).toLowerCase().padEnd(16, "0"),
    "where the UID ends, when its last byte is 00",
  ),
  extended(
    { id: "zeros-before", what: "hex, zeros before to 14 or 20 digits", usedBy: "OIOI" },
    [5, 8],
    (bytes) => hexOf(bytes).padStart(bytes.length === 5 ? 14 : 20, "0"),
  ),
  wholeDecimal(
    { id: "decimal", what: "decimal with leading zeros", usedBy: "lists that keep cards as numbers" },
    false,
    true,
  ),
  wholeDecimal(
    {
      id: "decimal-reversed",
      what: "decimal of the reversed bytes",
      usedBy: "door systems, some USB readers",
    },
    true,
    true,
  ),
  wholeDecimal(
    {
      id: "decimal-short",
      what: "decimal without leading zeros",
      usedBy: "spreadsheets, which drop them",
    },
    false,
    false,
  ),
  wholeDecimal(
    {
      id: "decimal-reversed-short",
      what: "decimal of the reversed bytes, no leading zeros",
      usedBy: "spreadsheets, which drop them",
    },
    true,
    false,
  ),
  part(
    {
      id: "last4-decimal",
      what: "last 4 bytes as 10 digits",
      usedBy: "USB readers that type (8H10D), Wiegand 34",
    },
    cutTo(4),
    (b) => decimal(b.slice(-4)),
  ),
  part(
    {
      id: "first4-decimal-reversed",
      what: "first 4 bytes, reversed, as 10 digits",
      usedBy: "door systems; the model first-bytes-decimal",
    },
    cutTo(4),
    (b) => decimal(b.slice(0, 4).reverse()),
  ),
  part(
    { id: "first4-decimal", what: "first 4 bytes as 10 digits", usedBy: "KEBA over Modbus" },
    cutTo(4),
    (b) => decimal(b.slice(0, 4)),
  ),
  part({ id: "first4", what: "first 4 bytes", usedBy: "DBT, FoxESS, KEBA over Modbus" }, cutTo(4), (b) =>
    hexOf(b.slice(0, 4)),
  ),
  part(
    {
      id: "first6",
      what: "first 6 bytes, zeros behind 4",
      usedBy: "SmartEVSE with its one-wire reader",
    },
    cutTo(6),
    (b) => (b.length === 5 ? undefined : hexOf(b.slice(0, 6)).padEnd(12, "0")),
  ),
  part({ id: "last4", what: "last 4 bytes", usedBy: "Wiegand 34 bridges" }, cutTo(4), (b) =>
    hexOf(b.slice(-4)),
  ),
  part({ id: "last3", what: "last 3 bytes", usedBy: "Wiegand 26 bridges" }, cutTo(3), (b) =>
    hexOf(b.slice(-3)),
  ),
  part(
    { id: "last3-decimal", what: "last 3 bytes as 8 digits", usedBy: "Wiegand 26 bridges" },
    cutTo(3),
    (b) => decimal(b.slice(-3)),
  ),
  part(
    {
      id: "facility-code",
      what: "last 3 bytes as facility,code (3+5)",
      usedBy: "printed on EM4100 cards; Wiegand 26 in door systems",
    },
    cutTo(3),
    (b) => `${decimal(b.slice(-3, -2))},${decimal(b.slice(-2))}`,
  ),
  part(
    {
      id: "cascade-tag",
      what: "88 and the first 3 bytes",
      usedBy: "readers that stop after the first cascade level (ISO 14443-3)",
    },
    cutTo(3),
    (b) => (b.length === 7 || b.length === 10 ? hexOf([0x88, ...b.slice(0, 3)]) : undefined),
  ),
  extended(
    {
      id: "checksum",
      what: "hex with a checksum byte behind",
      usedBy: "EM-18, RDM6300, ID-12LA, MIFARE block 0",
    },
    [4, 5],
    (bytes) => hexOf([...bytes, xor(bytes)]),
  ),
  part(
    {
      id: "hex-no-zeros",
      what: "hex, each byte without its leading zero",
      usedBy: "Arduino sketches that print bytes as they come",
    },
    "leading zeros: 01 0A and 10 0A may be spelled the same",
    (b) => b.map((byte) => byte.toString(16)).join(""),
  ),
  part(
    { id: "decimal-bytes", what: "each byte in decimal, nothing between", usedBy: "ChargeBerryPi" },
    "where a byte ends: 01 0B 0C 0D and 0B 01 0C 0D are both 1111213",
    (b) => b.join(""),
  ),
];

/** A spelling of one UID. */
export interface Spelled {
  readonly spelling: Spelling;
  readonly text: string;
}

/** A UID in every spelling that is used for its length. */
export function spell(uid: CardUid): readonly Spelled[] {
  return spellings.flatMap((spelling) => {
    const text = spelling.spell(uid);
    return text === undefined ? [] : [{ spelling, text }];
  });
}

/** A UID that a text may be, and in which spelling. */
export interface Reading {
  readonly spelling: Spelling;
  readonly uid: CardUid;
}

/** Every UID that a text may be, the usual spelling first. */
export function readings(text: string): readonly Reading[] {
  const trimmed = text.trim();
  return spellings.flatMap((spelling) =>
    (spelling.read?.(trimmed) ?? []).map((uid): Reading => ({ spelling, uid })),
  );
}

/** What a person should know of a UID before it is put on a list; one sentence each. */
export function uidWarnings(uid: CardUid): readonly string[] {
  if (!uid.isRandom) return [];
  return [
    "This UID begins with 08 and has 4 bytes: it is made anew at each tap (a phone, a passport, a card with random ID). It cannot be whitelisted.",
  ];
}
