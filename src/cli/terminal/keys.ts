import { randomBytes } from "node:crypto";
import type { StationStatus } from "../../station/control.ts";

/** What a key may look at. */
export interface KeyContext {
  readonly status: StationStatus;
  readonly knownCard: string | undefined;
  /** The UID of the latest tap from this keyboard. */
  readonly lastUid: string | undefined;
  readonly held: boolean;
  readonly networkDown: boolean;
  newUid(): string;
}

/** What pressing a key does: a line of the vocabulary, a prompt, or something said. */
export type KeyAction =
  | { readonly line: string }
  | { readonly prompt: string; readonly before: string }
  | { readonly say: string };

interface KeyRow {
  readonly help: string;
  press(at: KeyContext): KeyAction;
}

const line = (text: string): KeyAction => ({ line: text });

/** Single keys of the terminal, in the order in which they are shown. */
export const keys: Readonly<Record<string, KeyRow>> = {
  t: {
    help: "tap a known card",
    press: ({ knownCard }) =>
      knownCard === undefined
        ? { say: "No card is known here: press u and type a UID, or n for a new card." }
        : line(`tap ${knownCard}`),
  },
  n: { help: "tap a new card", press: (at) => line(`tap ${at.newUid()}`) },
  r: {
    help: "tap the last card again",
    press: ({ lastUid }) =>
      lastUid === undefined ? { say: "No card was tapped yet." } : line(`tap ${lastUid}`),
  },
  u: { help: "type a UID", press: () => ({ prompt: "UID", before: "tap " }) },
  h: {
    help: "hold the last card / take it away",
    press: ({ held, lastUid, knownCard, newUid }) =>
      line(held ? "remove" : `hold ${lastUid ?? knownCard ?? newUid()}`),
  },
  p: { help: "plug in", press: () => line("plug") },
  o: { help: "pull the cable out", press: () => line("unplug") },
  w: {
    help: "network down / up",
    press: ({ networkDown }) => line(`network ${networkDown ? "up" : "down"}`),
  },
  m: {
    help: "mains cut / restored",
    press: ({ status }) => line(`power ${status.powered ? "cut" : "restore"}`),
  },
  s: { help: "status", press: () => line("status") },
  ":": { help: "any verb (: help shows them)", press: () => ({ prompt: ":", before: "" }) },
  "?": { help: "these keys", press: () => ({ say: keyHelp().join("\n") }) },
  q: { help: "quit", press: () => line("quit") },
};

/** The keys as lines of help. */
export const keyHelp = (): string[] => Object.entries(keys).map(([key, { help }]) => `  ${key}  ${help}`);

/** All keys in short; with its label it fits on two lines of 80 columns. */
export const shortKeyHelp =
  "t known card · n new · r again · u UID · h hold · p plug · o unplug · w network · m mains · s status · : verb · ? keys · q quit";

/** A UID that a real card could have: 7 bytes, NXP's manufacturer code 04 first (ISO/IEC 7816-6). */
export function randomUid(): string {
  return `04${randomBytes(6).toString("hex").toUpperCase()}`;
}
