import { describe, expect, it } from "vitest";
import { ask, at, deeds, dialectOf, obligingStation } from "../support.ts";

const dialect = await dialectOf("1.6");

describe("1.6 SendLocalList", () => {
  const entry = (idTag: string) => ({ idTag, idTagInfo: { status: "Accepted" } });
  const full = { listVersion: 8, updateType: "Full" };

  it("hands the list to the domain", () => {
    const { commands, asked } = obligingStation({ updateList: () => ({ status: "VersionMismatch" }) });
    const localAuthorizationList = [
      { idTag: "04A2", idTagInfo: { status: "Blocked", expiryDate: at, parentIdTag: "P" } },
      { idTag: "04A3" },
    ];
    const request = { listVersion: 8, updateType: "Differential", localAuthorizationList };
    expect(ask(dialect, "SendLocalList", request, commands)).toEqual({ status: "VersionMismatch" });
    expect(deeds(asked)).toEqual([
      [
        "updateList",
        {
          version: 8,
          type: "Differential",
          entries: [
            {
              token: { idToken: "04A2", type: "ISO14443" },
              info: {
                status: "Blocked",
                cacheExpiryDateTime: at,
                groupIdToken: { idToken: "P", type: "Central" },
              },
            },
            { token: { idToken: "04A3", type: "ISO14443" } },
          ],
        },
      ],
    ]);
  });

  it.each([full, { ...full, localAuthorizationList: [] }])("empties the list", (request) => {
    const { commands, asked } = obligingStation();
    expect(ask(dialect, "SendLocalList", request, commands)).toEqual({ status: "Accepted" });
    expect(deeds(asked)).toEqual([["updateList", { version: 8, type: "Full", entries: [] }]]);
  });

  it.each([
    ["a Full entry without info", { ...full, localAuthorizationList: [{ idTag: "A" }] }],
    ["a tag twice, whatever its case", { ...full, localAuthorizationList: [entry("ab"), entry("AB")] }],
    ["version 0", { ...full, listVersion: 0 }],
    ["version -1", { listVersion: -1, updateType: "Differential" }],
    [
      "more than SendLocalListMaxLength",
      { ...full, localAuthorizationList: [entry("a"), entry("b"), entry("c")] },
    ],
  ])("fails for %s, and the domain does not hear of it", (_, request) => {
    const { commands, asked } = obligingStation(
      {},
      { SendLocalListMaxLength: { value: "2", readOnly: true } },
    );
    expect(ask(dialect, "SendLocalList", request, commands)).toEqual({ status: "Failed" });
    expect(deeds(asked)).toEqual([]);
  });

  it("is NotSupported while the list is switched off, however wrong the message", () => {
    const { commands, asked } = obligingStation({
      listVersion: () => ({ version: 0, size: 0, enabled: false }),
    });
    expect(ask(dialect, "SendLocalList", { ...full, listVersion: -1 }, commands)).toEqual({
      status: "NotSupported",
    });
    expect(deeds(asked)).toEqual([]);
  });
});
