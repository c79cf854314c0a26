import { describe } from "vitest";
import { CARD, type Rig } from "./rig.ts";
import { rule } from "./row.ts";

/*
 * The transitions of 1.6 §4.9, by their names there: what is done in a state, and which statuses are told for it.
 * The words of a line are done one after the other; "=>" stands before what is told after the last one. From Preparing to Unavailable the table has none; §5.2 wants it told.
 */
const transitions = `
  A2  plug                              => Preparing
  A2  tap                               => Preparing
  A7  reserve                           => Reserved
  A8  inoperative                       => Unavailable
  A9  fault                             => Faulted
  B1  plug unplug                       => Available
  B1  tap tap                           => Available
  B1  tap timeout                       => Available
  B3  plug tap                          => Charging
  B3  tap plug                          => Charging
  B5  limit0 plug tap                   => SuspendedEVSE
  §5.2 plug inoperative                 => Unavailable
  B9  plug fault                        => Faulted
  C6  plug tap unplug                   => Finishing Available
  C4  plug tap full                     => SuspendedEV
  C5  plug tap limit0                   => SuspendedEVSE
  C6  plug tap tap                      => Finishing
  C6  plug tap stop                     => Finishing
  C6  plug tap inoperative tap          => Finishing
  F8  plug tap inoperative tap unplug   => Unavailable
  C6  plug tap inoperative unplug       => Finishing Unavailable
  C9  plug tap fault                    => Faulted
  D6  plug tap full unplug              => Finishing Available
  D5  plug tap full limit0              => SuspendedEVSE
  D6  plug tap full tap                 => Finishing
  D6  plug tap full inoperative tap     => Finishing
  D9  plug tap full fault               => Faulted
  E6  plug tap limit0 unplug            => Finishing Available
  E3  plug tap limit0 nolimit           => Charging
  E6  plug tap limit0 tap               => Finishing
  E6  plug tap limit0 inoperative tap   => Finishing
  E9  plug tap limit0 fault             => Faulted
  F1  plug tap tap unplug               => Available
  F2  plug tap tap tap                  => Preparing Charging
  F8  plug tap tap inoperative          => Unavailable
  F9  plug tap tap fault                => Faulted
  G1  reserve cancel                    => Available
  G2  reserve tap                       => Preparing
  G8  reserve inoperative               => Unavailable
  G9  reserve fault                     => Faulted
  H1  inoperative operative             => Available
  H2  plug inoperative operative        => Preparing
  H2  inoperative plug operative        => Preparing
  H2  plug tap tap inoperative operative => Preparing
  H9  inoperative fault                 => Faulted
  I1  fault clear                       => Available
  I2  plug fault clear                  => Preparing
  I2  fault plug clear                  => Preparing
  I6  plug tap fault clear              => Finishing
  I8  inoperative fault clear           => Unavailable
`;

const limit = ({ central }: Rig, amps: number) =>
  central.send("SetChargingProfile", {
    connectorId: 0,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: "TxDefaultProfile",
      chargingProfileKind: "Relative",
      chargingSchedule: { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: amps }] },
    },
  });
const availability = ({ central }: Rig, type: string) =>
  central.send("ChangeAvailability", { connectorId: 1, type });

const deeds: Readonly<Record<string, (rig: Rig) => Promise<unknown>>> = {
  plug: ({ station }) => station.plug(),
  unplug: ({ station }) => station.unplug(),
  tap: ({ station }) => station.tap(CARD),
  timeout: ({ pass }) => pass(60),
  /** A battery of this station's cars takes some hours. */
  full: ({ pass }) => pass(12 * 3600),
  fault: ({ station }) => station.fault(1, "GroundFailure"),
  clear: ({ station }) => station.clear(1),
  stop: ({ central }) => central.send("RemoteStopTransaction", { transactionId: 1 }),
  limit0: (rig) => limit(rig, 0),
  nolimit: (rig) => limit(rig, 16),
  inoperative: (rig) => availability(rig, "Inoperative"),
  operative: (rig) => availability(rig, "Operative"),
  reserve: ({ central }) =>
    central.send("ReserveNow", {
      reservationId: 1,
      connectorId: 1,
      idTag: CARD,
      expiryDate: "2030-01-02T00:00:00Z",
    }),
  cancel: ({ central }) => central.send("CancelReservation", { reservationId: 1 }),
};

describe("the transitions of a connector (1.6 §4.9)", () => {
  for (const line of transitions.trim().split("\n")) {
    const [, name = "", words = "", told = ""] = /^\s*(\S+)\s+(.*?)\s*=>\s*(.*)$/.exec(line) ?? [];
    const keys = { MeterValueSampleInterval: 0, ConnectionTimeOut: 60, "AuthCtrlr.LocalPreAuthorize": true };
    rule(name.startsWith("§") ? name : `§4.9 ${name}`, `${words} => ${told}`, { keys }, async (rig) => {
      const { central } = rig;
      const steps = words.split(" ");
      const last = steps.pop() ?? "";
      for (const step of steps) await deeds[step]?.(rig);
      central.skip();
      await deeds[last]?.(rig);
      for (const status of told.split(" ")) await central.status(1, status);
      await central.nothing("StatusNotification", { connectorId: 1 });
      central.skip();
    });
  }
});
