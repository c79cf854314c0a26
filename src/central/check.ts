import { AppError } from "../util/errors.ts";
import { isContractId, looksVisible, parseEmaid } from "./emaid.ts";
import type { UserRole } from "./records.ts";

/** Checks of what people type into the book. All throw AppError `input.invalid` with a hint. */

/** 2.0.1 identifierString; 1.6 idTag has 20. */
const TOKEN_MAX = 36;
const NAME_MAX = 100;
/** Hex of the UIDs that readers deliver: 4, 5, 7, 8 or 10 bytes. */
const UID_HEX = /^(?:[0-9a-f]{8}|[0-9a-f]{10}|[0-9a-f]{14}|[0-9a-f]{16}|[0-9a-f]{20})$/i;
const UID_DIGITS = "8, 10, 14, 16 or 20 hex digits";
const BYTE_BY_BYTE = /^[0-9a-f]{2}(?:[\s:-]?[0-9a-f]{2})*$/i;

/** A UID as stations send it: upper case, without separators between its bytes. Any other token is only trimmed. */
export function tokenForm(text: string): string {
  const trimmed = text.trim();
  const compact = trimmed.replace(/[\s:-]/g, "");
  return BYTE_BY_BYTE.test(trimmed) && UID_HEX.test(compact) ? compact.toUpperCase() : trimmed;
}

function invalid(message: string, hint: string): AppError {
  return new AppError("input.invalid", message, { hint });
}

/** Text of one line that a person may read: trimmed, not empty, no control characters. */
export function checkText(what: string, value: unknown, max: number = NAME_MAX): string {
  const text = typeof value === "string" ? value.trim() : "";
  if (text === "" || text.length > max || /\p{Cc}/u.test(text)) {
    throw invalid(`The ${what} must be a text of 1 to ${max} characters`, `Give a ${what} on one line.`);
  }
  return text;
}

export function checkEmail(value: unknown): string {
  const text = checkText("e-mail address", value);
  if (!/^[^\s@]+@[^\s@]+$/.test(text)) {
    throw invalid(`"${text}" is no e-mail address`, "Write it as name@example.com.");
  }
  return text;
}

export function checkRole(value: unknown): UserRole {
  if (value === "cardholder" || value === "administrator") return value;
  throw invalid(`"${String(value)}" is no role`, "Choose cardholder or administrator.");
}

/** A moment in ISO 8601, made UTC with milliseconds. */
export function checkTime(what: string, value: unknown): string {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) {
    throw invalid(`"${String(value)}" is no time for the ${what}`, "Write it as 2030-12-31T23:59:59Z.");
  }
  return new Date(time).toISOString();
}

/** A token as it comes over the wire: printable ASCII, at most 36 characters. */
export function checkToken(what: string, value: unknown): string {
  const text = checkText(what, value, TOKEN_MAX);
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw invalid(
      `The ${what} "${text}" has characters that no token has`,
      "Copy idTag (OCPP 1.6) or idToken (2.0.1) from the station's Authorize message.",
    );
  }
  return text;
}

/**
 * A Hidden ID: a UID in the form that stations send, see {@link tokenForm}, anything else as written. Recognises the
 * classic mistake of pasting the number that is printed on the card, and hex that no card has; `visibleIds` are those
 * known already.
 */
export function checkHiddenId(value: unknown, visibleIds: (text: string) => string | undefined): string {
  const raw = typeof value === "string" ? value.trim() : "";
  const owner = visibleIds(raw);
  const hint =
    "The Hidden ID is what the reader reads: tapstation tap shows it, and so does the Authorize message of a tap (tapstation log --action Authorize).";
  if (owner !== undefined) {
    throw invalid(`"${raw}" is the visible ID of the card "${owner}", not a Hidden ID`, hint);
  }
  if (looksVisible(raw) && !UID_HEX.test(raw)) {
    throw invalid(
      `"${raw}" looks like a visible ID, the number printed on a card, not like a Hidden ID`,
      `${hint} --force takes it as it is written.`,
    );
  }
  const form = tokenForm(raw);
  if (/^[0-9a-f][0-9a-f\s:-]*$/i.test(form) && !UID_HEX.test(form)) {
    throw invalid(
      `"${raw}" is not a UID: cards have ${UID_DIGITS}`,
      `${hint} --force takes it as it is written.`,
    );
  }
  return checkToken("Hidden ID", form);
}

/** What is odd about a card's ids without being wrong: one sentence each. */
export function cardNotes(hiddenId: string, visibleId?: string): string[] {
  const notes: string[] = [];
  if (!UID_HEX.test(hiddenId)) {
    notes.push(
      `The Hidden ID "${hiddenId}" is not of ${UID_DIGITS}; make sure that it is what the station sends, character by character.`,
    );
  }
  // Of true UIDs of 8 bytes one in two thousand has no letter.
  if (/^\d{16}$/.test(hiddenId)) {
    notes.push(
      `"${hiddenId}" has no letter: if it is a decimal number, tapstation cards why ${hiddenId} shows the hex that most stations send.`,
    );
  }
  if (/^08[0-9a-f]{6}$/i.test(hiddenId)) {
    notes.push(`A UID that begins with 08 is made anew at each tap; "${hiddenId}" will not come again.`);
  }
  if (visibleId !== undefined && visibleId.toUpperCase() === hiddenId.toUpperCase()) {
    notes.push(
      "The visible ID and the Hidden ID are the same; the visible ID is the number printed on the card.",
    );
  }
  return notes;
}

/** 2.0.1 part 4 §3.1.1 allows 48 characters; the same for 1.6, which sets no limit. Nothing that makes a path. */
const STATION_ID = /^[\p{L}\p{N} *\-_=:+|@.]{1,48}$/u;

/** Can this be the identity of a station? */
export function isStationId(text: string): boolean {
  return STATION_ID.test(text) && text.trim() === text && text !== "." && text !== "..";
}

export function checkStationId(value: unknown): string {
  if (typeof value === "string" && isStationId(value)) return value;
  throw invalid(
    `"${String(value)}" cannot be the identity of a station`,
    "Use 1 to 48 letters, digits, blanks and * - _ = : + | @ . characters.",
  );
}

/** An eMAID, for example NL-TNM-C12345678, NL-TNM-C12345678-X or without hyphens. */
export function checkContractId(value: unknown): string {
  const text = checkText("contract id", value, TOKEN_MAX);
  if (!isContractId(text)) {
    throw invalid(`"${text}" is no contract id`, "Write an eMAID, for example NL-TNM-C12345678.");
  }
  return text;
}

/** The provider that a contract id names: country and party, for example NL-TNM. */
export function providerOf(contractId: string): string {
  const { country = "", provider = "" } = parseEmaid(contractId) ?? {};
  return `${country}-${provider}`.toUpperCase();
}
