import type { CardUid } from "../../../station/card.ts";
import type { FrameForm, UidForm } from "../../definitions.ts";
import type { Framers } from "../serial/frames.ts";
import { readUid } from "../serial/uid-text.ts";
import type { Sample } from "./capture.ts";
import { cutBy, frameForms } from "./frames.ts";
import { type Spelling, spellings } from "./spellings.ts";

/** A way to read the reader that says every card's UID. */
export interface Reading {
  readonly frame: FrameForm;
  readonly uid: UidForm;
}

/** What the samples prove. */
export type Inference =
  | { readonly kind: "found"; readonly reading: Reading }
  /** Several readings fit, and they would tell other cards differently. */
  | { readonly kind: "ambiguous"; readonly readings: readonly Reading[] }
  | { readonly kind: "none" };

interface Framed {
  readonly uid: CardUid;
  readonly texts: readonly string[];
}

/** All UID lengths that cards have: any of them is taken where the text itself says how long it is. */
const EVERY_LENGTH = [4, 5, 7, 8, 10] as const;
const CHECKSUMS = ["xor", "sum"] as const;

/**
 * Tries every way to cut and spell against what was heard while known cards were held, with the driver's own code as
 * the judge: a reading counts when each frame of each card gives that card's UID, and nothing else came.
 */
export function infer(samples: readonly Sample[], framers: Framers): Inference {
  // A board that says hello when its port is opened is told from one that does not only in the second round.
  for (const strict of [true, false]) {
    for (const frame of frameForms(samples)) {
      const framed = framedBy(frame, samples, framers, strict);
      const forms = framed === undefined ? [] : spellings.flatMap((s) => formsOf(s, framed, strict));
      // Frames that can be read are frames: a less sure way to cut them says nothing new.
      if (forms.length > 0) return judge(forms.map((uid) => ({ frame, uid })));
    }
  }
  return { kind: "none" };
}

function framedBy(
  frame: FrameForm,
  samples: readonly Sample[],
  framers: Framers,
  strict: boolean,
): Framed[] | undefined {
  const framed = samples.map(({ uid, chunks }) => ({ uid, ...cutBy(frame, chunks, framers) }));
  return framed.some(({ texts, noise }) => texts.length === 0 || (strict && noise)) ? undefined : framed;
}

/** The surest of those that mean the same; ambiguous where two mean different things. */
function judge(readings: readonly Reading[]): Inference {
  const byMeaning = new Map<string, Reading>();
  // Bytes that a checksum explains need no other explanation.
  const checked = readings.filter(({ uid }) => uid.checksum !== undefined);
  for (const reading of checked.length > 0 ? checked : readings) {
    const { text, order, parts, checksum } = reading.uid;
    const meaning = JSON.stringify([text === "labelled hex" ? "hex" : text, order, parts, checksum]);
    if (!byMeaning.has(meaning)) byMeaning.set(meaning, reading);
  }
  const [reading, ...others] = byMeaning.values();
  if (reading === undefined) return { kind: "none" };
  return others.length === 0
    ? { kind: "found", reading }
    : { kind: "ambiguous", readings: [reading, ...others] };
}

/** Forms of this spelling under which every frame gives its card, the surest first. */
function formsOf(spelling: Spelling, framed: readonly Framed[], strict: boolean): UidForm[] {
  const places = framed.map(({ uid, texts }) => texts.map((text) => placeIn(text, spelling, uid)));
  const found = places.flat().filter((place) => place !== undefined);
  const missed = places.some((ofCard) => ofCard.every((place) => place === undefined));
  if (missed || (strict && found.length < places.flat().length)) return [];
  const lengths = [...new Set(framed.map(({ uid }) => lengthOf(spelling, uid)))].sort((a, b) => a - b);
  return candidates(spelling, lengths, found).filter((form) =>
    framed.every(({ uid, texts }) => proves(texts, form, uid)),
  );
}

/** A frame's text around the UID. */
interface Place {
  readonly before: string;
  readonly own: string;
  readonly after: string;
}

