import { describe, expect } from "vitest";
import { CARD, OTHER, type Rig, THIRD, tagInfo } from "./rig.ts";
import { rule, testCase } from "./row.ts";

const inMinutes = ({ clock }: Rig, minutes: number) => new Date(clock.now() + minutes * 60_000).toISOString();
/** Reserves connector 1 for CARD for ten minutes. */
const reserve = (rig: Rig, more: object = {}, status = "Accepted") =>
  rig.central.send(
    "ReserveNow",
    { reservationId: 11, connectorId: 1, idTag: CARD, expiryDate: inMinutes(rig, 10), ...more },
    { status },
  );

const done = { status: "Accepted" };

describe("reservations (1.6 §5.1, §5.13)", () => {
  testCase("TC_046_1_CS", {}, async (rig) => {
    const { central, station } = rig;
    await reserve(rig);
    await central.status(1, "Reserved");
    expect(await station.tap(OTHER)).toMatch(/^rejected/);
    central.skip();
    expect(await station.tap(CARD)).toBe("accepted by csms");
    await central.expect("Authorize", { idTag: CARD });
    await central.status(1, "Preparing");
    await station.plug();
    await central.expect("StartTransaction", { idTag: CARD, connectorId: 1, reservationId: 11 });
    await central.status(1, "Charging");
  });

  testCase("TC_047_CS", {}, async (rig) => {
    const { central, station, pass } = rig;
    await reserve(rig);
    await central.status(1, "Reserved");
    await pass(599);
    await central.nothing("StatusNotification");
    await pass(1);
    await central.status(1, "Available");
    await station.charge(OTHER);
    await central.expect("Authorize");
    expect(await central.expect("StartTransaction", { idTag: OTHER })).not.toHaveProperty("reservationId");
  });

  testCase("TC_051_CS", {}, async (rig) => {
    const { central } = rig;
    await reserve(rig);
    await central.status(1, "Reserved");
    await central.send("CancelReservation", { reservationId: 11 }, done);
    await central.status(1, "Available");
  });

  testCase("TC_052_CS", {}, async (rig) => {
    const { central } = rig;
    await reserve(rig);
    await central.status(1, "Reserved");
    await central.send("CancelReservation", { reservationId: 12 }, { status: "Rejected" });
    await central.nothing("StatusNotification");
  });

  testCase(
    "TC_053_1_CS",
    { answers: { Authorize: tagInfo("Accepted", { parentIdTag: "FAMILY" }) } },
    async (rig) => {
      const { central, station } = rig;
      await reserve(rig, { parentIdTag: "FAMILY" });
      await central.status(1, "Reserved");
      expect(await station.tap(OTHER)).toBe("accepted by csms");
      await central.expect("Authorize", { idTag: OTHER });
      await station.plug();
      await central.expect("StartTransaction", { idTag: OTHER, reservationId: 11 });
    },
  );

  for (const AuthorizeRemoteTxRequests of [true, false]) {
    const row = AuthorizeRemoteTxRequests
      ? testCase.bind(undefined, "TC_053_2_CS")
      : rule.bind(undefined, "§5.13", "the parent is asked for also when remote starts are not authorized");
    row(
      {
        keys: { AuthorizeRemoteTxRequests },
        answers: { Authorize: tagInfo("Accepted", { parentIdTag: "FAMILY" }) },
      },
      async (rig) => {
        const { central, station } = rig;
        await reserve(rig, { parentIdTag: "FAMILY" });
        await central.status(1, "Reserved");
        await central.send("RemoteStartTransaction", { idTag: OTHER, connectorId: 1 }, done);
        await central.expect("Authorize", { idTag: OTHER });
        await station.plug();
        await central.expect("StartTransaction", { idTag: OTHER, reservationId: 11 });
      },
    );
  }

  rule("§5.13", "a card without the parent gets nothing, whoever it is", {}, async (rig) => {
    const { central, station } = rig;
    await reserve(rig, { parentIdTag: "FAMILY" });
    expect(await station.tap(OTHER)).toMatch(/^rejected by station/);
    await central.expect("Authorize", { idTag: OTHER });
    await station.plug();
    await central.nothing("StartTransaction");
  });

  rule(
    "§5.13",
    "a remote start for another card is rejected",
    { keys: { AuthorizeRemoteTxRequests: false } },
    async (rig) => {
      await reserve(rig);
      await rig.central.send(
        "RemoteStartTransaction",
        { idTag: OTHER, connectorId: 1 },
        { status: "Rejected" },
      );
    },
  );

  rule(
    "§5.13",
    "what cannot be reserved: Occupied, Unavailable, Faulted, an unknown connector, a time gone by",
    {
      connectors: 3,
    },
    async (rig) => {
      const { central, station } = rig;
      await station.charge(OTHER, 1);
      await central.send("ChangeAvailability", { connectorId: 2, type: "Inoperative" }, done);
      await station.fault(3, "GroundFailure");
      central.skip();
      for (const [connectorId, status] of [
        [1, "Occupied"],
        [2, "Unavailable"],
        [3, "Faulted"],
        [4, "Rejected"],
      ] as const)
        await reserve(rig, { connectorId }, status);
      await reserve(rig, { expiryDate: inMinutes(rig, -1) }, "Rejected");
      await central.nothing("StatusNotification");
    },
  );

  rule("§5.13", "reserved already: Occupied for another id, replaced for the same id", {}, async (rig) => {
    const { central, station } = rig;
    await reserve(rig);
    await reserve(rig, { reservationId: 12, idTag: OTHER }, "Occupied");
    await reserve(rig, { idTag: OTHER });
    expect(await station.tap(CARD)).toMatch(/^rejected/);
    central.skip();
    expect(await station.tap(OTHER)).toBe("accepted by csms");
    await central.expect("Authorize", { idTag: OTHER });
  });

  rule("§5.13", "connector 0: one connector stays free for the card", { connectors: 2 }, async (rig) => {
    const { central, station } = rig;
    await reserve(rig, { connectorId: 0 });
    await central.nothing("StatusNotification", { status: "Reserved" });
    await station.charge(OTHER, 1);
    central.skip();
    expect(await station.tap(THIRD)).toMatch(/^rejected/);
    central.skip();
    await station.plug(2);
    expect(await station.tap(CARD)).toBe("accepted by csms");
    await central.expect("Authorize", { idTag: CARD });
    await central.expect("StartTransaction", { connectorId: 2, idTag: CARD, reservationId: 11 });
  });

  rule(
    "§4.9",
    "connector 0: a cable that is in stays Preparing, though only its card may charge there",
    { connectors: 2 },
    async (rig) => {
      const { central, station } = rig;
      await station.plug(2);
      await reserve(rig, { connectorId: 0 });
      await central.send("ChangeAvailability", { connectorId: 1, type: "Inoperative" }, done);
      await central.status(2, "Preparing");
      await central.nothing("StatusNotification", { connectorId: 2 });
      expect(await station.tap(OTHER)).toMatch(/^rejected/);
      central.skip();
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await central.expect("Authorize", { idTag: CARD });
      await central.expect("StartTransaction", { connectorId: 2, reservationId: 11 });
    },
  );

  rule(
    "§9.3.1",
    "ReserveConnectorZeroSupported false: connector 0 is Rejected",
    {
      keys: { ReserveConnectorZeroSupported: false },
    },
    async (rig) => {
      await reserve(rig, { connectorId: 0 }, "Rejected");
    },
  );

  rule("§5.13", "a fault or an outage of the connector ends it", {}, async (rig) => {
    const { central, station } = rig;
    await reserve(rig);
    await central.status(1, "Reserved");
    await station.fault(1, "GroundFailure");
    await central.status(1, "Faulted");
    await station.clear(1);
    await central.status(1, "Available");
    await central.send("CancelReservation", { reservationId: 11 }, { status: "Rejected" });
  });

  rule("§5.13", "it outlives power loss, and ends in time during one", {}, async (rig) => {
    const { central, station, pass } = rig;
    await reserve(rig);
    await station.power("cut");
    await station.power("restore");
    central.skip();
    expect(station.status().evses[0]?.chargePointStatus).toBe("Reserved");
    await station.power("cut");
    await pass(600);
    await station.power("restore");
    await central.expect("BootNotification");
    await central.status(1, "Available");
  });

  rule("§5.13", "used up by its transaction: the next one may be anybody's", {}, async (rig) => {
    const { central, station } = rig;
    await reserve(rig);
    await station.charge();
    await station.tap(CARD);
    await station.unplug();
    central.skip();
    await central.send("CancelReservation", { reservationId: 11 }, { status: "Rejected" });
    await station.charge(OTHER);
    await central.expect("Authorize");
    await central.expect("StartTransaction", { idTag: OTHER });
  });
});

