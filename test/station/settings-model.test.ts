import { describe, expect, it } from "vitest";
import { Settings } from "../../src/station/settings.ts";
import { modelTable, type SettingsModel } from "../../src/station/settings-model.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { isAppError } from "../../src/util/errors.ts";
import { running } from "../support/station.ts";

const ac = { current: "AC", phases: 3 } as const;
const plain: SettingsModel = { id: "test", evses: 1, supply: ac, locks: true };
const settingsOf = (model: Partial<SettingsModel>, values = memoryStore().values) =>
  new Settings(values, {}, () => {}, modelTable({ ...plain, ...model }));

describe("a model's settings", () => {
  it("lack a key: unknown to the outside, and what it switches is off (1.6 §9)", () => {
    const settings = settingsOf({ lacks: ["AuthorizationCacheEnabled", "BlinkRepeat"] });
    expect(settings.set("AuthorizationCacheEnabled", "true")).toBe("NotSupported");
    expect(settings.flag("AuthCacheCtrlr.Enabled")).toBe(false);
    expect(settings.table.keys16).not.toContain("BlinkRepeat");
    expect(settings.table.variableNames).not.toContain("AuthCacheCtrlr.Enabled");
    expect(settings.report().map((v) => v.variable)).not.toContain("BlinkRepeat");
  });

  it("have keys that cannot be set, defaults, and keys of their own", () => {
    const settings = settingsOf({
      readOnly: ["StopTransactionOnInvalidId"],
      defaults: { HeartbeatInterval: "900", "AuthCtrlr.LocalPreAuthorize": "true" },
      own: [
        { key: "PlugAndCharge", type: "boolean", default: "false", rebootRequired: true },
        { key: "Pin", type: "string", default: "0000", access: "WriteOnly", max: 4 },
        { key: "Mode", type: "MemberList", default: "Day", options: ["Day", "Night"] },
      ],
    });
    expect(settings.set("StopTransactionOnInvalidId", "false")).toBe("Rejected");
    expect(settings.count("HeartbeatInterval")).toBe(900);
    expect(settings.flag("LocalPreAuthorize")).toBe(true);
    expect(settings.table.keys16.slice(-3)).toEqual(["PlugAndCharge", "Pin", "Mode"]);
    expect(settings.set("pin", "12345")).toBe("Rejected");
    expect(settings.set("Mode", "Dusk")).toBe("Rejected");
    expect(settings.set("Custom.Mode", "Night,Day")).toBe("Accepted");
    const [pin] = settings.report().filter((v) => v.variable === "Pin");
    expect(pin).toMatchObject({ component: "Custom", mutability: "WriteOnly" });
    expect(pin).not.toHaveProperty("value");
  });

  it("follow from what the station is built of", () => {
    const dc = settingsOf({ evses: 2, supply: { current: "DC", phases: 3 }, locks: false });
    expect(dc.text("ConnectorPhaseRotation")).toBe("0.NotApplicable,1.NotApplicable,2.NotApplicable");
    expect(dc.set("ConnectorPhaseRotation", "2.RST")).toBe("Accepted");
    expect(dc.set("MeterValuesSampledData", "Current.Import.L1")).toBe("Rejected");
    expect(dc.set("MeterValuesSampledData", "Current.Import,Voltage,SoC")).toBe("Accepted");
    expect(dc.set("MeterValuesSampledData", "Frequency")).toBe("Rejected");
    expect(dc.set("UnlockConnectorOnEVSideDisconnect", "true")).toBe("Rejected");
    expect(dc.flag("UnlockConnectorOnEVSideDisconnect")).toBe(false);
    expect(settingsOf({}).set("UnlockConnectorOnEVSideDisconnect", "false")).toBe("Accepted");
    const onePhase = settingsOf({ supply: { current: "AC", phases: 1 } });
    expect(onePhase.set("MeterValuesSampledData", "Voltage.L1-N")).toBe("Accepted");
    expect(onePhase.set("MeterValuesSampledData", "Voltage.L2-N")).toBe("Rejected");
  });

  it("know what the meter offers, and how long a list may be (1.6 §5.3)", () => {
    const settings = settingsOf({
      measurands: ["Energy.Active.Import.Register", "Current.Import", "Voltage"],
      defaults: { MeterValuesSampledDataMaxLength: "2" },
    });
    expect(settings.text("MeterValuesSampledData")).toBe("Energy.Active.Import.Register");
    expect(settings.set("MeterValuesSampledData", "Power.Active.Import")).toBe("Rejected");
    expect(settings.set("MeterValuesSampledData", "Voltage,Current.Import.L1")).toBe("Accepted");
    expect(settings.set("MeterValuesSampledData", "Voltage,Current.Import.L1,Current.Import.L2")).toBe(
      "Rejected",
    );
    expect(settings.text("MeterValuesSampledData")).toBe("Voltage,Current.Import.L1");
  });

  it("that need a restart are told at once, and hold from the next start on (1.6 §5.3)", async () => {
    const settingsTable = modelTable({ ...plain, rebootRequired: ["ConnectionTimeOut"] });
    const b = await running({ settingsTable });
    const { settings } = b.station.kit;
    const change = (value: string) => b.csms.commands.setSetting("ConnectionTimeOut", value).status;
    expect(change("90")).toBe("RebootRequired");
    expect(change("90")).toBe("RebootRequired");
    expect(b.csms.commands.getSetting("ConnectionTimeOut")?.value).toBe("90");
    expect(settings.count("ConnectionTimeOut")).toBe(60);
    expect(b.of("setting")).toEqual([]);
    b.csms.commands.reset({ type: "Hard" });
    await b.clock.advance(5000);
    expect(settings.count("ConnectionTimeOut")).toBe(90);
    expect(b.of("setting")).toMatchObject([{ name: "TxCtrlr.EVConnectionTimeOut", value: "90" }]);
    expect(change("90")).toBe("Accepted");
    expect(new Settings(b.store.values, {}, () => {}, settingsTable).count("ConnectionTimeOut")).toBe(90);
  });

  it("set by the central system do not tell a secret", async () => {
    const own = [{ key: "Pin", type: "string", default: "", access: "WriteOnly" }] as const;
    const b = await running({ settingsTable: modelTable({ ...plain, own }) });
    expect(b.csms.commands.setSetting("Pin", "4711")).toEqual({ status: "Accepted" });
    expect(JSON.stringify(b.facts)).not.toContain("4711");
    expect(b.csms.commands.getSetting("Pin")).toEqual({ name: "Pin", readOnly: false });
  });

  it.each<[Partial<SettingsModel>, RegExp]>([
    [{ lacks: ["BlinkRepaet"] }, /there is no BlinkRepaet/],
    [{ defaults: { HeartbeatInterval: "often" } }, /whole number, not "often"/],
    [{ own: [{ key: "HeartbeatInterval", type: "integer", default: "1" }] }, /a setting of every station/],
    [{ own: [{ key: "Code", type: "string", default: "", access: "WriteOnly" }] }, /so that logs mask it/],
    [{ measurands: ["Power.Active"] }, /there is no Power.Active/],
    [{ own: [{ key: "X", type: "boolean", default: "yes" }] }, /true or false/],
  ])("%j is refused", (model, message) => {
    const make = () => modelTable({ ...plain, ...model });
    expect(make).toThrow(message);
    try {
      make();
    } catch (e) {
      expect(isAppError(e, "definition.invalid")).toBe(true);
    }
  });
});

describe("measurands of MeterValuesSampledData (1.6 §9.1)", () => {
  it.each([
    ["Power.Active.Import", ["Power.Active.Import"]],
    ["Current.Import", ["Current.Import.L1", "Current.Import.L2", "Current.Import.L3"]],
    ["Current.Import.L2,Power.Active.Import.L3", ["Current.Import.L2", "Power.Active.Import.L3"]],
    ["Voltage.L1-N,Power.Factor", ["Voltage.L1-N", "Power.Factor"]],
  ])("%s gives %j", async (list, told) => {
    const b = await running({ settings: { "SampledDataCtrlr.TxUpdatedMeasurands": list } });
    b.csms.commands.trigger({ message: "MeterValues", evseId: 1 });
    await b.clock.advance(1);
    const [{ meterValue } = { meterValue: [] }] = b.csms.of("meterValues") as {
      meterValue?: { sampledValue: { measurand: string; phase?: string }[] }[];
    }[];
    const names = meterValue?.flatMap((m) =>
      m.sampledValue.map((v) => [v.measurand, v.phase].filter(Boolean).join(".")),
    );
    expect(names?.sort()).toEqual([...told].sort());
  });
});
