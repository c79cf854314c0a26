import { describe, expect, it } from "vitest";
import type { FactBody } from "../../src/station/facts.ts";
import { toldFact } from "../../src/station/secrets.ts";
import type { IdToken } from "../../src/station/types.ts";
import { running } from "../support/station.ts";

const PIN: IdToken = { idToken: "471147114711", type: "KeyCode" };
const CARD: IdToken = { idToken: "04A2241BC85E80", type: "ISO14443" };

describe("a PIN code in facts", () => {
  it("is masked in everything that a station tells of a start, its transaction and a reservation", async () => {
    const b = await running();
    const expiryDateTime = new Date(b.clock.now() + 3_600_000).toISOString();
    b.csms.commands.reserve({ id: 1, idToken: PIN, expiryDateTime });
    b.csms.commands.cancelReservation({ id: 1 });
    b.station.evses[0]?.plug();
    b.csms.commands.remoteStart({ idToken: PIN, remoteStartId: 1 });
    await b.clock.advance(5000);
    expect(b.csms.of("transaction")[0]?.idToken).toEqual(PIN);
    expect(b.of("reservation").map((f) => f.idToken)).toContainEqual({ ...PIN, idToken: "***" });
    expect(b.of("verdict").map((f) => f.token)).toEqual([{ ...PIN, idToken: "***" }]);
    expect(b.of("transaction").map((f) => f.idToken)).toContainEqual({ ...PIN, idToken: "***" });
    expect(JSON.stringify(b.facts)).not.toContain(PIN.idToken);
  });

  it("is masked where an authorization is given up, and as the group of a card", () => {
    const told: FactBody[] = [
      { kind: "authorization", event: "timeout", idToken: PIN, why: "no cable" },
      {
        kind: "verdict",
        token: CARD,
        outcome: "accepted",
        by: "csms",
        status: "Accepted",
        why: "asked",
        spec: "C01",
        ms: 1,
        info: { status: "Accepted", groupIdToken: PIN },
      },
    ];
    expect(JSON.stringify(told.map(toldFact))).not.toContain(PIN.idToken);
  });

  it("leaves every other fact as it is", () => {
    const fact: FactBody = { kind: "authorization", event: "timeout", idToken: CARD, why: "no cable" };
    expect(toldFact(fact)).toEqual(fact);
  });
});
