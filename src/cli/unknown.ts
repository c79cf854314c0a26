import type { Book, UnknownToken } from "../central/index.ts";
import { AppError } from "../util/errors.ts";
import { printRecords } from "./book.ts";
import type { Io } from "./io.ts";

/** The token that a command is about: the one given, or with `last` the one that was rejected as unknown last. */
export function theToken(
  book: Book,
  given: string | undefined,
  last: boolean,
  of: { readonly organization?: string },
): string {
  if (last === (given !== undefined)) {
    throw new AppError(
      "usage",
      last ? "A Hidden ID and --last-unknown are both given" : "The Hidden ID is missing",
      {
        hint: "Give either the Hidden ID, for example 04A2241BC85E80, or --last-unknown for the card that was just tapped.",
      },
    );
  }
  if (given !== undefined) return given;
  const [latest] = book.unknownTokens(of);
  if (latest !== undefined) return latest.idToken;
  throw new AppError("state.conflict", "No unknown card was offered yet", {
    hint: "Tap the card at a station of the built-in central system first, then run this again.",
  });
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
