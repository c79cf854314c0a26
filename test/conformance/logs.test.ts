import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { authority, serverCertificate } from "../support/certificates.ts";
import { ftpServer, ftpServerMissing } from "../support/ftp-server.ts";
import { skipUnlessRequired } from "../support/pcscd-package.ts";
import type { Rig, RigOptions } from "./rig.ts";
import { rule, testCase } from "./row.ts";
import { Workshop } from "./workshop.ts";

let workshop: Workshop;
beforeEach(async () => {
  workshop = await Workshop.open();
});
afterEach(() => workshop.close());

const with_ = (o: RigOptions = {}): RigOptions => ({
  ...o,
  get files() {
    return workshop.files;
  },
});

const Accepted = { status: "Accepted" };
const told = (rig: Rig, status: string) => rig.central.expect("DiagnosticsStatusNotification", { status });
const toldLog = (rig: Rig, status: string, requestId: number) =>
  rig.central.expect("LogStatusNotification", { status, requestId });

describe("GetDiagnostics (1.6 §5.9, §4.4)", () => {
  testCase("TC_045_1_CS", with_(), async (rig) => {
    const { fileName } = await rig.central.send("GetDiagnostics", { location: workshop.url("/logs") });
    await told(rig, "Uploading");
    await told(rig, "Uploaded");
    expect(fileName).toMatch(/^CP001-diagnostics-20300101T100000\d{3}Z-\w{8}\.jsonl$/);
    const [upload] = workshop.uploads;
    expect(upload?.path).toBe(`/logs/${fileName}`);
    const [station, settings, ...facts] = upload?.lines ?? [];
    expect(station).toMatchObject({ kind: "station", station: "CP001", vendorName: "tapstation" });
    expect(station?.versions).toMatchObject({ node: process.versions.node });
    expect(settings?.settings).toMatchObject({
      "OCPPCommCtrlr.FileTransferProtocols": "FTP,FTPS,HTTP,HTTPS",
    });
    expect(facts).toContainEqual(expect.objectContaining({ kind: "registration", status: "Accepted" }));
    expect(facts).toContainEqual(expect.objectContaining({ kind: "frame", action: "BootNotification" }));
  });

  testCase("TC_045_2_CS", with_(), async (rig) => {
    const { fileName } = await rig.central.send("GetDiagnostics", { location: workshop.url("/closed") });
    expect(fileName).toBeDefined();
    await told(rig, "Uploading");
    await told(rig, "UploadFailed");
  });

  rule(
    "§6.25",
    "startTime and stopTime count, and nothing to send has no file name",
    with_(),
    async (rig) => {
      await rig.pass(3600);
      await rig.station.plug();
      await rig.pass(3600);
      await rig.station.unplug();
      const location = workshop.url("/logs");
      const hour = { startTime: "2030-01-01T11:00:00Z", stopTime: "2030-01-01T11:30:00Z" };
      await rig.central.send("GetDiagnostics", { location, ...hour });
      await told(rig, "Uploading");
      await told(rig, "Uploaded");
      const verbs = workshop.uploads[0]?.lines.flatMap((l) => (l.kind === "control" ? [l.verb] : []));
      expect(verbs).toEqual(["plug"]);
      for (const empty of [
        { startTime: "2031-01-01T00:00:00Z" },
        { stopTime: "2029-01-01T00:00:00Z" },
        { startTime: hour.stopTime, stopTime: hour.startTime },
      ])
        expect(await rig.central.send("GetDiagnostics", { location, ...empty })).toEqual({});
      await rig.central.nothing();
      expect(workshop.uploads.length).toBe(1);
    },
  );

  rule("§6.25", "retries are tries in all, retryInterval apart", with_(), async (rig) => {
    const location = workshop.url("/closed");
    await rig.central.send("GetDiagnostics", { location, retries: 2, retryInterval: 30 });
    await told(rig, "Uploading");
    await rig.pass(29);
    await rig.central.nothing();
    await rig.pass(1);
    await told(rig, "Uploading");
    await told(rig, "UploadFailed");
  });

  rule("§5.17, §7.24", "TriggerMessage: Uploading while it does, else Idle", with_(), async (rig) => {
    const trigger = () =>
      rig.central.send("TriggerMessage", { requestedMessage: "DiagnosticsStatusNotification" }, Accepted);
    await trigger();
    await told(rig, "Idle");
    const location = workshop.url("/closed");
    await rig.central.send("GetDiagnostics", { location, retries: 2, retryInterval: 30 });
    await told(rig, "Uploading");
    await trigger();
    await told(rig, "Uploading");
    await rig.pass(30);
    await told(rig, "Uploading");
    await told(rig, "UploadFailed");
    await trigger();
    await told(rig, "Idle");
  });

  rule("power", "an upload that a power cut ended begins anew", with_(), async (rig) => {
    const location = workshop.url("/closed");
    await rig.central.send("GetDiagnostics", { location, retries: 2, retryInterval: 30 });
    await told(rig, "Uploading");
    await rig.station.power("cut");
    await rig.station.power("restore");
    await rig.central.expect("BootNotification");
    await told(rig, "Uploading");
    await told(rig, "UploadFailed");
  });

  rule("§4.4", "what could not be told is told on return: the latest status only", with_(), async (rig) => {
    const location = workshop.url("/closed");
    await rig.central.send("GetDiagnostics", { location, retries: 2, retryInterval: 30 });
    await told(rig, "Uploading");
    await rig.station.offline();
    await rig.pass(30);
    expect(rig.of("maintenance").at(-1)?.status).toBe("PermissionDenied");
    await rig.station.online();
    await told(rig, "UploadFailed");
    await rig.station.offline();
    await rig.station.online();
    await rig.central.nothing();
  });

  rule(
    "secrets",
    "neither the login of the location nor a password is in log or journal",
    with_(),
    async (rig) => {
      const location = workshop.url("/logs").replace("//", "//cp:s3cret-word@");
      await rig.central.send("GetDiagnostics", { location });
      await told(rig, "Uploading");
      await told(rig, "Uploaded");
      await rig.central.send("GetDiagnostics", { location: workshop.url("/logs") });
      await told(rig, "Uploading");
      await told(rig, "Uploaded");
      expect(JSON.stringify(workshop.uploads[1])).toContain("GetDiagnostics");
      expect(JSON.stringify([workshop.uploads, rig.facts])).not.toContain("s3cret-word");
    },
  );
});

