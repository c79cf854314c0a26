import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ACCESS_MODES,
  type AccessMode,
  type CardOnFile,
  cardState,
  decideAccess,
  parseAccessMode,
  supportsWhitelisting,
} from "../../src/central/access.ts";

const now = Date.parse("2030-01-01T00:00:00Z");
const person = { nickname: "Blue", user: "Ada Driver" };
const CARDS: Record<string, CardOnFile | undefined> = {
  none: undefined,
  whitelisted: { ...person, blocked: false },
  "not yet expired": { ...person, blocked: false, expiry: "2030-01-01T00:00:00.001Z" },
  blocked: { ...person, blocked: true },
  expired: { ...person, blocked: false, expiry: "2030-01-01T00:00:00.000Z" },
  "blocked, expired": { ...person, blocked: true, expiry: "2029-01-01T00:00:00.000Z" },
};
const roaming = { contractId: "NL-TNM-C12345678", provider: "TNM" };

function decide(mode: AccessMode, card: string, contract: boolean, chargingAt?: string) {
  const onFile = CARDS[card];
  return decideAccess({
    mode,
    modeFrom: "location",
    now,
    ...(onFile && { card: onFile }),
    ...(contract && { roaming }),
    ...(chargingAt !== undefined && { chargingAt }),
  });
}

/** Card, then "status free" without and with a roaming contract. */
const EXPECTED: Record<AccessMode, Record<string, readonly [string, string]>> = {
  Open: {
    none: ["Accepted free", "Accepted free"],
    whitelisted: ["Accepted free", "Accepted free"],
    "not yet expired": ["Accepted free", "Accepted free"],
    blocked: ["Accepted free", "Accepted free"],
    expired: ["Accepted free", "Accepted free"],
    "blocked, expired": ["Accepted free", "Accepted free"],
  },
  Whitelisting: {
    none: ["Unknown", "Invalid"],
    whitelisted: ["Accepted free", "Accepted free"],
    "not yet expired": ["Accepted free", "Accepted free"],
    blocked: ["Blocked", "Blocked"],
    expired: ["Expired", "Expired"],
    "blocked, expired": ["Blocked", "Blocked"],
  },
  Roaming: {
    none: ["Unknown", "Accepted"],
    whitelisted: ["Invalid", "Accepted"],
    "not yet expired": ["Invalid", "Accepted"],
    blocked: ["Invalid", "Accepted"],
    expired: ["Invalid", "Accepted"],
    "blocked, expired": ["Invalid", "Accepted"],
  },
  "Roaming + whitelisting": {
    none: ["Unknown", "Accepted"],
    whitelisted: ["Accepted free", "Accepted free"],
    "not yet expired": ["Accepted free", "Accepted free"],
    blocked: ["Blocked", "Blocked"],
    expired: ["Expired", "Accepted"],
    "blocked, expired": ["Blocked", "Blocked"],
  },
};

const ROWS = ACCESS_MODES.flatMap((mode) =>
  Object.entries(EXPECTED[mode]).flatMap(([card, [without, with_]]) => [
    { mode, card, contract: false, expected: without },
    { mode, card, contract: true, expected: with_ },
  ]),
);

describe("the access decision", () => {
  test.each(ROWS)("$mode, card $card, roaming contract $contract: $expected", (row) => {
    const d = decide(row.mode, row.card, row.contract);
    expect(`${d.status}${d.free ? " free" : ""}`).toBe(row.expected);
  });

  test("says in one sentence which mode and which card decided", () => {
    expect(decide("Whitelisting", "whitelisted", false)).toEqual({
      status: "Accepted",
      free: true,
      card: person,
      why: 'Card "Blue" of Ada Driver is whitelisted and charges free of charge, because the access mode is Whitelisting (set at the location).',
    });
    expect(decide("Roaming", "whitelisted", false).why).toBe(
      'Card "Blue" of Ada Driver is on file, but the access mode is Roaming (set at the location), which does not read the whitelist.',
    );
    expect(decide("Whitelisting", "none", false).why).toBe(
      "No card with this Hidden ID is on the organization's whitelist, and the access mode is Whitelisting (set at the location).",
    );
  });

  test("a token that charges elsewhere is ConcurrentTx where cards are checked, and only if it were accepted", () => {
    const concurrent = decide("Whitelisting", "whitelisted", false, "CP2, connector 1");
    expect(concurrent).toMatchObject({ status: "ConcurrentTx", free: false, card: person });
    expect(concurrent.why).toContain("CP2, connector 1");
    expect(decide("Roaming", "none", true, "CP2").status).toBe("ConcurrentTx");
    expect(decide("Whitelisting", "blocked", false, "CP2").status).toBe("Blocked");
    expect(decide("Open", "none", false, "CP2").status).toBe("Accepted");
  });

  test("rules that hold for every question", () => {
    const iso = fc
      .date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true })
      .map((d) => d.toISOString());
    const card = fc.record(
      { nickname: fc.string(), user: fc.string(), blocked: fc.boolean(), expiry: iso },
      { requiredKeys: ["nickname", "user", "blocked"] },
    );
    const question = fc.record(
      {
        mode: fc.constantFrom(...ACCESS_MODES),
        modeFrom: fc.constantFrom("location" as const, "asset" as const),
        now: fc.integer({ min: 1.6e12, max: 2.2e12 }),
        card,
        roaming: fc.constant(roaming),
        chargingAt: fc.constant("CP9"),
      },
      { requiredKeys: ["mode", "modeFrom", "now"] },
    );
    fc.assert(
      fc.property(question, (q) => {
        const d = decideAccess(q);
        expect(d.why).toMatch(/\.$/);
        expect(d.card === undefined).toBe(q.card === undefined);
        if (d.free) expect(d.status).toBe("Accepted");
        if (q.mode === "Open") expect(d).toMatchObject({ status: "Accepted", free: true });
        else if (d.free) {
          expect(supportsWhitelisting(q.mode)).toBe(true);
          expect(cardState(q.card, q.now)).toBe("whitelisted");
        } else if (d.status === "Accepted") expect(q.roaming).toBeDefined();
      }),
    );
  });
});

describe("reading a mode", () => {
  test.each([
    ["open", "Open"],
    ["WHITELISTING", "Whitelisting"],
    ["roaming+whitelisting", "Roaming + whitelisting"],
    [" Roaming + Whitelisting ", "Roaming + whitelisting"],
  ])("%s", (text, mode) => {
    expect(parseAccessMode(text)).toBe(mode);
  });

  test("anything else names the choices", () => {
    expect(() => parseAccessMode("closed")).toThrow(
      expect.objectContaining({
        code: "input.invalid",
        hint: "Choose one of: Open, Whitelisting, Roaming, Roaming + whitelisting.",
      }),
    );
  });
});
