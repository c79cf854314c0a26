import { describe, expect, it } from "vitest";
import { Refusal } from "../../src/ocpp/dialect.ts";
import type { FirmwareStatus, UploadStatus } from "../../src/station/types.ts";
import { ask, askLater, at, deeds, dialectOf, obligingStation, say } from "./support.ts";

/* Firmware, diagnostics and logs on the wire of both versions; what the station does is in test/station and test/conformance. */

const v16 = await dialectOf("1.6");
const v201 = await dialectOf("2.0.1");

const firmware: FirmwareStatus[] = [
  "Downloaded",
  "DownloadFailed",
  "Downloading",
  "Idle",
  "InstallationFailed",
  "Installing",
  "Installed",
  "DownloadScheduled",
  "DownloadPaused",
  "InstallRebooting",
  "InstallScheduled",
  "InstallVerificationFailed",
  "InvalidSignature",
  "SignatureVerified",
];
const uploads: UploadStatus[] = [
  "BadMessage",
  "Idle",
  "NotSupportedOperation",
  "PermissionDenied",
  "Uploaded",
  "UploadFailure",
  "Uploading",
];

describe("firmware status", () => {
  it.each(firmware)("%s goes as it is in the signed message and in 2.0.1, with its request", (status) => {
    const idle = status === "Idle";
    expect(say(v16, "firmwareStatus", { status, requestId: 5, signed: true })).toMatchObject({
      action: "SignedFirmwareStatusNotification",
      payload: { status, requestId: 5 },
    });
    const said = say(v201, "firmwareStatus", { status, requestId: 5, signed: true });
    expect(said).toMatchObject({ action: "FirmwareStatusNotification", payload: { status } });
    expect("payload" in said && "requestId" in said.payload).toBe(!idle);
  });

  it.each<[FirmwareStatus, string | undefined, string]>([
    ["Downloading", "Downloading", "Downloading"],
    ["Installed", "Installed", "Installed"],
    ["DownloadScheduled", undefined, "Idle"],
    ["DownloadPaused", undefined, "Downloading"],
    ["SignatureVerified", undefined, "Downloaded"],
    ["InstallScheduled", undefined, "Downloaded"],
    ["InstallRebooting", undefined, "Installing"],
    ["InvalidSignature", "InstallationFailed", "InstallationFailed"],
    ["InstallVerificationFailed", "InstallationFailed", "InstallationFailed"],
  ])("%s in 1.6's own message: %s by itself, %s when asked", (status, byItself, asked) => {
    const itself = say(v16, "firmwareStatus", { status, signed: false });
    expect("payload" in itself ? itself.payload : undefined).toEqual(byItself && { status: byItself });
    expect(say(v16, "firmwareStatus", { status, signed: false, triggered: true })).toMatchObject({
      action: "FirmwareStatusNotification",
      payload: { status: asked },
    });
  });
});

describe("log status", () => {
  it.each(uploads)("%s goes as it is, with its request", (status) => {
    for (const dialect of [v16, v201])
      expect(say(dialect, "logStatus", { status, requestId: 5, diagnostics: false })).toMatchObject({
        action: "LogStatusNotification",
        payload: { status, requestId: 5 },
      });
  });

  it("AcceptedCanceled is there in 2.0.1 only", () => {
    const cancelled = { status: "AcceptedCanceled", requestId: 5, diagnostics: false } as const;
    expect(say(v201, "logStatus", cancelled)).toMatchObject({ payload: { status: "AcceptedCanceled" } });
    expect(say(v16, "logStatus", cancelled)).toMatchObject({ payload: { status: "UploadFailure" } });
    expect(say(v16, "logStatus", { status: "AcceptedCanceled", diagnostics: true })).toEqual({ answer: {} });
  });

  it.each<[UploadStatus, string]>([
    ["Uploading", "Uploading"],
    ["Uploaded", "Uploaded"],
    ["Idle", "Idle"],
    ["UploadFailure", "UploadFailed"],
    ["PermissionDenied", "UploadFailed"],
    ["BadMessage", "UploadFailed"],
    ["NotSupportedOperation", "UploadFailed"],
  ])("%s of 1.6 diagnostics is %s", (status, said) => {
    expect(say(v16, "logStatus", { status, diagnostics: true })).toMatchObject({
      action: "DiagnosticsStatusNotification",
      payload: { status: said },
    });
  });
});

