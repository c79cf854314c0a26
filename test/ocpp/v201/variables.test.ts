import { describe, expect, it } from "vitest";
import { Refusal } from "../../../src/ocpp/dialect.ts";
import type { StationCommands } from "../../../src/station/ports.ts";
import { ask, deeds, dialectOf, obligingStation } from "../support.ts";

const dialect = await dialectOf("2.0.1");
type Answers = Partial<StationCommands>;

const settings = {
  "AuthCtrlr.LocalPreAuthorize": { value: "true", readOnly: false },
  "OCPPCommCtrlr.MessageTimeout[Default]": { value: "30", readOnly: true },
  "SecurityCtrlr.BasicAuthPassword": { readOnly: false },
  "DeviceDataCtrlr.ItemsPerMessage[GetVariables]": { value: "4", readOnly: true },
  "DeviceDataCtrlr.ItemsPerMessage[SetVariables]": { value: "4", readOnly: true },
};
const preAuthorize = { component: { name: "AuthCtrlr" }, variable: { name: "LocalPreAuthorize" } };
const timeout = {
  component: { name: "OCPPCommCtrlr" },
  variable: { name: "MessageTimeout", instance: "Default" },
};
const password = { component: { name: "SecurityCtrlr" }, variable: { name: "BasicAuthPassword" } };
const noVariable = { component: { name: "authctrlr" }, variable: { name: "Nope" } };
const noComponent = { component: { name: "Nope" }, variable: { name: "Enabled" } };
const ofEvse = { component: { name: "AuthCtrlr", evse: { id: 1 } }, variable: { name: "LocalPreAuthorize" } };
const ofInstance = {
  component: { name: "AuthCtrlr", instance: "b" },
  variable: { name: "LocalPreAuthorize" },
};

describe("2.0.1 GetVariables", () => {
  it.each([
    [preAuthorize, { attributeStatus: "Accepted", attributeValue: "true" }],
    [
      { ...preAuthorize, attributeType: "Actual" },
      { attributeStatus: "Accepted", attributeValue: "true" },
    ],
    [timeout, { attributeStatus: "Accepted", attributeValue: "30" }],
    [{ ...timeout, attributeType: "MaxSet" }, { attributeStatus: "NotSupportedAttributeType" }],
    [password, { attributeStatus: "Rejected" }],
    [noVariable, { attributeStatus: "UnknownVariable" }],
    [noComponent, { attributeStatus: "UnknownComponent" }],
    [ofEvse, { attributeStatus: "UnknownComponent" }],
    [ofInstance, { attributeStatus: "UnknownComponent" }],
  ])("%j", (asked, result) => {
    const { commands } = obligingStation({}, settings);
    expect(ask(dialect, "GetVariables", { getVariableData: [asked] }, commands)).toEqual({
      getVariableResult: [{ attributeType: "Actual", ...asked, ...result }],
    });
  });

  it("answers in the order asked, and refuses more than ItemsPerMessage (B06.FR.16)", () => {
    const { commands } = obligingStation({}, settings);
    const four = [noVariable, preAuthorize, timeout, preAuthorize];
    expect(ask(dialect, "GetVariables", { getVariableData: four }, commands)).toMatchObject({
      getVariableResult: four,
    });
    const five = ask(dialect, "GetVariables", { getVariableData: [...four, timeout] }, commands);
    expect(five).toBeInstanceOf(Refusal);
    expect(five).toMatchObject({ code: "OccurrenceConstraintViolation" });
  });

  it("clips what is longer than the schema allows", () => {
    const { commands } = obligingStation({}, { "A.B": { value: "x".repeat(2600), readOnly: true } });
    const asked = { component: { name: "A" }, variable: { name: "B" } };
    expect(ask(dialect, "GetVariables", { getVariableData: [asked] }, commands)).toMatchObject({
      getVariableResult: [{ attributeValue: "x".repeat(2500) }],
    });
  });
});

describe("2.0.1 SetVariables", () => {
  const set = (wish: object, answers: Answers = {}) => {
    const { commands, asked } = obligingStation(answers, settings);
    const request = { setVariableData: [{ ...wish, attributeValue: "false" }] };
    return { answer: ask(dialect, "SetVariables", request, commands), asked: deeds(asked) };
  };

  it.each(["Accepted", "Rejected", "RebootRequired"] as const)("passes on %s", (status) => {
    expect(set(preAuthorize, { setSetting: () => ({ status }) })).toEqual({
      answer: { setVariableResult: [{ ...preAuthorize, attributeType: "Actual", attributeStatus: status }] },
      asked: [["setSetting", "AuthCtrlr.LocalPreAuthorize", "false"]],
    });
  });

  it.each([
    [noVariable, "UnknownVariable", 1],
    [noComponent, "UnknownComponent", 1],
    [ofEvse, "UnknownComponent", 0],
    [ofInstance, "UnknownComponent", 0],
    [{ ...preAuthorize, attributeType: "Target" }, "NotSupportedAttributeType", 0],
  ])("%j is %s", (wish, attributeStatus, asks) => {
    const { answer, asked } = set(wish, { setSetting: () => ({ status: "NotSupported" }) });
    expect(answer).toEqual({ setVariableResult: [{ attributeType: "Actual", ...wish, attributeStatus }] });
    expect(asked).toHaveLength(asks);
  });

  it("changes nothing when there are more than ItemsPerMessage", () => {
    const { commands, asked } = obligingStation({}, settings);
    const setVariableData = Array.from({ length: 5 }, () => ({ ...preAuthorize, attributeValue: "true" }));
    expect(ask(dialect, "SetVariables", { setVariableData }, commands)).toBeInstanceOf(Refusal);
    expect(deeds(asked)).toEqual([]);
  });
});
