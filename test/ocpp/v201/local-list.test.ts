import { describe, expect, it } from "vitest";
import { ask, at, deeds, dialectOf, obligingStation } from "../support.ts";

const dialect = await dialectOf("2.0.1");
const token = { idToken: "04A2", type: "ISO14443" };

describe("2.0.1 SendLocalList", () => {
  const entry = (idToken: string, type = "ISO14443") => ({
    idToken: { idToken, type },
    idTokenInfo: { status: "Accepted" },
  });
  const full = { versionNumber: 8, updateType: "Full" };

  it("hands the list to the domain; one text of two types is two tokens", () => {
    const { commands, asked } = obligingStation();
    const localAuthorizationList = [
      { idToken: token, idTokenInfo: { status: "NoCredit", cacheExpiryDateTime: at } },
      { idToken: { idToken: "04a2", type: "ISO15693" } },
    ];
    const request = { versionNumber: 8, updateType: "Differential", localAuthorizationList };
    expect(ask(dialect, "SendLocalList", request, commands)).toEqual({ status: "Accepted" });
    expect(deeds(asked)).toEqual([
      [
        "updateList",
        {
          version: 8,
          type: "Differential",
          entries: [
            { token, info: { status: "NoCredit", cacheExpiryDateTime: at } },
            { token: { idToken: "04a2", type: "ISO15693" } },
          ],
        },
      ],
    ]);
  });

  it("empties the list", () => {
    const { commands, asked } = obligingStation({ updateList: () => ({ status: "VersionMismatch" }) });
    expect(ask(dialect, "SendLocalList", full, commands)).toEqual({ status: "VersionMismatch" });
    expect(deeds(asked)).toEqual([["updateList", { version: 8, type: "Full", entries: [] }]]);
  });

  it.each([
    ["a Full entry without info", { ...full, localAuthorizationList: [{ idToken: token }] }],
    ["a token twice, whatever its case", { ...full, localAuthorizationList: [entry("ab"), entry("AB")] }],
    ["version 0 (D01.FR.18)", { ...full, versionNumber: 0 }],
    ["more than ItemsPerMessage", { ...full, localAuthorizationList: [entry("a"), entry("b"), entry("c")] }],
  ])("fails for %s, and the domain does not hear of it", (_, request) => {
    const limits = { "LocalAuthListCtrlr.ItemsPerMessage": { value: "2", readOnly: true } };
    const { commands, asked } = obligingStation({}, limits);
    expect(ask(dialect, "SendLocalList", request, commands)).toEqual({ status: "Failed" });
    expect(deeds(asked)).toEqual([]);
  });

  it("fails while the list is switched off, and when the domain has none", () => {
    const off = obligingStation({ listVersion: () => ({ version: 0, size: 0, enabled: false }) });
    expect(ask(dialect, "SendLocalList", full, off.commands)).toEqual({ status: "Failed" });
    expect(deeds(off.asked)).toEqual([]);
    const none = obligingStation({ updateList: () => ({ status: "NotSupported" }) });
    expect(ask(dialect, "SendLocalList", full, none.commands)).toEqual({ status: "Failed" });
  });
});
