import { describe, expect, it } from "vitest";
import { Refusal } from "../../../src/ocpp/dialect.ts";
import { ask, dialectOf, obligingStation } from "../support.ts";

const dialect = await dialectOf("1.6");

describe("1.6 GetConfiguration", () => {
  const settings = {
    HeartbeatInterval: { value: "60", readOnly: false },
    NumberOfConnectors: { value: "2", readOnly: true },
    AuthorizationKey: { readOnly: false },
    Long: { value: "x".repeat(600), readOnly: true },
  };
  const all = [
    { key: "HeartbeatInterval", readonly: false, value: "60" },
    { key: "NumberOfConnectors", readonly: true, value: "2" },
    { key: "AuthorizationKey", readonly: false },
    { key: "Long", readonly: true, value: "x".repeat(500) },
  ];

  it.each([{}, { key: [] }])("tells all keys, but no secret, when asked for none", (request) => {
    const { commands } = obligingStation({}, settings);
    expect(ask(dialect, "GetConfiguration", request, commands)).toEqual({ configurationKey: all });
  });

  it("tells the keys asked for, and which are unknown", () => {
    const { commands } = obligingStation({}, settings);
    const request = { key: ["numberofconnectors", "Nope", "__proto__"] };
    expect(ask(dialect, "GetConfiguration", request, commands)).toEqual({
      configurationKey: [all[1]],
      unknownKey: ["Nope", "__proto__"],
    });
  });

  it("refuses more keys than GetConfigurationMaxKeys, and tells all when asked for none", () => {
    const few = { ...settings, GetConfigurationMaxKeys: { value: "2", readOnly: true } };
    const { commands } = obligingStation({}, few);
    const key = ["HeartbeatInterval", "NumberOfConnectors", "Long"];
    expect(ask(dialect, "GetConfiguration", { key }, commands)).toEqual(
      new Refusal("OccurrenceConstraintViolation", "At most 2 keys in one GetConfiguration"),
    );
    expect(ask(dialect, "GetConfiguration", { key: key.slice(1) }, commands)).not.toBeInstanceOf(Refusal);
    expect(ask(dialect, "GetConfiguration", {}, commands)).toMatchObject({ configurationKey: { length: 5 } });
  });

  it("asks for the names of 1.6", () => {
    const { commands, asked } = obligingStation({}, settings);
    ask(dialect, "GetConfiguration", {}, commands);
    expect(asked).toContainEqual(["settingNames", "key"]);
  });
});
