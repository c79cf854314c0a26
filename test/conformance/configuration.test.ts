import { describe, expect } from "vitest";
import { CARD } from "./rig.ts";
import { rule, testCase } from "./row.ts";

/** The keys that 1.6 requires of a station with these profiles (§9, the rows with "required"). */
const required = [
  "AuthorizeRemoteTxRequests",
  "ClockAlignedDataInterval",
  "ConnectionTimeOut",
  "ConnectorPhaseRotation",
  "GetConfigurationMaxKeys",
  "HeartbeatInterval",
  "LocalAuthorizeOffline",
  "LocalPreAuthorize",
  "MeterValuesAlignedData",
  "MeterValuesSampledData",
  "MeterValueSampleInterval",
  "NumberOfConnectors",
  "ResetRetries",
  "StopTransactionOnInvalidId",
  "StopTxnAlignedData",
  "StopTxnSampledData",
  "SupportedFeatureProfiles",
  "TransactionMessageAttempts",
  "TransactionMessageRetryInterval",
  "UnlockConnectorOnEVSideDisconnect",
  "LocalAuthListEnabled",
  "LocalAuthListMaxLength",
  "SendLocalListMaxLength",
  "ChargeProfileMaxStackLevel",
  "ChargingScheduleAllowedChargingRateUnit",
  "ChargingScheduleMaxPeriods",
  "MaxChargingProfilesInstalled",
];

/** Access R (§9.1 to §9.4, errata 3.90 and 3.91, security white paper §7). */
const readOnly: ReadonlySet<string> = new Set([
  "AdditionalRootCertificateCheck",
  "CertificateSignedMaxChainSize",
  "CertificateStoreMaxLength",
  "ChargeProfileMaxStackLevel",
  "ChargingScheduleAllowedChargingRateUnit",
  "ChargingScheduleMaxPeriods",
  "ConnectorSwitch3to1PhaseSupported",
  "GetConfigurationMaxKeys",
  "MaxChargingProfilesInstalled",
  "NumberOfConnectors",
  "ReserveConnectorZeroSupported",
  "StopTransactionMaxMeterValues",
  "SupportedFeatureProfiles",
  "SupportedFileTransferProtocols",
]);

type Key = { key: string; readonly: boolean; value?: string };

describe("GetConfiguration (1.6 §5.8)", () => {
  testCase("TC_019_CS", {}, async ({ central }) => {
    const all = (await central.send("GetConfiguration", {})) as { configurationKey: Key[] };
    const names = all.configurationKey.map((k) => k.key);
    expect(names).toEqual(expect.arrayContaining(required));
    expect(new Set(names).size).toBe(names.length);
    expect(all).not.toHaveProperty("unknownKey");
    const profiles = all.configurationKey.find((k) => k.key === "SupportedFeatureProfiles");
    expect(profiles?.value?.split(",").sort()).toEqual([
      "Core",
      "FirmwareManagement",
      "LocalAuthListManagement",
      "RemoteTrigger",
      "Reservation",
      "SmartCharging",
    ]);
    await central.send(
      "GetConfiguration",
      { key: ["MeterValueSampleInterval"] },
      { configurationKey: [{ key: "MeterValueSampleInterval", readonly: false, value: "15" }] },
    );
  });

  rule("§5.8", "an empty list of keys asks for all", {}, async ({ central }) => {
    expect(await central.send("GetConfiguration", { key: [] })).toEqual(
      await central.send("GetConfiguration"),
    );
  });

  rule("§5.8", "known keys beside unknown ones", {}, async ({ central }) => {
    await central.send(
      "GetConfiguration",
      { key: ["NoSuchKey", "NumberOfConnectors", "Neither"] },
      {
        configurationKey: [{ key: "NumberOfConnectors", value: "1", readonly: true }],
        unknownKey: ["NoSuchKey", "Neither"],
      },
    );
  });

  rule("§7.29", "a key is a CiString: its letters' case does not matter", {}, async ({ central }) => {
    await central.send(
      "GetConfiguration",
      { key: ["numberofconnectors"] },
      {
        configurationKey: [{ value: "1" }],
      },
    );
  });

  rule("§9", "what the specification makes read-only is, and nothing else", {}, async ({ central }) => {
    const all = (await central.send("GetConfiguration", {})) as { configurationKey: Key[] };
    const names = all.configurationKey.filter((k) => k.readonly).map((k) => k.key);
    expect(names.filter((name) => !readOnly.has(name) && !/MaxLength$/.test(name))).toEqual([]);
    expect(all.configurationKey.filter((k) => readOnly.has(k.key) && !k.readonly)).toEqual([]);
  });
});

