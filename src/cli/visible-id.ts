/** The number printed on a card, an eMAID such as NL-TNM-C12345678 (ISO 15118-1), with or without its dashes. */
const EMAID_LIKE = /^[a-z]{2}-?[a-z0-9]{3}-?[a-z0-9]{6,9}(-?[a-z0-9])?$/i;

/** Does it look like a visible ID, and not like the Hidden ID, which is hex digits? */
export const looksVisible = (text: string): boolean =>
  EMAID_LIKE.test(text.trim()) && !/^[0-9a-f]+$/i.test(text.trim());

/** What to do with a visible ID where a Hidden ID is asked for. */
export const VISIBLE_ID_HINT =
  "It looks like a visible ID, the number printed on a card. Messages carry the Hidden ID, which a reader reads: tap the card, then tapstation log --action Authorize.";
