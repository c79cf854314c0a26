import { describe, expect, onTestFinished, test } from "vitest";
import { type Book, DEMO, openBook } from "../../src/central/index.ts";
import { MIGRATIONS } from "../../src/central/schema.ts";
import { openDatabase } from "../../src/store/sqlite.ts";
import { temporaryFile } from "./support.ts";

function open(path = ":memory:"): Book {
  const book = openBook(path);
  onTestFinished(() => book.close());
  return book;
}

const grace = { firstName: "Grace", lastName: "Driver", email: "grace@example.com" };
const ada = DEMO.email;
const STATION = "TAP9";
const refused = (code: string, message: RegExp | string) =>
  expect.objectContaining({
    code,
    message: expect.stringMatching(message) as string,
    hint: expect.stringMatching(/./) as string,
  });

describe("a new book", () => {
  test("holds the demo: organization, location, users, one whitelisted card", () => {
    const book = open();
    expect(book.organizations()).toEqual([{ id: 1, name: DEMO.organization, partner: "Demo partner" }]);
    expect(book.locations()).toMatchObject([{ name: DEMO.location, accessMode: "Whitelisting" }]);
    expect(book.assets()).toEqual([]);
    expect(book.users().map((u) => u.role)).toEqual(["cardholder", "administrator"]);
    expect(book.cards()).toMatchObject([
      { ...DEMO.card, user: DEMO.user, email: DEMO.email, blocked: false },
    ]);
  });

  test("is seeded once: what was removed stays removed", () => {
    const path = temporaryFile();
    const first = openBook(path);
    first.removeCard(DEMO.card.hiddenId);
    first.close();
    expect(open(path).cards()).toEqual([]);
  });

  test("of an earlier version loses the demo's station, unless it was used", () => {
    const paths = { left: temporaryFile(), used: temporaryFile() };
    for (const [name, path] of Object.entries(paths)) {
      const old = openDatabase({ path, kind: "central", migrations: MIGRATIONS.slice(0, 1) });
      if (name === "used") old.exec("UPDATE asset SET access_mode = 'Open'");
      old.close();
    }
    expect(open(paths.left).assets()).toEqual([]);
    expect(open(paths.used).assets()).toMatchObject([{ id: "TAP001", accessMode: "Open" }]);
  });
});

describe("two books of one file", () => {
  test("see each other's writing at once", () => {
    const path = temporaryFile();
    const [a, b] = [open(path), open(path)];
    a.addAsset({ id: STATION });
    a.addUser(grace);
    b.addCard({ hiddenId: "AABBCCDD", nickname: "Grey", user: "grace driver" });
    expect(a.cards().map((c) => c.hiddenId)).toContain("AABBCCDD");
    b.setAccessMode({ location: DEMO.location }, "open");
    expect(a.accessModeOf(STATION).mode).toBe("Open");
  });
});

describe("access modes", () => {
  test("are inherited from the location, overridden at the station, and inherited again", () => {
    const book = open();
    book.addAsset({ id: STATION });
    book.setAccessMode({ asset: STATION }, "Roaming");
    book.setAccessMode({ location: DEMO.location.toUpperCase() }, "open");
    expect(book.accessModeOf(STATION)).toEqual({ mode: "Roaming", from: "asset" });
    book.setAccessMode({ asset: STATION }, "inherit");
    expect(book.accessModeOf(STATION)).toEqual({ mode: "Open", from: "location" });
  });

  test("names of stations are case-sensitive", () => {
    const book = open();
    book.addAsset({ id: STATION });
    expect(() => book.setAccessMode({ asset: STATION.toLowerCase() }, "open")).toThrow(
      refused("input.invalid", 'no station "tap9"'),
    );
  });

  test("a location cannot inherit", () => {
    expect(() => open().setAccessMode({ location: DEMO.location }, "inherit")).toThrow(
      refused("input.invalid", '"inherit" is no access mode'),
    );
  });
});

