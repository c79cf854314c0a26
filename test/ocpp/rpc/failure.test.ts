import { describe, expect, it } from "vitest";
import { explainClose } from "../../../src/ocpp/rpc/failure.ts";

describe("a connection that was closed", () => {
  it.each([
    [4001, "A newer connection of this station took over"],
    [1000, "Another session for this charge point, another connection was opened"],
    [1008, "replaced"],
    [1000, "Duplicate connection"],
  ])("%i, %s: another station of the same identity", (code, reason) => {
    const { state, why, hint, takenOver } = explainClose(code, reason);
    expect([state, takenOver, hint]).toEqual(["disconnected", true, expect.stringContaining("--id")]);
    expect(why).toContain(reason);
  });

  it.each([
    [1000, ""],
    [1001, "The central system stops"],
    [1008, "no new connections now"],
    [1006, ""],
  ])("%i, %j: for another reason", (code, reason) => {
    expect(explainClose(code, reason)).toEqual({ state: "disconnected", why: expect.any(String) });
  });
});
