import type { Messages } from "../../dialect.ts";
import { cancelReservation } from "./cancel-reservation.ts";
import { certificateSigned } from "./certificate-signed.ts";
import { changeAvailability } from "./change-availability.ts";
import { clearCache } from "./clear-cache.ts";
import { dataTransfer } from "./data-transfer.ts";
import { deleteCertificate } from "./delete-certificate.ts";
import { getBaseReport } from "./get-base-report.ts";
import { getInstalledCertificateIds } from "./get-installed-certificate-ids.ts";
import { getLocalListVersion } from "./get-local-list-version.ts";
import { getLog } from "./get-log.ts";
import { getTransactionStatus } from "./get-transaction-status.ts";
import { getVariables } from "./get-variables.ts";
import { installCertificate } from "./install-certificate.ts";
import { requestStartTransaction } from "./request-start-transaction.ts";
import { requestStopTransaction } from "./request-stop-transaction.ts";
import { reserveNow } from "./reserve-now.ts";
import { reset } from "./reset.ts";
import { sendLocalList } from "./send-local-list.ts";
import { setVariables } from "./set-variables.ts";
import { triggerMessage } from "./trigger-message.ts";
import { unlockConnector } from "./unlock-connector.ts";
import { updateFirmware } from "./update-firmware.ts";

/** The CSMS-initiated actions of 2.0.1 that this station does. */
export const inbound: Messages["inbound"] = {
  CancelReservation: cancelReservation,
  CertificateSigned: certificateSigned,
  ChangeAvailability: changeAvailability,
  ClearCache: clearCache,
  DataTransfer: dataTransfer,
  DeleteCertificate: deleteCertificate,
  GetBaseReport: getBaseReport,
  GetInstalledCertificateIds: getInstalledCertificateIds,
  GetLocalListVersion: getLocalListVersion,
  GetLog: getLog,
  GetTransactionStatus: getTransactionStatus,
  GetVariables: getVariables,
  InstallCertificate: installCertificate,
  RequestStartTransaction: requestStartTransaction,
  RequestStopTransaction: requestStopTransaction,
  ReserveNow: reserveNow,
  Reset: reset,
  SendLocalList: sendLocalList,
  SetVariables: setVariables,
  TriggerMessage: triggerMessage,
  UnlockConnector: unlockConnector,
  UpdateFirmware: updateFirmware,
};