describe("GetLog (1.6 security white paper N01)", () => {
  const getLog = (logType: string, requestId: number, at = "/logs", more: object = {}) => ({
    logType,
    requestId,
    log: { remoteLocation: workshop.url(at), ...more },
  });

  testCase("TC_079_CS", with_(), async (rig) => {
    const { filename } = await rig.central.send("GetLog", getLog("SecurityLog", 5), Accepted);
    await toldLog(rig, "Uploading", 5);
    await toldLog(rig, "Uploaded", 5);
    expect(workshop.uploads[0]?.path).toBe(`/logs/${filename}`);
    expect(filename).toMatch(/-security-/);
    expect(workshop.uploads[0]?.lines).toContainEqual(
      expect.objectContaining({ type: "StartupOfTheDevice", timestamp: "2030-01-01T10:00:00.000Z" }),
    );
  });

  rule("N01", "DiagnosticsLog of a period", with_(), async (rig) => {
    const period = { oldestTimestamp: "2030-01-01T10:00:00Z", latestTimestamp: "2030-01-01T10:00:01Z" };
    await rig.central.send("GetLog", getLog("DiagnosticsLog", 6, "/logs", period), Accepted);
    await toldLog(rig, "Uploading", 6);
    await toldLog(rig, "Uploaded", 6);
    const past = { latestTimestamp: "2029-01-01T00:00:00Z" };
    const answer = await rig.central.send("GetLog", getLog("DiagnosticsLog", 7, "/logs", past));
    expect(answer).toEqual({ status: "Rejected" });
    await rig.central.send("GetLog", getLog("SecurityLog", 8, "/logs", past), { status: "Rejected" });
  });

  rule("UploadLogStatusEnumType", "says why it failed", with_(), async (rig) => {
    for (const [at, status] of [
      ["/closed", "PermissionDenied"],
      ["/nowhere", "UploadFailure"],
    ] as const) {
      await rig.central.send("GetLog", getLog("SecurityLog", 5, at), Accepted);
      await toldLog(rig, "Uploading", 5);
      await toldLog(rig, status, 5);
    }
    const elsewhere = { logType: "SecurityLog", requestId: 5, log: { remoteLocation: "tftp://127.0.0.1/x" } };
    await rig.central.send("GetLog", elsewhere, Accepted);
    await toldLog(rig, "Uploading", 5);
    await toldLog(rig, "NotSupportedOperation", 5);
    await rig.central.send("GetLog", { ...elsewhere, log: { remoteLocation: "nonsense" } }, Accepted);
    await toldLog(rig, "Uploading", 5);
    await toldLog(rig, "BadMessage", 5);
  });

  rule(
    "N01",
    "ExtendedTriggerMessage: Uploading with its request while it does, else Idle",
    with_(),
    async (rig) => {
      const trigger = () =>
        rig.central.send("ExtendedTriggerMessage", { requestedMessage: "LogStatusNotification" }, Accepted);
      await trigger();
      expect(await rig.central.expect("LogStatusNotification")).toEqual({ status: "Idle" });
      const request = { ...getLog("SecurityLog", 5, "/closed"), retries: 2, retryInterval: 9 };
      await rig.central.send("GetLog", request, Accepted);
      await toldLog(rig, "Uploading", 5);
      await trigger();
      await toldLog(rig, "Uploading", 5);
    },
  );
});

