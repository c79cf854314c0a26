import type { Messages } from "../../dialect.ts";
import { byProfile } from "../profiles.ts";
import { cancelReservation } from "./cancel-reservation.ts";
import { certificateSigned } from "./certificate-signed.ts";
import { changeAvailability } from "./change-availability.ts";
import { changeConfiguration } from "./change-configuration.ts";
import { clearCache } from "./clear-cache.ts";
import { clearChargingProfile } from "./clear-charging-profile.ts";
import { dataTransfer } from "./data-transfer.ts";
import { deleteCertificate } from "./delete-certificate.ts";
import { extendedTriggerMessage } from "./extended-trigger-message.ts";
import { getCompositeSchedule } from "./get-composite-schedule.ts";
import { getConfiguration } from "./get-configuration.ts";
import { getDiagnostics } from "./get-diagnostics.ts";
import { getInstalledCertificateIds } from "./get-installed-certificate-ids.ts";
import { getLocalListVersion } from "./get-local-list-version.ts";
import { getLog } from "./get-log.ts";
import { installCertificate } from "./install-certificate.ts";
import { remoteStartTransaction } from "./remote-start-transaction.ts";
import { remoteStopTransaction } from "./remote-stop-transaction.ts";
import { reserveNow } from "./reserve-now.ts";
import { reset } from "./reset.ts";
import { sendLocalList } from "./send-local-list.ts";
import { setChargingProfile } from "./set-charging-profile.ts";
import { signedUpdateFirmware } from "./signed-update-firmware.ts";
import { triggerMessage } from "./trigger-message.ts";
import { unlockConnector } from "./unlock-connector.ts";
import { updateFirmware } from "./update-firmware.ts";

/** The CSMS-initiated actions of 1.6 that this station does. */
export const inbound: Messages["inbound"] = byProfile({
  CancelReservation: cancelReservation,
  CertificateSigned: certificateSigned,
  ChangeAvailability: changeAvailability,
  ChangeConfiguration: changeConfiguration,
  ClearCache: clearCache,
  ClearChargingProfile: clearChargingProfile,
  DataTransfer: dataTransfer,
  DeleteCertificate: deleteCertificate,
  ExtendedTriggerMessage: extendedTriggerMessage,
  GetCompositeSchedule: getCompositeSchedule,
  GetConfiguration: getConfiguration,
  GetDiagnostics: getDiagnostics,
  GetInstalledCertificateIds: getInstalledCertificateIds,
  GetLocalListVersion: getLocalListVersion,
  GetLog: getLog,
  InstallCertificate: installCertificate,
  RemoteStartTransaction: remoteStartTransaction,
  RemoteStopTransaction: remoteStopTransaction,
  ReserveNow: reserveNow,
  Reset: reset,
  SendLocalList: sendLocalList,
  SetChargingProfile: setChargingProfile,
  SignedUpdateFirmware: signedUpdateFirmware,
  TriggerMessage: triggerMessage,
  UnlockConnector: unlockConnector,
  UpdateFirmware: updateFirmware,
});
