import { describe, expect, onTestFinished, test } from "vitest";
import { type AccessMode, DEMO, openBook } from "../../src/central/index.ts";
import { iso14443, type RawStation, start, temporaryFile } from "./support.ts";

const NEW = "04DEADBEEF0180";
const ROAMING = { idToken: "A1B2C3D4", contractId: "NL-TNM-C12345678", provider: "TNM" };

const DIALECTS = {
  "1.6": {
    unknown: "Invalid",
    authorize: async (s: RawStation, id: string) =>
      ((await s.ask("Authorize", { idTag: id })).idTagInfo as { status: string }).status,
  },
  "2.0.1": {
    unknown: "Unknown",
    authorize: async (s: RawStation, id: string) =>
      ((await s.ask("Authorize", iso14443(id))).idTokenInfo as { status: string }).status,
  },
} as const;

describe.each(["1.6", "2.0.1"] as const)("the whitelisting procedure over OCPP %s", (version) => {
  const { unknown, authorize } = DIALECTS[version];

  test("unknown card, learnt from the unknown list in a second process's book, whitelisted, accepted", async () => {
    const data = temporaryFile();
    const { facts, station } = await start({ data });
    const second = openBook(data);
    onTestFinished(() => second.close());
    const cp = await station("CP1", version);

    expect(await authorize(cp, NEW)).toBe(unknown);
    expect(await authorize(cp, NEW.toLowerCase())).toBe(unknown);
    expect(second.unknownTokens()).toEqual([
      {
        idToken: NEW,
        organization: DEMO.organization,
        station: "CP1",
        attempts: 2,
        lastAttempt: expect.any(String) as string,
      },
    ]);

    second.addUser({ firstName: "Grace", lastName: "Driver", email: "grace@example.com" });
    second.addCard({ hiddenId: NEW, nickname: "Blue", user: "grace@example.com" });
    expect(await authorize(cp, NEW)).toBe("Accepted");
    expect(second.unknownTokens()).toEqual([]);
    expect(facts.map((f) => f.kind === "access" && [f.status, f.free, f.card?.user])).toEqual([
      ["Unknown", false, undefined],
      ["Unknown", false, undefined],
      ["Accepted", true, "Grace Driver"],
    ]);

    second.blockCard(NEW);
    expect(await authorize(cp, NEW)).toBe("Blocked");
    second.removeCard(NEW);
    expect(await authorize(cp, NEW)).toBe(unknown);
  });

  const EXPECTED: Record<AccessMode, readonly [known: string, roaming: string, nobody: string]> = {
    Open: ["Accepted", "Accepted", "Accepted"],
    Whitelisting: ["Accepted", "Invalid", unknown],
    Roaming: ["Invalid", "Accepted", unknown],
    "Roaming + whitelisting": ["Accepted", "Accepted", unknown],
  };

  test.each(Object.entries(EXPECTED))(
    "mode %s, set at the location and at the asset",
    async (mode, expected) => {
      const { central, facts, station } = await start();
      central.book.addRoaming(ROAMING);
      const cp = await station("CP1", version);
      const other = mode === "Open" ? "Roaming" : "Open";
      for (const at of ["location", "asset"] as const) {
        central.book.setAccessMode({ location: DEMO.location }, at === "location" ? mode : other);
        central.book.setAccessMode({ asset: "CP1" }, at === "asset" ? mode : "inherit");
        const said = [];
        for (const id of [DEMO.card.hiddenId, ROAMING.idToken, "FFFF0000"])
          said.push(await authorize(cp, id));
        expect(said).toEqual(expected);
        expect(facts.at(-1)).toMatchObject({ mode, modeFrom: at });
      }
    },
  );
});

test("a card of another organization is unknown here", async () => {
  const { central, station } = await start();
  central.book.addOrganization({ name: "Other" });
  central.book.addUser({ firstName: "O", lastName: "O", email: "o@example.com", organization: "Other" });
  central.book.addCard({ hiddenId: NEW, nickname: "Theirs", user: "o@example.com" });
  const cp = await station("CP1");
  expect(await DIALECTS["1.6"].authorize(cp, NEW)).toBe("Invalid");
});

test("the list of unknown tokens keeps the latest 1000", async () => {
  const { central, station } = await start();
  const cp = await station("CP1");
  for (let i = 0; i < 1003; i++) await cp.ask("Authorize", { idTag: `T${i}` });
  const kept = central.book.unknownTokens().map((t) => t.idToken);
  expect(kept).toHaveLength(1000);
  expect(kept[0]).toBe("T1002");
  expect(kept.at(-1)).toBe("T3");
});

test("an empty token is refused and not listed", async () => {
  const { central, station } = await start();
  const cp = await station("CP1");
  expect(await DIALECTS["1.6"].authorize(cp, "")).toBe("Invalid");
  expect(central.book.unknownTokens()).toEqual([]);
});
