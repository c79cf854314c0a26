import type { CardTechnology } from "../../../station/ports.ts";

/** What an ATR tells about a contactless card. */
export interface CardKind {
  readonly technology: CardTechnology;
  readonly cardType?: string;
}

/** PC/SC part 3 supplement, card names (two bytes), as hex; F0xx are ACS's own. */
const cardNames: Readonly<Record<string, string>> = {
  "0001": "MIFARE Classic 1K",
  "0002": "MIFARE Classic 4K",
  "0003": "MIFARE Ultralight or NTAG21x",
  "0014": "ICODE SLI",
  "0026": "MIFARE Mini",
  "003A": "MIFARE Ultralight C",
  "003B": "FeliCa",
  F004: "Topaz or Jewel",
  F011: "FeliCa",
  F012: "FeliCa",
};

/** ATRs as a whole; these cards speak ISO 14443-4 and have no card name in the ATR. */
const wholeAtrs: Readonly<Record<string, string>> = {
  "3B8180018080": "MIFARE DESFire",
};

/** `3B 8F 80 01 80 4F 0C A0 00 00 03 06 SS NN NN`: storage cards, SS the standard, NN NN the name. */
const storageCard = /^3B8F8001804F0CA000000306([0-9A-F]{2})([0-9A-F]{4})/;

/** `3B 8n 80 01`: a card of ISO 14443-4 behind a contactless reader. */
const iso14443part4 = /^3B8[0-9A-F]8001/;

/** PC/SC part 3 supplement, byte SS: 01-03 ISO 14443 A, 05-07 ISO 14443 B, 09-0C ISO 15693. */
function technologyOf(standard: number): CardTechnology {
  if (standard >= 0x09 && standard <= 0x0c) return "ISO15693";
  if (standard >= 0x01 && standard <= 0x07) return "ISO14443";
  return "unknown";
}

/** What kind of card answers with this ATR (hex, upper case)? */
export function cardKindOf(atr: string): CardKind {
  const storage = storageCard.exec(atr);
  if (storage !== null) {
    const [, standard = "", name = ""] = storage;
    const cardType = cardNames[name] ?? `storage card, PC/SC name ${name}`;
    const technology = cardType === "FeliCa" ? "unknown" : technologyOf(Number.parseInt(standard, 16));
    return { technology, cardType };
  }
  const whole = wholeAtrs[atr];
  if (whole !== undefined) return { technology: "ISO14443", cardType: whole };
  if (iso14443part4.test(atr)) return { technology: "ISO14443", cardType: "ISO 14443-4 card or phone" };
  return atr === "" ? { technology: "unknown" } : { technology: "unknown", cardType: `ATR ${spaced(atr)}` };
}

/** What tells an unknown card, as lists of ATRs write it. */
const spaced = (hex: string): string => hex.replace(/..(?=.)/g, "$& ");
