import { afterEach, describe, expect, it } from "vitest";
import { createCentral, createStation, type LibraryStation } from "../../src/index.ts";

/** ReserveNow and CancelReservation over real sockets, as a central system of either version says them. */

const KNOWN = "04A2241BC85E80";
const STRANGER = "04B3352CD96F91";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Version = "1.6" | "2.0.1";

async function pair(ocpp: Version) {
  const central = await createCentral();
  open.push(() => central.close());
  const station = await createStation({ csms: central.url, id: "CP001", ocpp, retapMs: 0 });
  open.push(() => station.stop());
  await station.online();
  const ask = async (action: string, payload: object) => {
    const answer = await central.send("CP001", action, payload);
    return answer.kind === "result" ? (answer.payload as { status: string }).status : answer.kind;
  };
  return { central, station, ask };
}

const reserveNow = (ocpp: Version, evseId: number, inMs: number) => {
  const until = new Date(Date.now() + inMs).toISOString();
  return ocpp === "1.6"
    ? { reservationId: 5, connectorId: evseId, expiryDate: until, idTag: KNOWN.toLowerCase() }
    : {
        id: 5,
        ...(evseId === 0 ? {} : { evseId }),
        expiryDateTime: until,
        idToken: { idToken: KNOWN.toLowerCase(), type: "ISO14443" },
      };
};

const said = (station: LibraryStation, action: string) =>
  station
    .facts()
    .flatMap((f) =>
      f.kind === "frame" && f.messageType === "CALL" && f.action === action ? [f.payload] : [],
    );

describe.each(["1.6", "2.0.1"] as const)("OCPP %s", (ocpp) => {
  it.each([1, 0])(
    "connector %i is kept for its card, whose start carries the reservationId",
    async (evseId) => {
      const { station, ask } = await pair(ocpp);
      expect(await ask("ReserveNow", reserveNow(ocpp, evseId, 3_600_000))).toBe("Accepted");
      await station.waitFor({ kind: "connector", status: "Reserved" });
      expect(await ask("ReserveNow", { ...reserveNow(ocpp, 1, 1000), ...second(ocpp) })).toBe("Occupied");
      await station.plug();
      expect(await station.tap(STRANGER)).toMatchObject({ outcome: "rejected", by: "station" });
      expect(await station.tap(KNOWN)).toMatchObject({ outcome: "accepted" });
      await station.waitFor({ kind: "transaction", event: "delivered", seqNo: 0 });
      const [start] = said(station, ocpp === "1.6" ? "StartTransaction" : "TransactionEvent");
      expect(start).toMatchObject({ reservationId: 5 });
      expect(await ask("CancelReservation", { reservationId: 5 })).toBe("Rejected");
      const told = said(station, "StatusNotification") as { status?: string; connectorStatus?: string }[];
      expect(told.map((s) => s.status ?? s.connectorStatus)).toContain("Reserved");
      expect(station.facts().filter((f) => f.kind === "frame" && f.problem !== undefined)).toEqual([]);
    },
  );

  it("is cancelled by the central system, and expires by itself", async () => {
    const { station, ask } = await pair(ocpp);
    expect(await ask("ReserveNow", reserveNow(ocpp, 1, 3_600_000))).toBe("Accepted");
    await station.waitFor({ kind: "connector", status: "Reserved" });
    expect(await ask("CancelReservation", { reservationId: 5 })).toBe("Accepted");
    await station.waitFor({ kind: "connector", status: "Available" });
    expect(await ask("ReserveNow", reserveNow(ocpp, 1, 500))).toBe("Accepted");
    await station.waitFor({ kind: "reservation", event: "expired" });
    await station.waitFor({ kind: "connector", status: "Available" });
    if (ocpp === "2.0.1") {
      await station.waitFor({ kind: "frame", messageType: "CALLRESULT", action: "ReservationStatusUpdate" });
      expect(said(station, "ReservationStatusUpdate")).toEqual([
        { reservationId: 5, reservationUpdateStatus: "Expired" },
      ]);
    }
    expect(await station.tap(KNOWN)).toMatchObject({ outcome: "accepted" });
    expect(station.facts().filter((f) => f.kind === "frame" && f.problem !== undefined)).toEqual([]);
  });

  it("tells that it can be had", async () => {
    const { central, station } = await pair(ocpp);
    const answer =
      ocpp === "1.6"
        ? await central.send("CP001", "GetConfiguration", {
            key: ["ReserveConnectorZeroSupported", "SupportedFeatureProfiles"],
          })
        : await central.send("CP001", "GetVariables", {
            getVariableData: ["Available", "NonEvseSpecific"].map((name) => ({
              component: { name: "ReservationCtrlr" },
              variable: { name },
            })),
          });
    const text = JSON.stringify(answer);
    expect(text.match(/"(?:value|attributeValue)":"true"/g)).toHaveLength(ocpp === "1.6" ? 1 : 2);
    if (ocpp === "1.6") expect(text).toMatch(/"value":"Core,[^"]*Reservation/);
    expect(station.status().online).toBe(true);
  });
});

const second = (ocpp: Version) => (ocpp === "1.6" ? { reservationId: 6 } : { id: 6 });
