import { expect, it } from "vitest";
import { running } from "../../support/station.ts";

it("a station that moves no files says so, and has nothing to tell", async () => {
  const b = await running();
  const { commands } = b.csms;
  const request = { location: "http://127.0.0.1/x", tries: 1, retryIntervalS: 1 };
  const retrieveDateTime = new Date(b.clock.now()).toISOString();
  expect(await commands.updateFirmware({ ...request, retrieveDateTime })).toEqual({ status: "NotSupported" });
  expect(commands.getLog({ ...request, log: "SecurityLog", requestId: 1 })).toEqual({ status: "Rejected" });
  expect(commands.getSetting("SupportedFileTransferProtocols")?.value).toBe("");
  for (const message of [
    "FirmwareStatusNotification",
    "SignedFirmwareStatusNotification",
    "LogStatusNotification",
    "DiagnosticsStatusNotification",
  ] as const)
    expect(commands.trigger({ message })).toEqual({ status: "Accepted" });
  await b.clock.advance(1);
  expect(b.csms.of("firmwareStatus").map((p) => [p.status, p.signed])).toEqual([
    ["Idle", false],
    ["Idle", true],
  ]);
  expect(b.csms.of("logStatus").map((p) => p.status)).toEqual(["Idle", "Idle"]);
  expect(b.store.values.names("firmware.")).toEqual([]);
});
