import { describe, expect, it } from "vitest";
import type { Central } from "../../src/central/index.ts";
import { theToken } from "../../src/cli/unknown.ts";
import { start } from "../central/support.ts";

const NEW = "04DEADBEEF0180";
const MINUTE = 60_000;
const last = { given: undefined, last: true, others: [] };

/** A central system where this card has just been tapped at CP1. */
async function tapped(...idTags: readonly string[]): Promise<Central> {
  const { central, station } = await start();
  const cp = await station("CP1");
  for (const idTag of idTags) await cp.ask("Authorize", { idTag });
  return central;
}

const conflict = (message: string, hint: string) =>
  expect.objectContaining({
    code: "state.conflict",
    message: expect.stringContaining(message) as string,
    hint: expect.stringContaining(hint) as string,
  });

describe("--last-unknown", () => {
  it("takes the latest unknown card and says when and where it was tapped", async () => {
    const { book } = await tapped("AABBCCDD", NEW);
    const { token, notes } = theToken(book, last, {}, Date.now());
    expect(token).toBe(NEW);
    expect(notes).toEqual([
      expect.stringMatching(/^The unknown card 04DEADBEEF0180 was tapped at CP1 \d+ s ago\.$/),
    ]);
  });

  it("takes a token as the station sends it, however that looks", async () => {
    const { book } = await tapped("04:a2:24:1b");
    const hiddenId = theToken(book, last, {}, Date.now()).token;
    expect(book.addCard({ hiddenId, nickname: "Odd", user: "Ada Driver" }).card.hiddenId).toBe("04:a2:24:1b");
  });

  it("run a second time does not take an older card", async () => {
    const { book } = await tapped("AABBCCDD", NEW);
    book.addCard({ hiddenId: NEW, nickname: "Blue", user: "Ada Driver" });
    expect(book.unknownTokens().map((t) => t.idToken)).toEqual(["AABBCCDD"]);
    expect(() => theToken(book, last, {}, Date.now())).toThrow(
      conflict(`${NEW}, is known by now: card "Blue" of Ada Driver`, "tapstation cards unknown"),
    );
  });

  it("knows a card that became a roaming token, and takes it again when it is forgotten", async () => {
    const { book } = await tapped(NEW);
    book.addRoaming({ idToken: NEW, contractId: "NL-TNM-C12345678" });
    expect(() => theToken(book, last, {}, Date.now())).toThrow(
      conflict("known by now: contract NL-TNM-C12345678 of NL-TNM", "Tap the card"),
    );
    book.removeRoaming(NEW);
    expect(theToken(book, last, {}, Date.now()).token).toBe(NEW);
  });

  it("names a card that was tapped long ago, and does not take it", async () => {
    const { book } = await tapped(NEW);
    const at = Date.parse(book.lastOffered()?.lastAttempt ?? "");
    expect(theToken(book, last, {}, at + 15 * MINUTE).token).toBe(NEW);
    expect(() => theToken(book, last, {}, at + 16 * MINUTE)).toThrow(
      conflict(`${NEW}, was tapped at CP1 16 min ago`, `give ${NEW}`),
    );
    expect(() => theToken(book, last, {}, at + 72 * 60 * MINUTE)).toThrow(conflict("3 days ago", NEW));
  });

  it("says so when no card was tapped", async () => {
    const { book } = await tapped();
    expect(() => theToken(book, last, {}, 0)).toThrow(
      conflict("No unknown card was offered yet", "Tap the card"),
    );
  });
});

describe("the token of a command", () => {
  it("that is missing is named with all else that is missing", async () => {
    const { book } = await tapped();
    const nothing = { given: undefined, last: false, others: ["--user"] };
    expect(() => theToken(book, nothing, {}, 0)).toThrow("The Hidden ID and --user are missing");
    expect(() => theToken(book, { ...nothing, given: NEW }, {}, 0)).toThrow("--user is missing");
    expect(() => theToken(book, { ...last, given: NEW }, {}, 0)).toThrow("both given");
  });
});