describe("ChangeConfiguration (1.6 §5.3)", () => {
  testCase("TC_021_CS", {}, async ({ central, station, pass }) => {
    await central.send(
      "ChangeConfiguration",
      { key: "MeterValueSampleInterval", value: "20" },
      { status: "Accepted" },
    );
    await central.send(
      "GetConfiguration",
      { key: ["MeterValueSampleInterval"] },
      {
        configurationKey: [{ value: "20", readonly: false }],
      },
    );
    await station.charge();
    await pass(20);
    await central.expect("MeterValues");
    central.skip();
  });

  testCase("TC_040_1_CS", {}, async ({ central }) => {
    await central.send("ChangeConfiguration", { key: "NoSuchKey", value: "1" }, { status: "NotSupported" });
  });

  testCase("TC_040_2_CS", {}, async ({ central }) => {
    await central.send(
      "ChangeConfiguration",
      { key: "MeterValueSampleInterval", value: "-1" },
      { status: "Rejected" },
    );
    await central.send(
      "GetConfiguration",
      { key: ["MeterValueSampleInterval"] },
      { configurationKey: [{ value: "15" }] },
    );
  });

  const wrong: readonly (readonly [string, string])[] = [
    ["LocalPreAuthorize", "yes"],
    ["LocalPreAuthorize", ""],
    ["HeartbeatInterval", "sixty"],
    ["HeartbeatInterval", "1.5"],
    ["ConnectionTimeOut", "-30"],
    ["WebSocketPingInterval", "-1"],
    ["TransactionMessageAttempts", "-1"],
    ["MeterValuesSampledData", "Energy.Active.Import.Register,NoSuchMeasurand"],
    ["NumberOfConnectors", "2"],
    ["SupportedFeatureProfiles", "Core"],
    ["GetConfigurationMaxKeys", "5"],
    ["ChargeProfileMaxStackLevel", "99"],
  ];
  for (const [key, value] of wrong) {
    rule("§5.3", `${key} = "${value}" is Rejected and changes nothing`, {}, async ({ central }) => {
      const before = await central.send("GetConfiguration", { key: [key] });
      await central.send("ChangeConfiguration", { key, value }, { status: "Rejected" });
      expect(await central.send("GetConfiguration", { key: [key] })).toEqual(before);
    });
  }

  rule("§5.3", "it outlives power loss", {}, async ({ central, station }) => {
    await central.send(
      "ChangeConfiguration",
      { key: "ConnectionTimeOut", value: "77" },
      { status: "Accepted" },
    );
    await station.power("cut");
    await station.power("restore");
    await central.expect("BootNotification");
    await central.send(
      "GetConfiguration",
      { key: ["ConnectionTimeOut"] },
      { configurationKey: [{ value: "77" }] },
    );
  });

  rule("§9.1.4", "ConnectionTimeOut counts for the next card", {}, async ({ central, station, pass }) => {
    await central.send(
      "ChangeConfiguration",
      { key: "ConnectionTimeOut", value: "5" },
      { status: "Accepted" },
    );
    await station.tap(CARD);
    await central.expect("Authorize");
    await central.status(1, "Preparing");
    await pass(5);
    await central.status(1, "Available");
  });

  rule(
    "J §7",
    "WebSocketPingInterval counts at once",
    { keys: { WebSocketPingInterval: 0 } },
    async ({ central, pass }) => {
      await pass(60);
      expect(central.pings).toBe(0);
      await central.send(
        "ChangeConfiguration",
        { key: "WebSocketPingInterval", value: "10" },
        { status: "Accepted" },
      );
      await pass(30);
      expect(central.pings).toBe(3);
    },
  );
});
