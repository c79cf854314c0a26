import { describe, expect, it } from "vitest";
import { Settings, splitName, standardTable, valueProblem } from "../../src/station/settings.ts";
import { settingRows } from "../../src/station/settings-table.ts";
import { memoryStore } from "../../src/store/memory.ts";

describe("the settings table", () => {
  it("has no name twice, and defaults that fit their own rows", () => {
    const names = settingRows.flatMap((r) =>
      [r.name, ...(r.key16 === undefined ? [] : [r.key16])].map((n) => n.toLowerCase()),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(settingRows.flatMap((r) => valueProblem(r, r.default) ?? [])).toEqual([]);
  });

  it("finds a row by either name in any case", () => {
    expect(standardTable.row("localpreauthorize")).toBe(standardTable.row("AuthCtrlr.LocalPreAuthorize"));
    expect(standardTable.keys16).toContain("LocalPreAuthorize");
  });

  it.each([
    [
      "OCPPCommCtrlr.MessageTimeout[Default]",
      { component: "OCPPCommCtrlr", variable: "MessageTimeout", instance: "Default" },
    ],
    ["AuthCtrlr.Enabled", { component: "AuthCtrlr", variable: "Enabled" }],
  ])("splits %s", (name, parts) => expect(splitName(name)).toEqual(parts));
});

describe("Settings (1.6 §5.3, 2.0.1 B05)", () => {
  it.each([
    ["LocalPreAuthorize", "true", "Accepted"],
    ["LocalPreAuthorize", "yes", "Rejected"],
    ["HeartbeatInterval", "60", "Accepted"],
    ["HeartbeatInterval", "-1", "Rejected"],
    ["HeartbeatInterval", "1e3", "Rejected"],
    ["WebSocketPingInterval", "-5", "Rejected"],
    ["NumberOfConnectors", "2", "Rejected"],
    ["MeterValuesSampledData", "Power.Active.Import,Voltage", "Accepted"],
    ["MeterValuesSampledData", "Power.Active.Export", "Rejected"],
    ["MeterValuesSampledData", "Current.Import.L1,Voltage.L3-N,Power.Active.Import.L2", "Accepted"],
    ["MeterValuesSampledData", "Current.Import.L4", "Rejected"],
    ["MeterValuesSampledData", "SoC.L1", "Rejected"],
    ["MeterValuesSampledData", "", "Accepted"],
    ["MeterValuesSampledDataMaxLength", "1", "Rejected"],
    ["ConnectorPhaseRotation", "0.RST,1.RTS", "Accepted"],
    ["ConnectorPhaseRotation", "1.RST, 0.NotApplicable", "Accepted"],
    ["ConnectorPhaseRotation", "RST", "Rejected"],
    ["ConnectorPhaseRotation", "1.RRR", "Rejected"],
    ["ConnectorPhaseRotation", "1.RST,1.RTS", "Rejected"],
    ["ConnectorPhaseRotation", "2.RST", "Rejected"],
    ["ConnectorPhaseRotation", "0.RST,1.RST,01.RST", "Rejected"],
    ["BlinkRepeat", "0", "Accepted"],
    ["LightIntensity", "101", "Rejected"],
    ["StopTransactionMaxMeterValues", "3", "Rejected"],
    ["NoSuchKey", "1", "NotSupported"],
    ["AuthCtrlr.NoSuch", "1", "UnknownVariable"],
    ["NoSuchCtrlr.Enabled", "1", "UnknownComponent"],
    ["OCPPCommCtrlr.RetryBackOffWaitMinimum", "5", "Accepted"],
    ["__proto__", "1", "NotSupported"],
  ])("set %s to %j: %s", (name, value, status) => {
    expect(new Settings(memoryStore().values).set(name, value)).toBe(status);
  });

  it("the model's default beats the table's, what was set beats both and survives", () => {
    const { values } = memoryStore();
    const model = { "TxCtrlr.EVConnectionTimeOut": "45" };
    const settings = new Settings(values, model);
    expect(settings.count("TxCtrlr.EVConnectionTimeOut")).toBe(45);
    settings.set("ConnectionTimeOut", "90");
    expect(new Settings(values, model).count("ConnectionTimeOut")).toBe(90);
  });

  it("tells a change once", () => {
    const told: string[] = [];
    const settings = new Settings(memoryStore().values, {}, (name, value) => told.push(`${name}=${value}`));
    settings.set("LocalPreAuthorize", "TRUE");
    settings.set("LocalPreAuthorize", "true");
    expect(told).toEqual(["AuthCtrlr.LocalPreAuthorize=true"]);
  });
});
