import type { OCPP16 } from "typed-ocpp";
import type { FirmwareStatus, UploadStatus } from "../../station/types.ts";
import type { Messages } from "../dialect.ts";
import { defined } from "../wire.ts";

type Status16 = OCPP16.FirmwareStatusNotificationRequest["status"];
type DiagnosticsStatus = OCPP16.DiagnosticsStatusNotificationRequest["status"];

/** FirmwareStatus (1.6 §7.25) has seven; each other one is what the station is still at, or what became of it. */
const statuses: Readonly<Record<FirmwareStatus, Status16>> = {
  Downloaded: "Downloaded",
  DownloadFailed: "DownloadFailed",
  Downloading: "Downloading",
  Idle: "Idle",
  InstallationFailed: "InstallationFailed",
  Installing: "Installing",
  Installed: "Installed",
  DownloadScheduled: "Idle",
  DownloadPaused: "Downloading",
  InstallRebooting: "Installing",
  InstallScheduled: "Downloaded",
  InstallVerificationFailed: "InstallationFailed",
  InvalidSignature: "InstallationFailed",
  SignatureVerified: "Downloaded",
};

/** States in between, of which 1.6 itself says nothing unless it is asked. */
const unsaid: ReadonlySet<FirmwareStatus> = new Set([
  "DownloadScheduled",
  "DownloadPaused",
  "InstallRebooting",
  "InstallScheduled",
  "SignatureVerified",
]);

/** DiagnosticsStatus (1.6 §7.24): all failures are one. A cancelled upload is followed by another, and not told. */
const diagnosticsStatuses: Readonly<Record<UploadStatus, DiagnosticsStatus | undefined>> = {
  AcceptedCanceled: undefined,
  BadMessage: "UploadFailed",
  Idle: "Idle",
  NotSupportedOperation: "UploadFailed",
  PermissionDenied: "UploadFailed",
  Uploaded: "Uploaded",
  UploadFailure: "UploadFailed",
  Uploading: "Uploading",
};

/** Firmware and logs: 1.6's own messages, and those of the security white paper for what was asked for by its messages. */
export const maintenance: Pick<Messages["outgoing"], "firmwareStatus" | "logStatus"> = {
  firmwareStatus({ status, requestId, signed, triggered }) {
    const decode = () => ({});
    if (signed)
      return { action: "SignedFirmwareStatusNotification", payload: defined({ status, requestId }), decode };
    if (triggered !== true && unsaid.has(status)) return { answer: {} };
    return { action: "FirmwareStatusNotification", payload: { status: statuses[status] }, decode };
  },

  logStatus({ status, requestId, diagnostics }) {
    const decode = () => ({});
    if (diagnostics) {
      const said = diagnosticsStatuses[status];
      if (said === undefined) return { answer: {} };
      return { action: "DiagnosticsStatusNotification", payload: { status: said }, decode };
    }
    // The white paper's list lacks it.
    const said = status === "AcceptedCanceled" ? "UploadFailure" : status;
    return { action: "LogStatusNotification", payload: defined({ status: said, requestId }), decode };
  },
};
