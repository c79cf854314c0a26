import { describe, expect, it } from "vitest";
import type { ReportedVariable } from "../../src/station/ports.ts";
import { CARD, OTHER, running } from "../support/station.ts";

/** GetBaseReport and the variables whose value is no setting: 2.0.1 B07. */

async function reported(reportBase: string) {
  const b = await running();
  const entries = [CARD, OTHER].map((idToken) => ({
    token: { idToken, type: "ISO14443" as const },
    info: { status: "Accepted" as const },
  }));
  b.csms.commands.updateList({ version: 1, type: "Full", entries });
  expect(b.csms.commands.baseReport({ requestId: 3, reportBase })).toEqual({ status: "Accepted" });
  await b.clock.advance(1);
  const variables = b.csms.of("report").flatMap((r) => r.variables as ReportedVariable[]);
  return { b, variables, names: variables.map((v) => `${v.component}.${v.variable}`) };
}

describe("GetBaseReport", () => {
  it("ConfigurationInventory has what can be set, and only that (B07.FR.07)", async () => {
    const { variables, names } = await reported("ConfigurationInventory");
    expect(names).toContain("AuthCtrlr.LocalPreAuthorize");
    expect(variables.filter((v) => v.mutability === "ReadOnly")).toEqual([]);
  });

  it("FullInventory has all (B07.FR.08)", async () => {
    const { names } = await reported("FullInventory");
    expect(names).toEqual(
      expect.arrayContaining(["AuthCtrlr.LocalPreAuthorize", "AuthCacheCtrlr.Available"]),
    );
  });

  it("LocalAuthListCtrlr.Entries is how many there are, with the limit as maxLimit; 1.6 has the limit", async () => {
    const { b, variables } = await reported("FullInventory");
    const entries = variables.find((v) => v.component === "LocalAuthListCtrlr" && v.variable === "Entries");
    expect(entries).toMatchObject({ value: "2", maxLimit: 100_000 });
    expect(b.csms.commands.getSetting("LocalAuthListCtrlr.Entries")).toMatchObject({ value: "2" });
    expect(b.csms.commands.getSetting("LocalAuthListMaxLength")).toMatchObject({ value: "100000" });
  });
});