describe("GetLog (2.0.1 N01)", () => {
  const request = (logType: string, requestId: number, at: string, more: object = {}) => ({
    logType,
    requestId,
    log: { remoteLocation: workshop.url(at), ...more },
  });
  const trigger = (rig: Rig) =>
    rig.central.send("TriggerMessage", { requestedMessage: "LogStatusNotification" }, Accepted);

  rule(
    "TC_N_25_CS (2.0.1)",
    "Retrieve Log Information - Diagnostics Log - Success",
    with_({ ocpp: "2.0.1" }),
    async (rig) => {
      const { filename } = await rig.central.send("GetLog", request("DiagnosticsLog", 3, "/logs"), Accepted);
      await toldLog(rig, "Uploading", 3);
      await toldLog(rig, "Uploaded", 3);
      expect(workshop.uploads[0]?.path).toBe(`/logs/${filename}`);
      expect(workshop.uploads[0]?.lines[0]).toMatchObject({ kind: "station" });
    },
  );

  rule(
    "TC_N_26_CS (2.0.1)",
    "Retrieve Log Information - Diagnostics Log - Upload failed: retries come after the first try",
    with_({ ocpp: "2.0.1" }),
    async (rig) => {
      const retried = { ...request("DiagnosticsLog", 3, "/nowhere"), retries: 1, retryInterval: 4 };
      await rig.central.send("GetLog", retried, Accepted);
      await toldLog(rig, "Uploading", 3);
      await rig.pass(4);
      await toldLog(rig, "Uploading", 3);
      await toldLog(rig, "UploadFailure", 3);
    },
  );

  rule("TC_N_34_CS (2.0.1)", "Retrieve Log Information - Rejected", with_({ ocpp: "2.0.1" }), async (rig) => {
    const none = request("DiagnosticsLog", 3, "/logs", { oldestTimestamp: "2031-01-01T00:00:00Z" });
    expect(await rig.central.send("GetLog", none)).toEqual({ status: "Rejected" });
  });

  rule(
    "TC_N_35_CS (2.0.1)",
    "Retrieve Log Information - Security Log - Success",
    with_({ ocpp: "2.0.1" }),
    async (rig) => {
      await rig.central.send("GetLog", request("SecurityLog", 3, "/logs"), Accepted);
      await toldLog(rig, "Uploading", 3);
      await toldLog(rig, "Uploaded", 3);
      expect(workshop.uploads[0]?.lines[0]).toMatchObject({ type: "StartupOfTheDevice" });
    },
  );

  rule(
    "TC_F_15_CS, TC_F_16_CS",
    "Trigger message - LogStatusNotification",
    with_({ ocpp: "2.0.1" }),
    async (rig) => {
      await trigger(rig);
      expect(await rig.central.expect("LogStatusNotification")).toEqual({ status: "Idle" });
      const retried = { ...request("SecurityLog", 3, "/closed"), retries: 1, retryInterval: 60 };
      await rig.central.send("GetLog", retried, Accepted);
      await toldLog(rig, "Uploading", 3);
      await trigger(rig);
      await toldLog(rig, "Uploading", 3);
    },
  );

  rule(
    "TC_N_36_CS, N01.FR.12, FR.20",
    "a second request cancels the first, which says so",
    with_({ ocpp: "2.0.1" }),
    async (rig) => {
      workshop.mute.add("/stuck");
      const log = { remoteLocation: workshop.url("/stuck?signed=1") };
      workshop.mute.add("/stuck?signed=1");
      await rig.central.send("GetLog", { logType: "DiagnosticsLog", requestId: 1, log }, Accepted);
      await toldLog(rig, "Uploading", 1);
      workshop.files.hangs = false;
      const second = { logType: "SecurityLog", requestId: 2, log: { remoteLocation: workshop.url("/logs") } };
      await rig.central.send("GetLog", second, { status: "AcceptedCanceled" });
      await toldLog(rig, "AcceptedCanceled", 1);
      await toldLog(rig, "Uploading", 2);
      await toldLog(rig, "Uploaded", 2);
      await rig.central.send("TriggerMessage", { requestedMessage: "LogStatusNotification" }, Accepted);
      expect(await rig.central.expect("LogStatusNotification")).toEqual({ status: "Idle" });
    },
  );
});