describe("what the central system asks", () => {
  const location = "ftp://user:secret@host/x";
  const signed = { location, retrieveDateTime: at, signingCertificate: "PEM", signature: "MEUC" };

  it("UpdateFirmware of 1.6 counts tries, 2.0.1 counts retries", async () => {
    const { commands, asked } = obligingStation();
    expect(await askLater(v16, "UpdateFirmware", { location, retrieveDate: at }, commands)).toEqual({});
    const three = { location, retrieveDate: at, retries: 3, retryInterval: 5 };
    expect(await askLater(v16, "UpdateFirmware", three, commands)).toEqual({});
    const request = { requestId: 9, firmware: { ...signed, installDateTime: at }, retries: 3 };
    expect(await askLater(v201, "UpdateFirmware", request, commands)).toEqual({ status: "Accepted" });
    expect(await askLater(v16, "SignedUpdateFirmware", request, commands)).toEqual({ status: "Accepted" });
    const unsigned = { location, retrieveDateTime: at };
    const all = { requestId: 9, ...signed, installDateTime: at, retryIntervalS: 10 };
    expect(deeds(asked)).toEqual([
      ["updateFirmware", { ...unsigned, tries: 1, retryIntervalS: 10 }],
      ["updateFirmware", { ...unsigned, tries: 3, retryIntervalS: 5 }],
      ["updateFirmware", { ...all, tries: 4 }],
      ["updateFirmware", { ...all, tries: 3 }],
    ]);
  });

  it("UpdateFirmware of 1.6 that cannot begin is refused by an error: its answer has no status", async () => {
    const { commands } = obligingStation({ updateFirmware: () => Promise.resolve({ status: "Rejected" }) });
    const answer = await askLater(v16, "UpdateFirmware", { location, retrieveDate: at }, commands);
    expect(answer).toBeInstanceOf(Refusal);
    expect(answer).toMatchObject({ code: "GenericError" });
  });

  it("GetDiagnostics without anything to send has no file name", () => {
    const { commands, asked } = obligingStation();
    const period = { startTime: at, stopTime: at };
    expect(ask(v16, "GetDiagnostics", { location, ...period, retries: 2 }, commands)).toEqual({
      fileName: "log.jsonl",
    });
    expect(deeds(asked)).toEqual([
      ["getLog", { log: "DiagnosticsLog", location, from: at, to: at, tries: 2, retryIntervalS: 10 }],
    ]);
    const empty = obligingStation({ getLog: () => ({ status: "Rejected" }) });
    expect(ask(v16, "GetDiagnostics", { location }, empty.commands)).toEqual({});
  });

  it("GetLog", () => {
    const { commands, asked } = obligingStation();
    const log = { remoteLocation: location, oldestTimestamp: at, latestTimestamp: at };
    const request = { logType: "SecurityLog", requestId: 3, log, retries: 0, retryInterval: 1 };
    for (const dialect of [v16, v201])
      expect(ask(dialect, "GetLog", request, commands)).toEqual({
        status: "Accepted",
        filename: "log.jsonl",
      });
    const domain = {
      log: "SecurityLog",
      requestId: 3,
      location,
      from: at,
      to: at,
      tries: 1,
      retryIntervalS: 1,
    };
    expect(deeds(asked)).toEqual(Array(2).fill(["getLog", domain]));
  });

  it.each([
    [v16, "TriggerMessage", "FirmwareStatusNotification", "FirmwareStatusNotification"],
    [v16, "TriggerMessage", "DiagnosticsStatusNotification", "DiagnosticsStatusNotification"],
    [v16, "ExtendedTriggerMessage", "FirmwareStatusNotification", "SignedFirmwareStatusNotification"],
    [v16, "ExtendedTriggerMessage", "LogStatusNotification", "LogStatusNotification"],
    [v16, "ExtendedTriggerMessage", "Heartbeat", "Heartbeat"],
    [v201, "TriggerMessage", "FirmwareStatusNotification", "SignedFirmwareStatusNotification"],
    [v201, "TriggerMessage", "LogStatusNotification", "LogStatusNotification"],
  ])("%o %s of %s", (dialect, action, requestedMessage, message) => {
    const { commands, asked } = obligingStation();
    expect(ask(dialect, action, { requestedMessage }, commands)).toEqual({ status: "Accepted" });
    expect(deeds(asked)).toEqual([["trigger", { message }]]);
  });
});