describe("cards", () => {
  test("belong to a user, by e-mail address or name", () => {
    const book = open();
    const { card, notes } = book.addCard({
      hiddenId: "04aabbccddee80",
      visibleId: "NL-TNM-B99999-1",
      nickname: "Blue",
      user: ada.toUpperCase(),
      expiry: "2031-01-01T01:00:00+01:00",
    });
    expect(card).toMatchObject({
      hiddenId: "04AABBCCDDEE80",
      visibleId: "NL-TNM-B99999-1",
      nickname: "Blue",
      user: DEMO.user,
      expiry: "2031-01-01T00:00:00.000Z",
      blocked: false,
    });
    expect(notes).toEqual([]);
  });

  test("a Hidden ID is unique in its organization without regard to case, and free in another", () => {
    const book = open();
    const again = { hiddenId: DEMO.card.hiddenId.toLowerCase(), nickname: "Again" };
    expect(() => book.addCard({ ...again, user: ada })).toThrow(
      refused("state.conflict", /Hidden ID 04A2241BC85E80 is there already/),
    );
    book.addOrganization({ name: "Other" });
    book.addUser({ ...grace, organization: "other" });
    expect(book.addCard({ ...again, user: grace.email }).card.organization).toBe("Other");
    expect(() => book.blockCard(DEMO.card.hiddenId)).toThrow(refused("input.invalid", "More than one card"));
    book.blockCard(DEMO.card.hiddenId, { organization: "Other" });
    expect(book.cards().map((c) => c.blocked)).toEqual([false, true]);
    expect(() => book.cards({ organization: "typo" })).toThrow(
      refused("input.invalid", 'No organization "typo"'),
    );
  });

  test.each([
    "NL-TNM-B12345-6",
    "nl-tnm-b77777-1",
    "NL-TNM-C12345678-X",
    "DE*ABC*C12345678",
    "NL TNM B12345",
    "NLTNMC12345678",
  ])("the visible ID %s is recognised where the Hidden ID belongs", (hiddenId) => {
    expect(() => open().addCard({ hiddenId, nickname: "Mistake", user: ada })).toThrow(
      refused("input.invalid", /visible ID/),
    );
  });

  test("a known visible ID is recognised whatever it looks like", () => {
    const book = open();
    book.addCard({ hiddenId: "AABBCCDD", visibleId: "12345678", nickname: "Printed", user: ada });
    expect(() => book.addCard({ hiddenId: "12345678", nickname: "Mistake", user: ada })).toThrow(
      refused("input.invalid", 'visible ID of the card "Printed"'),
    );
  });

  test("hex of a UID's length is a Hidden ID even if it could be read as a contract", () => {
    const { notes } = open().addCard({ hiddenId: "DEABCC12345678", nickname: "Hex", user: ada });
    expect(notes).toEqual([]);
  });

  test.each([
    ["04:a2:24:1b:c8:5e:81", "04A2241BC85E81"],
    [" 04-a2-24-1b ", "04A2241B"],
    ["04a2 241b c85e 81", "04A2241BC85E81"],
    ["0102030405", "0102030405"],
  ])("a UID written as %s is %s, as stations send it", (hiddenId, sent) => {
    const { card, notes } = open().addCard({ hiddenId, nickname: "Form", user: ada });
    expect(card.hiddenId).toBe(sent);
    expect(notes).toEqual([]);
  });

  test.each(["1234567", "04A2241BC85E8", "04:A2:24", "12345678901234567"])(
    "%s is no UID: refused, unless by force",
    (hiddenId) => {
      const book = open();
      const odd = { hiddenId, nickname: "Odd", user: ada };
      expect(() => book.addCard(odd)).toThrow(
        expect.objectContaining({
          message: expect.stringContaining("is not a UID: cards have 8, 10, 14, 16 or 20") as string,
          hint: expect.stringContaining("--force") as string,
        }),
      );
      const { card, notes } = book.addCard({ ...odd, force: true });
      expect(card.hiddenId).toBe(hiddenId);
      expect(notes).toEqual([expect.stringContaining("hex digits")]);
    },
  );

  test("a token that is no hex is taken, with a note", () => {
    expect(open().addCard({ hiddenId: "GUEST-17", nickname: "Odd", user: ada }).notes).toEqual([
      expect.stringContaining("character by character"),
    ]);
  });

  test("a random UID is noted", () => {
    expect(open().addCard({ hiddenId: "08112233", nickname: "Phone", user: ada }).notes).toEqual([
      expect.stringContaining("anew at each tap"),
    ]);
  });

  test.each([
    [{ hiddenId: "" }, /Hidden ID/],
    [{ hiddenId: "X".repeat(37) }, /Hidden ID/],
    [{ hiddenId: "GUEST 17" }, /characters that no token has/],
    [{ nickname: " " }, /nickname/],
    [{ nickname: "two\nlines" }, /nickname/],
    [{ user: "nobody@example.com" }, /No user "nobody@example.com"/],
    [{ expiry: "tomorrow" }, /"tomorrow" is no time/],
  ])("bad input %j is refused with a hint", (wrong, message) => {
    const good = { hiddenId: "AABBCCDD", nickname: "Good", user: ada };
    expect(() => open().addCard({ ...good, ...wrong })).toThrow(refused("input.invalid", message));
  });

  test("are found by Hidden ID in any form, by visible ID and by nickname", () => {
    const book = open();
    for (const which of ["04:a2:24:1b:c8:5e:80", "nl-tnm-b12345-6", "demo card"]) {
      expect(book.blockCard(which).hiddenId).toBe(DEMO.card.hiddenId);
    }
    book.addCard({ hiddenId: "AABBCCDD", nickname: "Demo card", user: "max@example.com" });
    const candidates = '04A2241BC85E80 ("Demo card" of Ada Driver), AABBCCDD ("Demo card" of Max Manager)';
    for (const [which, message] of [
      ["demo card", 'More than one card "demo card"'],
      ["11223344", 'No card "11223344"'],
    ] as const) {
      expect(() => book.removeCard(which)).toThrow(
        expect.objectContaining({
          message: expect.stringContaining(message) as string,
          hint: expect.stringContaining(candidates) as string,
        }),
      );
    }
  });

  test("can be blocked, made valid, removed", () => {
    const book = open();
    expect(book.blockCard(DEMO.card.hiddenId.toLowerCase()).blocked).toBe(true);
    expect(book.blockCard(DEMO.card.hiddenId, { blocked: false }).blocked).toBe(false);
    expect(book.removeCard(DEMO.card.hiddenId).nickname).toBe(DEMO.card.nickname);
    expect(() => book.removeCard(DEMO.card.hiddenId)).toThrow(refused("input.invalid", "No card"));
  });
});

