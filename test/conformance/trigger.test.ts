import { describe, expect } from "vitest";
import { rule, testCase } from "./row.ts";

const done = { status: "Accepted" };

describe("TriggerMessage (1.6 §5.17)", () => {
  testCase("TC_054_CS", { keys: { MeterValuesSampledData: "Voltage" } }, async ({ central }) => {
    const trigger = (requestedMessage: string, connectorId?: number) =>
      central.send(
        "TriggerMessage",
        connectorId === undefined ? { requestedMessage } : { requestedMessage, connectorId },
        done,
      );
    await trigger("MeterValues", 1);
    const values = await central.expect("MeterValues", { connectorId: 1 });
    expect(values.meterValue).toMatchObject([
      { sampledValue: [{ context: "Trigger", measurand: "Voltage" }, {}, {}] },
    ]);
    await trigger("Heartbeat");
    await central.expect("Heartbeat");
    await trigger("StatusNotification", 1);
    await central.status(1, "Available");
    await trigger("BootNotification");
    await central.expect("BootNotification");
    await central.nothing("StatusNotification");
  });

  testCase("TC_055_CS", {}, async ({ central }) => {
    for (const requestedMessage of ["MeterValues", "StatusNotification"])
      await central.send("TriggerMessage", { requestedMessage, connectorId: 2 }, { status: "Rejected" });
    await central.nothing("MeterValues");
    await central.nothing("StatusNotification");
  });

  rule(
    "§5.17",
    "without a connectorId: every connector, and the station for its status",
    { connectors: 2 },
    async ({ central }) => {
      await central.send("TriggerMessage", { requestedMessage: "StatusNotification" }, done);
      for (const connectorId of [0, 1, 2]) await central.status(connectorId, "Available");
      await central.send("TriggerMessage", { requestedMessage: "MeterValues" }, done);
      await central.expect("MeterValues", { connectorId: 1 });
      await central.expect("MeterValues", { connectorId: 2 });
    },
  );

  rule(
    "§5.17",
    "MeterValues of a running transaction name it, and do not wait for its queue",
    {
      keys: { MeterValueSampleInterval: 0 },
    },
    async ({ central, station }) => {
      await station.charge();
      await central.send("TriggerMessage", { requestedMessage: "MeterValues", connectorId: 1 }, done);
      await central.expect("MeterValues", { transactionId: 1 });
      central.skip();
    },
  );

  rule("§5.17", "the answer goes before what it triggers", {}, async ({ central }) => {
    const from = central.wire.length;
    await central.send("TriggerMessage", { requestedMessage: "Heartbeat" }, done);
    expect(central.wire.slice(from)).toEqual(["> TriggerMessage", "< result", "< Heartbeat"]);
  });

  rule(
    "§5.17",
    "a triggered BootNotification changes nothing: no new status, the session goes on",
    {},
    async ({ central, station }) => {
      await station.charge();
      central.skip();
      await central.send("TriggerMessage", { requestedMessage: "BootNotification" }, done);
      await central.expect("BootNotification");
      await central.nothing("StatusNotification");
      // Neither does it make the next reconnect a registration.
      await station.offline();
      await station.online();
      await central.nothing("StatusNotification");
      expect(station.status().evses[0]?.chargePointStatus).toBe("Charging");
    },
  );

  rule("§5.17", "a connectorId where the message has none is ignored", {}, async ({ central }) => {
    await central.send("TriggerMessage", { requestedMessage: "Heartbeat", connectorId: 7 }, done);
    await central.expect("Heartbeat");
  });

  rule("§6.53", "an unknown message breaks the schema", { mayComplain: true }, async ({ central }) => {
    expect(await central.send("TriggerMessage", { requestedMessage: "Authorize" })).toHaveProperty("error");
  });
});

describe("TriggerMessage for what a station does behind the scenes (1.6 §5.17)", () => {
  for (const requestedMessage of ["FirmwareStatusNotification", "DiagnosticsStatusNotification"]) {
    rule(
      "§5.17",
      `${requestedMessage}: Idle while nothing is under way (§4.4, §4.5)`,
      {},
      async ({ central }) => {
        await central.send("TriggerMessage", { requestedMessage }, done);
        await central.expect(requestedMessage, { status: "Idle" });
      },
    );
  }
});

describe("ExtendedTriggerMessage (security white paper §4.6)", () => {
  const messages: readonly (readonly [string, string, object])[] = [
    ["BootNotification", "BootNotification", {}],
    ["Heartbeat", "Heartbeat", {}],
    ["LogStatusNotification", "LogStatusNotification", { status: "Idle" }],
    ["FirmwareStatusNotification", "SignedFirmwareStatusNotification", { status: "Idle" }],
    ["MeterValues", "MeterValues", { connectorId: 1 }],
    ["StatusNotification", "StatusNotification", { connectorId: 1, status: "Available" }],
  ];
  for (const [requestedMessage, action, wanted] of messages) {
    rule("§4.6", `${requestedMessage} brings ${action}`, {}, async ({ central }) => {
      const connectorId = "connectorId" in wanted ? { connectorId: 1 } : {};
      await central.send("ExtendedTriggerMessage", { requestedMessage, ...connectorId }, done);
      await central.expect(action, { ...wanted });
    });
  }

  rule("§4.6", "an unknown connector is Rejected", {}, async ({ central }) => {
    const asked = { requestedMessage: "MeterValues", connectorId: 5 };
    await central.send("ExtendedTriggerMessage", asked, { status: "Rejected" });
  });
});