rule(
  "N01, L01",
  "a server by HTTPS is trusted by the installed CSMSRootCertificates",
  with_(),
  async (rig) => {
    const root = await authority("File server root", { notAfter: new Date("2040-01-01") });
    const tls = await Workshop.open(await serverCertificate(root));
    try {
      const log = { remoteLocation: tls.url("/logs") };
      const request = { logType: "SecurityLog", requestId: 5, log };
      await rig.central.send("GetLog", request, Accepted);
      await toldLog(rig, "Uploading", 5);
      await toldLog(rig, "UploadFailure", 5);
      expect(rig.of("maintenance").at(-1)?.detail).toMatch(/nobody knows the authority/);
      await rig.station.security.roots.install("CSMSRootCertificate", root.certificate);
      await rig.central.send("GetLog", request, Accepted);
      await toldLog(rig, "Uploading", 5);
      await toldLog(rig, "Uploaded", 5);
      expect(tls.uploads.length).toBe(1);
    } finally {
      await tls.close();
    }
  },
);

const missing = skipUnlessRequired(ftpServerMissing());
describe.skipIf(missing !== undefined)(`FTP${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  rule("§6.25", "the location is a directory on an FTP server, with a login", with_(), async (rig) => {
    const dir = mkdtempSync(path.join(tmpdir(), "tapstation-ftp-"));
    mkdirSync(path.join(dir, "logs"));
    const server = await ftpServer(dir);
    try {
      const { fileName } = await rig.central.send("GetDiagnostics", { location: `${server.url}/logs` });
      await told(rig, "Uploading");
      await told(rig, "Uploaded");
      const text = readFileSync(path.join(dir, "logs", String(fileName)), "utf8");
      expect(JSON.parse(text.split("\n")[0] ?? "")).toMatchObject({ kind: "station" });
      await rig.central.send("GetDiagnostics", { location: server.url.replace("pa%3A", "no") });
      await told(rig, "Uploading");
      await told(rig, "UploadFailed");
      expect(rig.of("maintenance").at(-1)?.detail).toMatch(/answered 530/);
    } finally {
      await server.close();
      rmSync(dir, { recursive: true });
    }
  });
});