describe("the other records", () => {
  test("organizations, locations and assets can be added, and are refused twice", () => {
    const book = open();
    book.addOrganization({ name: "Hotel", partner: "Electricians" });
    book.addLocation({ name: "Garage", accessMode: "roaming + whitelisting", organization: "Hotel" });
    book.addAsset({ id: "cp1", location: "garage", approved: false, accessMode: "open" });
    book.addAsset({ id: "CP1", location: "garage" });
    expect(book.assets({ organization: "hotel" }).map((a) => [a.id, a.approved])).toEqual([
      ["CP1", true],
      ["cp1", false],
    ]);
    expect(book.accessModeOf("cp1")).toEqual({ mode: "Open", from: "asset" });
    expect(book.accessModeOf("CP1")).toEqual({ mode: "Roaming + whitelisting", from: "location" });
    expect(book.approveAsset("cp1").approved).toBe(true);
    expect(() => book.addOrganization({ name: "hotel" })).toThrow(refused("state.conflict", "hotel"));
    expect(() => book.addLocation({ name: "GARAGE", organization: "Hotel" })).toThrow(
      refused("state.conflict", "GARAGE"),
    );
    expect(() => book.addAsset({ id: "CP1", location: "garage" })).toThrow(refused("state.conflict", "CP1"));
    expect(() => book.addLocation({ name: "Roof" })).toThrow(
      refused("input.invalid", "More than one organization"),
    );
    expect(() => book.addAsset({ id: "../etc", location: "garage" })).toThrow(
      refused("input.invalid", "cannot be the identity"),
    );
  });

  test("users are checked", () => {
    const book = open();
    expect(book.addUser(grace)).toMatchObject({ ...grace, role: "cardholder" });
    expect(() => book.addUser({ ...grace, email: "GRACE@example.com" })).toThrow(
      refused("state.conflict", "GRACE@example.com"),
    );
    expect(() => book.addUser({ ...grace, email: "grace" })).toThrow(refused("input.invalid", "no e-mail"));
    expect(() => book.addUser({ ...grace, role: "boss" })).toThrow(
      refused("input.invalid", '"boss" is no role'),
    );
    expect(() => book.addUser({ ...grace, firstName: "" })).toThrow(refused("input.invalid", "first name"));
  });

  test("a user is removed, by e-mail address or name, but not with cards", () => {
    const book = open();
    book.addUser(grace);
    expect(book.removeUser("grace driver")).toMatchObject(grace);
    expect(() => book.removeUser(grace.email)).toThrow(refused("input.invalid", /user "grace@example.com"/));
    expect(() => book.removeUser(ada)).toThrow(
      refused("state.conflict", `has a card: ${DEMO.card.hiddenId}`),
    );
    book.removeCard(DEMO.card.hiddenId);
    book.removeUser(ada);
    expect(book.users().map((u) => u.email)).toEqual(["max@example.com"]);
  });

  test("what is done atomically is undone when a part of it is refused", () => {
    const book = open();
    const both = () =>
      book.atomically(() => {
        book.addUser(grace);
        book.addCard({ hiddenId: "NL-TNM-B99999-1", nickname: "Mistake", user: grace.email });
      });
    expect(both).toThrow(refused("input.invalid", "visible ID"));
    expect(book.users().map((u) => u.email)).not.toContain(grace.email);
  });

  test("roaming tokens are checked", () => {
    const book = open();
    const token = { idToken: "A1B2C3D4", contractId: "NL-TNM-C12345678", provider: "TNM" };
    book.addRoaming(token);
    expect(book.roamingTokens()).toEqual([token]);
    expect(() => book.addRoaming({ ...token, idToken: "a1b2c3d4" })).toThrow(
      refused("state.conflict", "A1B2C3D4"),
    );
    expect(() => book.addRoaming({ ...token, idToken: "E5", contractId: "nonsense" })).toThrow(
      refused("input.invalid", "no contract id"),
    );
    const { provider: _, ...bare } = token;
    expect(book.addRoaming({ ...bare, idToken: "E5" }).provider).toBe("NL-TNM");
    expect(book.addRoaming({ idToken: "E6", contractId: "deabcc12345678" }).provider).toBe("DE-ABC");
    expect(book.removeRoaming("a1:b2:c3:d4")).toEqual(token);
    expect(() => book.removeRoaming("a1b2c3d4")).toThrow(refused("input.invalid", "no roaming token"));
  });
});
