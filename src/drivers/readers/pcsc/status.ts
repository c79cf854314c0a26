/** A status of pcsc-lite's SCardGetStatusChange, as far as the driver looks at it. */
export interface SlotStatus {
  /** The daemon knows no such reader: it was unplugged. */
  readonly unknown: boolean;
  readonly unavailable: boolean;
  readonly empty: boolean;
  readonly present: boolean;
  /** Another program holds the reader for itself. */
  readonly exclusive: boolean;
  /** The daemon's count of insertions and removals, 16 bits. */
  readonly count: number;
}

/** Reads SCARD_STATE_* bits (winscard.h). */
export function slotStatus(state: number): SlotStatus {
  return {
    unknown: (state & 0x04) !== 0,
    unavailable: (state & 0x08) !== 0,
    empty: (state & 0x10) !== 0,
    present: (state & 0x20) !== 0,
    exclusive: (state & 0x80) !== 0,
    count: (state >>> 16) & 0xffff,
  };
}

/**
 * Was the card taken away and one put on again between two looks? nfc-pcsc compares the presence bits only and
 * does not see it.
 */
export function wasSwapped(before: SlotStatus, now: SlotStatus): boolean {
  return before.present && now.present && ((now.count - before.count) & 0xffff) >= 2;
}

/** Combined readers list a slot for a security module, where no card is tapped: "… SAM 0", "… [ACR1252 SAM] 00 01". */
export function isSamSlot(readerName: string): boolean {
  return /\bSAM\]?(?: \([^)]*\))?(?: [0-9A-F]{2} [0-9A-F]{2}| \d+)?$/i.test(readerName);
}

/** PC/SC return codes that the driver tells apart (pcsclite.h). */
export const scard = {
  sharingViolation: 0x8010000b,
  notTransacted: 0x80100016,
  unsupported: 0x8010001f,
  securityViolation: 0x8010006a,
  unsupportedFeature: 0x80100022,
} as const;

/** The PC/SC code within an error of nfc-pcsc: "SCardConnect error: Sharing violation.(0x8010000b)". */
export function scardCode(e: unknown): number | undefined {
  const found = /\(0x([0-9a-f]{8,16})\)/i.exec(scardText(e));
  return found?.[1] === undefined ? undefined : Number.parseInt(found[1].slice(-8), 16);
}

/** The innermost text of an error of nfc-pcsc, which keeps pcsclite's in `previous`. */
export function scardText(e: unknown): string {
  if (!(e instanceof Error)) return String(e);
  const { previous } = e as Error & { previous?: unknown };
  return previous instanceof Error ? previous.message : e.message;
}
