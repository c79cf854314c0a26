import type { Book, OfferedToken, UnknownToken } from "../central/index.ts";
import { AppError } from "../util/errors.ts";
import { printRecords } from "./book.ts";
import type { Io } from "./io.ts";

/** A card that was tapped longer ago is hardly the one that a person has in the hand. */
const JUST_TAPPED_MS = 15 * 60_000;

/** The token that a command is about. */
export interface ChosenToken {
  readonly token: string;
  /** Where it comes from, when the person did not write it. */
  readonly notes: readonly string[];
}

/** What of a command line says which token; `others` are the demanded flags that are not there. */
export interface TokenArgs {
  readonly given: string | undefined;
  readonly last: boolean;
  readonly others: readonly string[];
}

/**
 * The token given, or with `last` the one that was rejected as unknown last, unless it is known by now or was tapped
 * too long ago to be meant.
 * @throws AppError `usage` with everything that is missing, `state.conflict`
 */
export function theToken(
  book: Book,
  { given, last, others }: TokenArgs,
  of: { readonly organization?: string },
  now: number,
): ChosenToken {
  if (last && given !== undefined) throw bothGiven();
  const missing = [...(last || given !== undefined ? [] : ["the Hidden ID"]), ...others];
  if (missing.length > 0) throw incomplete(missing);
  if (given !== undefined) return { token: given, notes: [] };
  const latest = book.lastOffered(of);
  if (latest === undefined) {
    throw new AppError("state.conflict", "No unknown card was offered yet", {
      hint: "Tap the card at a station of the built-in central system first, then run this again.",
    });
  }
  const when = tappedText(latest, now);
  if (latest.knownAs !== undefined) throw knownByNow(latest, when);
  if (now - Date.parse(latest.lastAttempt) > JUST_TAPPED_MS) throw tooLongAgo(latest, when);
  return { token: latest.idToken, notes: [`The unknown card ${latest.idToken} was tapped ${when}.`] };
}

const tapAgain = "Tap the card that you mean (again)";

function bothGiven(): AppError {
  return new AppError("usage", "A Hidden ID and --last-unknown are both given", {
    hint: "Give either the Hidden ID, or --last-unknown for the card that was just tapped.",
  });
}

function incomplete(missing: readonly string[]): AppError {
  const what = missing.join(" and ");
  const verb = missing.length === 1 ? "is" : "are";
  return new AppError("usage", `${what.charAt(0).toUpperCase()}${what.slice(1)} ${verb} missing`, {
    hint: "The Hidden ID is what the station sends, for example 04A2241BC85E80; --last-unknown instead takes the card that was just tapped. --help shows examples.",
  });
}

function knownByNow({ idToken, knownAs }: OfferedToken, when: string): AppError {
  return new AppError("state.conflict", `The latest unknown card, ${idToken}, is known by now: ${knownAs}`, {
    hint: `It was tapped ${when}. ${tapAgain}, or give its Hidden ID: tapstation cards unknown lists those that are left.`,
  });
}

function tooLongAgo({ idToken }: OfferedToken, when: string): AppError {
  return new AppError("state.conflict", `The latest unknown card, ${idToken}, was tapped ${when}`, {
    hint: `${tapAgain}, or give ${idToken} instead of --last-unknown if it is the one.`,
  });
}

/** When and where a token was offered last. */
function tappedText({ station, lastAttempt }: UnknownToken, now: number): string {
  return `at ${station} ${agoText(now - Date.parse(lastAttempt))}`;
}

function agoText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

export function printUnknown(io: Io, json: boolean, tokens: readonly UnknownToken[]): void {
  printRecords(
    io,
    json,
    tokens,
    {
      "hidden id": (t) => t.idToken,
      "last offered": (t) => t.lastAttempt,
      station: (t) => t.station,
      attempts: (t) => String(t.attempts),
    },
    "No unknown card was offered.",
  );
}