describe("reservations meet other things (1.6 §5.13)", () => {
  rule("§5.13", "a connector with a cable in is Occupied", {}, async (rig) => {
    await rig.station.plug();
    await reserve(rig, {}, "Occupied");
  });

  rule("§5.2", "going out of service ends it", {}, async (rig) => {
    const { central } = rig;
    await reserve(rig);
    await central.send("ChangeAvailability", { connectorId: 1, type: "Inoperative" }, done);
    await central.send("ChangeAvailability", { connectorId: 1, type: "Operative" }, done);
    await central.status(1, "Reserved");
    await central.status(1, "Unavailable");
    await central.status(1, "Available");
    await central.send("CancelReservation", { reservationId: 11 }, { status: "Rejected" });
  });

  rule(
    "§5.13",
    "the reserved card waits for its cable, and gives up: reserved again until its time",
    {
      keys: { ConnectionTimeOut: 30 },
    },
    async (rig) => {
      const { central, station, pass } = rig;
      await reserve(rig);
      await central.status(1, "Reserved");
      await station.tap(CARD);
      await central.expect("Authorize");
      await central.status(1, "Preparing");
      await pass(30);
      await central.status(1, "Reserved");
      await pass(570);
      await central.status(1, "Available");
    },
  );

  rule(
    "§5.13",
    "offline it keeps the connector, too",
    { keys: { AllowOfflineTxForUnknownId: true } },
    async (rig) => {
      const { station, central } = rig;
      await reserve(rig);
      await station.offline();
      expect(await station.tap(OTHER)).toMatch(/^rejected/);
      await station.charge(CARD);
      await station.online();
      await central.expect("StartTransaction", { idTag: CARD, reservationId: 11 });
    },
  );
});
