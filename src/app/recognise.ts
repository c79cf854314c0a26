import { visibleKey } from "../central/emaid.ts";
import { CardUid } from "../station/card.ts";
import { type Reading, readings, type Spelling, spell, spellings } from "../station/spellings.ts";
import { isAppError } from "../util/errors.ts";
import { distance } from "../util/nearest.ts";

/** A card that is known somewhere in the data directory. */
export interface KnownCard {
  /** As it stands there: the Hidden ID. */
  readonly token: string;
  /** What a reader read when the station sent this token. */
  readonly uid?: string;
  readonly visibleId?: string;
  readonly nickname?: string;
  readonly user?: string;
  /** Did a station send it? Then it is right as it is. */
  readonly sent: boolean;
  /** Where it is known, for a person: "the whitelist", "the journal (tapped at CP001 …)". */
  readonly where: readonly string[];
}

/** A known card that a text may mean. */
export interface Recognised {
  readonly card: KnownCard;
  /** How the text and the card belong together, a part of a sentence. */
  readonly how: string;
  /** Smaller is more certain; from {@link GUESS} on it is a guess. */
  readonly rank: number;
  /** What to store for the card, so that the station's Authorize finds it. */
  readonly store: string;
  /** A station has sent that; otherwise it is what the station model would send. */
  readonly sent: boolean;
}

/** From this rank on the text is no form of the card but near to one. */
export const GUESS = 100;

interface Match {
  readonly how: string;
  readonly rank: number;
  readonly uid?: CardUid;
}

/**
 * The known cards that a typed text may mean, the likeliest first: by Hidden ID, visible ID or nickname, by any
 * spelling of the UID, by a checksum or a lost byte, by one character. `sends` is what the station model makes of a UID.
 */
export function recognise(
  typed: string,
  known: readonly KnownCard[],
  sends: (uid: CardUid) => string,
): readonly Recognised[] {
  const text = new Typed(typed);
  const typedIsSent = known.some((card) => card.sent && same(card.token, text.text));
  const all = (matchOf: (card: KnownCard) => Match | undefined): Recognised[] =>
    known.flatMap((card): Recognised[] => {
      const match = matchOf(card);
      if (match === undefined) return [];
      const { uid, how, rank } = match;
      const store = typedIsSent ? text.text : card.sent || uid === undefined ? card.token : sends(uid);
      return [{ card, how, rank, store, sent: typedIsSent || card.sent }];
    });
  const found = all((card) => named(text.text, card) ?? spelled(text, card));
  // Guesses are for those who have nothing better.
  return (found.length > 0 ? found : all((card) => nearly(text.text, card))).sort((a, b) => a.rank - b.rank);
}

/** A typed text and all that it may be, found out once. */
class Typed {
  readonly text: string;
  readonly #plain: ReadonlySet<string>;
  /** UIDs that it may be, by hex. */
  readonly #uids: ReadonlyMap<string, Reading>;
  /** Every spelling of those UIDs. */
  readonly #others = new Map<string, Reading>();