function placeIn(text: string, spelling: Spelling, uid: CardUid): Place | undefined {
  const found = spelling.find(text, uid);
  if (found === undefined) return undefined;
  const end = found.at + found.length;
  return { before: text.slice(0, found.at), own: text.slice(found.at, end), after: text.slice(end) };
}

/** Forms that may describe these places, the surest first. */
function candidates(spelling: Spelling, lengths: readonly number[], places: readonly Place[]): UidForm[] {
  const base: UidForm = { ...spelling.form, bytes: lengths };
  const { text } = spelling.form;
  const [prefix, suffix] = [same(places.map((p) => p.before)), same(places.map((p) => p.after))];
  const forms = text === "binary" || text === "hex" ? withBytesAround(base, places) : [];
  if (text === "binary") return prefix === "" && suffix === "" ? [base, ...forms] : forms;
  if (text === "hex" && suffix === "") forms.push({ ...base, text: "labelled hex", bytes: EVERY_LENGTH });
  if (prefix === undefined || suffix === undefined) return forms;
  // Digits that were the same with these cards may be others with the next one: a checksum, a version.
  if (text === "hex" && forms.length > 0 && /^[0-9a-f]*$/i.test(prefix + suffix) && prefix + suffix !== "")
    return forms;
  const labels = { ...(prefix === "" ? {} : { prefix }), ...(suffix === "" ? {} : { suffix }) };
  const open =
    text === "hex"
      ? { bytes: EVERY_LENGTH }
      : digitsOf(
          spelling,
          places.map((p) => p.own),
        );
  // A text that always stands there is surer than bytes of which nothing is known.
  return [{ ...base, ...open, ...labels }, ...forms];
}

/** Bytes before the UID are skipped; behind it stands a checksum, or something that is not known. */
function withBytesAround(base: UidForm, places: readonly Place[]): UidForm[] {
  const width = base.text === "hex" ? 2 : 1;
  const skip = bytesIn(
    places.map((p) => p.before),
    width,
  );
  const behind = bytesIn(
    places.map((p) => p.after),
    width,
  );
  if (skip === undefined || behind === undefined || skip + behind === 0) return [];
  const skipped = { ...base, ...(skip === 0 ? {} : { skip }) };
  if (behind === 0) return [skipped];
  const dropped = behind > 1 ? { drop: behind - 1 } : {};
  return [
    ...CHECKSUMS.map((checksum) => ({ ...skipped, checksum, ...dropped })),
    { ...skipped, drop: behind },
  ];
}

/** Bytes of a UID that a spelling carries. */
function lengthOf({ form }: Spelling, uid: CardUid): number {
  return form.parts?.reduce((sum, n) => sum + n, 0) ?? uid.bytes.length;
}

/** Numbers that are filled with zeros have one length; what was never filled may have any. */
function digitsOf({ form }: Spelling, own: readonly string[]): { readonly digits?: number } {
  const digits = same(own.map((text) => String(text.length)));
  const filled = own.some((text) => text.startsWith("0"));
  return form.text === "decimal number" && digits !== undefined && filled && Number(digits) >= 8
    ? { digits: Number(digits) }
    : {};
}

/** The one text that all are; undefined when they differ. */
function same(texts: readonly string[]): string | undefined {
  return new Set(texts).size === 1 ? texts[0] : undefined;
}

/** How many bytes each of these texts is, when they are bytes and equally many. */
function bytesIn(texts: readonly string[], width: 1 | 2): number | undefined {
  const isBytes = (text: string): boolean => width === 1 || /^([0-9a-f]{2}|[ :.,-])*$/i.test(text);
  if (!texts.every(isBytes)) return undefined;
  const counts = texts.map((t) => (width === 1 ? t.length : t.replace(/[ :.,-]/g, "").length / 2));
  const [count] = counts;
  return new Set(counts).size === 1 && count !== undefined && count <= 16 ? count : undefined;
}

/** Does the driver read this card's UID in these texts, and never another one? Parts may carry its end only. */
function proves(texts: readonly string[], form: UidForm, uid: CardUid): boolean {
  const read = texts.map((text) => readUid(text, form)).flatMap((one) => ("uid" in one ? [one.uid.hex] : []));
  return read.length > 0 && read.every((hex) => uid.hex.endsWith(hex));
}
