/** PC/SC part 3, 3.2.2.1.3: GET DATA, the UID of the card in the field. */
export const GET_UID: Uint8Array = Uint8Array.of(0xff, 0xca, 0x00, 0x00, 0x00);

/** What the answer to {@link GET_UID} was. `again`: a second try may help. */
export type UidAnswer =
  | { readonly ok: true; readonly uid: Uint8Array }
  | { readonly ok: false; readonly why: string; readonly again: boolean };

/** SW1 SW2 that readers were seen to answer with, and whether asking again may help. */
const refusals: Readonly<Record<string, { readonly why: string; readonly again: boolean }>> = {
  "6A81": { why: "The card has no UID that the reader can tell (6A 81)", again: false },
  "6300": { why: "The reader could not read the card (63 00)", again: true },
};

/** Reads the answer to {@link GET_UID}: UID bytes, then SW1 SW2. Any bytes may come. */
export function readUidAnswer(answer: Uint8Array): UidAnswer {
  if (answer.length < 2) {
    return { ok: false, why: "The card was taken away while it was read", again: true };
  }
  const sw = Buffer.from(answer.subarray(-2)).toString("hex").toUpperCase();
  const uid = answer.subarray(0, -2);
  if (sw === "9000" && uid.length > 0) return { ok: true, uid };
  const known = refusals[sw];
  return known === undefined
    ? { ok: false, why: `The reader answered ${sw} instead of a UID`, again: false }
    : { ok: false, ...known };
}