  constructor(typed: string) {
    this.text = typed.trim();
    this.#plain = new Set([plain(this.text), plain(compact(this.text))]);
    const own = readings(this.text);
    this.#uids = new Map(own.map((reading) => [reading.uid.hex, reading] as const).reverse());
    for (const { uid } of own) {
      for (const { spelling, text } of spell(uid)) {
        if (!this.#others.has(plain(text))) this.#others.set(plain(text), { spelling, uid });
      }
    }
  }

  /** In which spelling it is that UID. */
  spellingOf(uid: CardUid): Spelling | undefined {
    const read = this.#uids.get(uid.hex)?.spelling;
    if (read !== undefined) return read;
    return spellings.find((s) => {
      const text = s.spell(uid);
      return text !== undefined && this.#plain.has(plain(text));
    });
  }

  /** The spelling of its UID that this token is. */
  otherSpelling(token: string): Reading | undefined {
    return this.#others.get(plain(token));
  }
}

const same = (a: string, b: string): boolean => a.trim().toUpperCase() === b.trim().toUpperCase();
const compact = (text: string): string => text.toUpperCase().replace(/[\s:-]/g, "");

function named(text: string, { token, visibleId, nickname, uid }: KnownCard): Match | undefined {
  const known = uid === undefined ? {} : { uid: CardUid.parse(uid) };
  if (text === token) return { how: "is its Hidden ID", rank: 0, ...known };
  if (same(text, token))
    return { how: "is its Hidden ID in other letters, which OCPP takes as the same", rank: 1, ...known };
  if (visibleId !== undefined && visibleKey(visibleId) === visibleKey(text))
    return { how: "is its visible ID, the number printed on it, which no reader reads", rank: 2 };
  return nickname !== undefined && same(nickname, text) ? { how: "is its nickname", rank: 3 } : undefined;
}

/** The UIDs that a known card may have, the surest first. */
function uidsOf({ token, uid }: KnownCard): readonly CardUid[] {
  if (uid !== undefined) return [CardUid.parse(uid)];
  const plain = plainUid(token);
  return plain === undefined ? readings(token).map((r) => r.uid) : [plain];
}

function plainUid(text: string): CardUid | undefined {
  try {
    return CardUid.parse(text);
  } catch (e) {
    if (isAppError(e, "input.invalid")) return undefined;
    throw e;
  }
}

/** Upper case; digits are the same with and without leading zeros, as spreadsheets treat them. */
const plain = (text: string): string => text.toUpperCase().replace(/^0+(?=[\d,]+$)/, "");

function spelled(text: Typed, card: KnownCard): Match | undefined {
  for (const uid of uidsOf(card)) {
    const found = text.spellingOf(uid);
    if (found !== undefined) {
      const lost = found.loses === undefined ? "" : `. It loses ${found.loses}`;
      const how = `is its UID ${uid.hex} as ${found.what} (${found.usedBy})${lost}`;
      return { how, rank: 10 + spellings.indexOf(found), uid };
    }
  }
  const other = text.otherSpelling(card.token);
  if (other === undefined) return undefined;
  const { spelling, uid } = other;
  const how = `has the Hidden ID of the card as ${spelling.what} (${spelling.usedBy})`;
  return { how, rank: 60 + spellings.indexOf(spelling), uid };
}

/** Texts that are compared character by character have at least so many. */
const LONG_ENOUGH = 6;
const LOOKALIKES: Readonly<Record<string, string>> = {
  O: "0",
  Q: "0",
  I: "1",
  L: "1",
  S: "5",
  Z: "2",
  G: "6",
};
const withDigits = (text: string): string =>
  text.replace(/[OQILSZG]/g, (letter) => LOOKALIKES[letter] ?? letter);

function nearly(text: string, card: KnownCard): Match | undefined {
  const typed = compact(text);
  if (typed.length < LONG_ENOUGH) return undefined;
  const uid = uidsOf(card)[0];
  const hexes = uid === undefined ? [compact(card.token)] : [uid.hex, compact(card.token)];
  const with_ = uid === undefined ? {} : { uid };
  for (const hex of hexes) {
    const how =
      hex === withDigits(typed)
        ? "is its Hidden ID with letters in place of digits (O for 0, I for 1)"
        : byByte(typed, hex);
    if (how !== undefined) return { how, rank: GUESS, ...with_ };
  }
  if (hexes.some((hex) => hex.length === typed.length && reversed(typed, hex)))
    return { how: "is its UID with the two digits of each byte swapped", rank: GUESS, ...with_ };
  const all = [...hexes, ...(card.visibleId === undefined ? [] : [visibleKey(card.visibleId)])];
  const near = all.some((t) => Math.abs(t.length - typed.length) <= 1 && distance(t, typed) === 1);
  return near ? { how: "is one character off", rank: GUESS + 1, ...with_ } : undefined;
}

const pairs = (hex: string): readonly string[] => hex.match(/../g) ?? [];

const reversed = (typed: string, hex: string): boolean =>
  pairs(typed)
    .map((pair) => pair.split("").reverse().join(""))
    .join("") === hex;

/** A byte more, a byte less, or the last one another: lost on the way, or a checksum. */
function byByte(typed: string, hex: string): string | undefined {
  const [a, b] = [pairs(typed), pairs(hex)];
  if (a.join("") !== typed || b.join("") !== hex) return undefined;
  const gap = a.findIndex((byte, i) => byte !== b[i]);
  const at = gap < 0 ? a.length : gap;
  if (a.length === b.length - 1 && a.slice(at).join() === b.slice(at + 1).join())
    return `is its UID ${hex} without byte ${at + 1} (${b[at]})`;
  const extra = b.findIndex((byte, i) => byte !== a[i]);
  const place = extra < 0 ? b.length : extra;
  if (a.length === b.length + 1 && b.slice(place).join() === a.slice(place + 1).join())
    return `is its UID ${hex} and one byte more (${a[place]}), a checksum perhaps`;
  return a.length === b.length && at === a.length - 1
    ? `has another last byte than its UID ${hex} (${a[at]}): a checksum perhaps, as one-wire readers send`
    : undefined;
}
