import { CardUid } from "../../station/card.ts";
import type { CardTechnology } from "../../station/ports.ts";
import { technologyOf } from "./serial/uid-text.ts";

const technologies: ReadonlySet<string> = new Set([
  "ISO14443",
  "ISO15693",
  "EM4100",
] satisfies CardTechnology[]);

/** A tap that a script asks for. */
export interface Tap {
  readonly uid: CardUid;
  readonly technology: CardTechnology;
}

/** What scripts write for a tap. */
export const TAP_LINE = "ISO14443:04A2241BC85E80";

/** A line, `ISO14443:04A2241BC85E80` or only the hex digits, as a tap, or why it is none. */
export function readTap(line: string): Tap | string {
  const colon = line.indexOf(":");
  const label = line.slice(0, Math.max(0, colon)).trim().toUpperCase();
  const labelled = technologies.has(label);
  try {
    const uid = CardUid.parse(labelled ? line.slice(colon + 1) : line);
    return { uid, technology: labelled ? (label as CardTechnology) : technologyOf(uid) };
  } catch {
    return `not a UID; write ${TAP_LINE} or only the hex digits`;
  }
}
