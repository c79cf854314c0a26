export { looksVisible } from "../central/emaid.ts";

/** What to do with a visible ID where a Hidden ID is asked for. */
export const VISIBLE_ID_HINT =
  "It looks like a visible ID, the number printed on a card. Messages carry the Hidden ID, which a reader reads: tapstation tap shows it, or tap the card at the station and look with tapstation log --action Authorize.";
