import { describe, expect } from "vitest";
import { CARD, OTHER } from "./rig.ts";
import { rule, testCase } from "./row.ts";

describe("unlocking (1.6 §5.18)", () => {
  testCase("TC_031_CS", {}, async ({ central }) => {
    await central.send("UnlockConnector", { connectorId: 2 }, { status: "NotSupported" });
  });
});

describe("frames (OCPP-J §4.2)", () => {
  const bad = { mayComplain: true };

  rule("J §4.2.3", "an action that does not exist is NotImplemented", bad, async ({ central }) => {
    expect(await central.send("MakeCoffee", {})).toEqual({ error: "NotImplemented" });
  });

  const wrong: readonly (readonly [string, string, Record<string, unknown>])[] = [
    ["OccurenceConstraintViolation", "ChangeAvailability", { connectorId: 1 }],
    ["TypeConstraintViolation", "ChangeAvailability", { connectorId: "1", type: "Operative" }],
    ["PropertyConstraintViolation", "ChangeAvailability", { connectorId: 1, type: "Perhaps" }],
  ];
  for (const [code, action, payload] of wrong) {
    rule("J §4.2.3", `${code}: ${JSON.stringify(payload)}`, bad, async ({ central }) => {
      expect(await central.send(action, payload)).toEqual({ error: code });
    });
  }

  for (const text of [
    "",
    "{",
    "null",
    "[]",
    '[2,"x"]',
    "[7,1,2,3]",
    '"text"',
    '[3,"unasked",{}]',
    '[4,"unasked","E","",{}]',
  ]) {
    rule(
      "J §4.2",
      `the station lives on after ${text || "an empty text"}`,
      bad,
      async ({ central, station }) => {
        central.raw(text);
        await central.settle();
        await central.send("GetLocalListVersion", {}, { listVersion: 0 });
        await station.tap(CARD);
        await central.expect("Authorize", { idTag: CARD });
      },
    );
  }

  rule(
    "J §4.1.4",
    "a late answer to a CALL that was given up changes nothing",
    {
      mayComplain: true,
      keys: { MessageTimeout: 5 },
      answers: { Authorize: "silence" },
    },
    async ({ central, station, pass }) => {
      await station.tap(CARD);
      await pass(5);
      expect(station.verdict).toBe("rejected by settings");
      await central.reply("Authorize", { idTagInfo: { status: "Accepted" } });
      await station.plug();
      await central.expect("Authorize");
      await central.nothing("StartTransaction");
      central.answer("Authorize", { idTagInfo: { status: "Accepted" } });
      expect(await station.tap(OTHER)).toBe("accepted by csms");
      central.skip();
    },
  );
});
