import { describe, expect } from "vitest";
import type { Payload } from "./central.ts";
import { CARD } from "./rig.ts";
import { rule } from "./row.ts";
import { done, ended, info, started, token, v201 } from "./v201.ts";

describe("TransactionEventResponse is not Accepted (2.0.1 E05, C15)", () => {
  const blocked = { TransactionEvent: info("Blocked") };

  rule(
    "E05.FR.10",
    "StopTxOnInvalidId true: Ended, Deauthorized",
    v201({}, blocked),
    async ({ central, station }) => {
      await station.charge();
      await central.expect("Authorize");
      await central.expect("TransactionEvent", started);
      await central.expect("TransactionEvent", {
        ...ended,
        triggerReason: "Deauthorized",
        transactionInfo: { stoppedReason: "DeAuthorized" },
      });
    },
  );

  rule(
    "E05.FR.02",
    "StopTxOnInvalidId false: energy ends, SuspendedEVSE",
    v201(
      {
        StopTransactionOnInvalidId: false,
      },
      blocked,
    ),
    async ({ central, station, pass }) => {
      await station.charge();
      await central.expect("Authorize");
      await central.expect("TransactionEvent", started);
      await central.expect("TransactionEvent", {
        eventType: "Updated",
        triggerReason: "ChargingStateChanged",
        transactionInfo: { chargingState: "SuspendedEVSE" },
      });
      await pass(600);
      expect(station.status().evses[0]?.powerW).toBe(0);
    },
  );
});

describe("MaxEnergyOnInvalidId (2.0.1 E05.FR.01)", () => {
  rule(
    "E05.FR.01",
    "is given once, however often the central system refuses",
    {
      ...v201(
        { StopTransactionOnInvalidId: false, MaxEnergyOnInvalidId: 500 },
        { TransactionEvent: info("Blocked") },
      ),
      keys: {
        "SampledDataCtrlr.TxUpdatedInterval": 20,
        StopTransactionOnInvalidId: false,
        MaxEnergyOnInvalidId: 500,
      },
    },
    async ({ central, station, pass }) => {
      await station.charge();
      await pass(3600);
      const wh = station.status().evses[0]?.meterWh ?? 0;
      expect(wh).toBeGreaterThanOrEqual(500);
      expect(wh).toBeLessThan(520);
      central.skip();
    },
  );
});

describe("remote start (2.0.1 F01, F02, C05)", () => {
  const request = (type = "ISO14443") => ({ idToken: token(CARD, type), remoteStartId: 42, evseId: 1 });
  const remote = { ...started, triggerReason: "RemoteStart", transactionInfo: { remoteStartId: 42 } };

  rule(
    "F01.FR.01",
    "AuthorizeRemoteStart true: Authorize, then RemoteStart with its id and token",
    v201({
      AuthorizeRemoteTxRequests: true,
    }),
    async ({ central, station }) => {
      await station.plug();
      await central.send("RequestStartTransaction", request(), done);
      await central.expect("Authorize", { idToken: token(CARD) });
      await central.expect("TransactionEvent", { ...remote, idToken: token(CARD) });
    },
  );

  rule(
    "F01.FR.02",
    "AuthorizeRemoteStart false: at once",
    v201({ AuthorizeRemoteTxRequests: false }),
    async ({ central, station }) => {
      await central.send("RequestStartTransaction", request(), done);
      await station.plug();
      await central.expect("TransactionEvent", remote);
    },
  );

  rule(
    "C05.FR.01",
    "a token of type Central is never asked about, and never cached",
    v201({
      AuthorizeRemoteTxRequests: true,
      "AuthCtrlr.OfflineTxForUnknownIdEnabled": false,
    }),
    async ({ central, station }) => {
      await station.plug();
      await central.send("RequestStartTransaction", request("Central"), done);
      await central.expect("TransactionEvent", { ...remote, idToken: token(CARD, "Central") });
      await station.unplug();
      await central.expect("TransactionEvent", ended);
      await station.offline();
      expect(await station.tap(CARD)).toBe("rejected by settings: Unknown");
    },
  );

  rule(
    "F03",
    "RequestStopTransaction: Rejected for an unknown id, RemoteStop and Remote for ours",
    v201(),
    async ({ central, station }) => {
      await station.charge();
      await central.expect("Authorize");
      const first = await central.expect("TransactionEvent", started);
      const { transactionId } = first.transactionInfo as Payload;
      await central.send("RequestStopTransaction", { transactionId: "another" }, { status: "Rejected" });
      await central.send("RequestStopTransaction", { transactionId }, done);
      await central.expect("TransactionEvent", {
        ...ended,
        triggerReason: "RemoteStop",
        transactionInfo: { stoppedReason: "Remote" },
      });
    },
  );
});

describe("offline (2.0.1 E04, E11 to E13, B04)", () => {
  rule(
    "E11.FR.07",
    "what was not delivered goes with offline true, seqNo without a gap",
    v201({
      "SampledDataCtrlr.TxUpdatedInterval": 60,
      "AuthCtrlr.OfflineTxForUnknownIdEnabled": true,
    }),
    async ({ central, station, pass }) => {
      await station.offline();
      await station.charge();
      await pass(130);
      await station.unplug();
      await station.online();
      for (const [seqNo, eventType] of ["Started", "Updated", "Updated", "Ended"].entries())
        await central.expect("TransactionEvent", { eventType, seqNo, offline: true });
      await central.nothing("BootNotification");
    },
  );

  rule(
    "E13",
    "MessageAttempts and MessageAttemptInterval[TransactionEvent]",
    v201(
      {
        "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": 3,
        "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": 10,
      },
      { TransactionEvent: { error: "InternalError" } },
    ),
    async ({ central, station, pass }) => {
      await station.charge();
      await pass(300);
      const calls = central.all("TransactionEvent");
      expect(calls.map((c) => (c.at - (calls[0]?.at ?? 0)) / 1000)).toEqual([0, 10, 30]);
      central.skip();
    },
  );

  for (const [seconds, all] of [
    [60, false],
    [62, true],
  ] as const) {
    rule(
      "B04.FR.01",
      `${seconds} s offline, OfflineThreshold 60: ${all ? "every" : "only a changed"} status is told`,
      {
        ...v201(),
        connectors: 2,
      },
      async ({ central, station, pass }) => {
        await station.offline();
        await station.plug(1);
        await pass(seconds);
        await station.online();
        await central.expect("StatusNotification", { evseId: 1, connectorStatus: "Occupied" });
        if (all) await central.expect("StatusNotification", { evseId: 2, connectorStatus: "Available" });
        await central.nothing("StatusNotification");
      },
    );
  }

  rule(
    "E14",
    "GetTransactionStatus tells what waits",
    v201({}, { TransactionEvent: { error: "InternalError" } }),
    async ({ central, station }) => {
      await central.send("GetTransactionStatus", {}, { messagesInQueue: false });
      await station.charge();
      await central.expect("Authorize");
      const { transactionInfo } = await central.expect("TransactionEvent");
      const { transactionId } = transactionInfo as Payload;
      await central.send(
        "GetTransactionStatus",
        { transactionId },
        { ongoingIndicator: true, messagesInQueue: true },
      );
    },
  );
});
