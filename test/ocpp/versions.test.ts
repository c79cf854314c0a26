import { expect, it } from "vitest";
import { isOcppVersion, loadDialects, versions } from "../../src/ocpp/versions.ts";
import { isAppError } from "../../src/util/errors.ts";

it("loads dialects in the order of preference, with their traits", async () => {
  const dialects = await loadDialects(["2.0.1", "1.6"]);
  expect(dialects.map(({ version, subprotocol, traits }) => [version, subprotocol, traits])).toEqual([
    [
      "2.0.1",
      "ocpp2.0.1",
      {
        typedTokens: true,
        idTokenMax: 36,
        offlineThreshold: true,
        nineStates: false,
        tokenUsesReservation: true,
      },
    ],
    [
      "1.6",
      "ocpp1.6",
      {
        typedTokens: false,
        idTokenMax: 20,
        offlineThreshold: false,
        nineStates: true,
        samplesInEnd: true,
        queuesReadings: true,
      },
    ],
  ]);
});

it.each(["2.0", "constructor", ""])("has no version %j", async (version) => {
  expect(isOcppVersion(version)).toBe(false);
  const error: unknown = await loadDialects([version]).catch((e: unknown) => e);
  expect(isAppError(error, "config.invalid")).toBe(true);
  expect(isAppError(error) && error.hint).toBe("Use one of: 1.6, 2.0.1.");
});

it("tells what it is about a version without loading its messages", () => {
  expect(Object.keys(versions).every(isOcppVersion)).toBe(true);
  expect(versions["1.6"].traits.idTokenMax).toBe(20);
});
