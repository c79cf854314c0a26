import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { Narrator } from "../../../src/journal/lines/narrator.ts";
import type { Fact, FactBody } from "../../../src/station/facts.ts";
import { fact } from "../../support/facts.ts";

const plain = pc.createColors(false);

const access = fact(
  {
    kind: "access",
    idToken: "04A2",
    status: "Accepted",
    mode: "Open",
    modeFrom: "location",
    free: true,
    why: "open",
  },
  "central",
);

function told(...facts: readonly (Fact | FactBody)[]): (string | undefined)[] {
  const narrator = new Narrator("CP001");
  return facts.map((f) => narrator.line("time" in f ? f : fact(f), plain));
}

describe("the narrator", () => {
  it("tells a decision of the central system once a card: the start asks the same again", () => {
    const said = "central: Accepted · Open (from the location) · free of charge";
    const card: FactBody = { kind: "card", event: "presented", reader: "virtual", uid: "04A2" };
    expect(told(access, access, card, access).filter((line) => line?.startsWith("central"))).toEqual([
      said,
      said,
    ]);
    expect(told(access, { ...access, status: "Blocked" } as Fact)[1]).toBe("central: Blocked: open");
  });

  it("names other stations of the built-in central system", () => {
    expect(told({ ...access, station: "CP002" })).toEqual([
      "central CP002: Accepted · Open (from the location) · free of charge",
    ]);
  });

  it("speaks of connectors in the negotiated version's words", () => {
    const occupied: FactBody = {
      kind: "connector",
      evseId: 1,
      connectorId: 1,
      status: "Occupied",
      chargePointStatus: "Preparing",
    };
    const connected = (subprotocol: string): FactBody => ({
      kind: "link",
      state: "connected",
      url: "ws://h",
      subprotocol,
    });
    expect(told(occupied, connected("ocpp2.0.1"), occupied, connected("ocpp1.6"), occupied)).toEqual([
      "connector 1 is Preparing",
      "connected ws://h (ocpp2.0.1)",
      "connector 1 is Occupied",
      "connected ws://h (ocpp1.6)",
      "connector 1 is Preparing",
    ]);
  });

  it("says that a connection is lost for want of power", () => {
    const lost: FactBody = { kind: "link", state: "disconnected", url: "ws://h", why: "closed" };
    expect(told({ kind: "power", event: "cut" }, { kind: "power", event: "up" }, lost, lost)).toEqual([
      "power is cut",
      "power is on",
      "disconnected ws://h (no power)",
      "disconnected ws://h (closed)",
    ]);
  });
});
