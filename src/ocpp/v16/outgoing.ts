import type { OCPP16 } from "typed-ocpp";
import type { CsmsRequests } from "../../station/ports.ts";
import type { SecurityEventType } from "../../station/types.ts";
import type { Messages } from "../dialect.ts";
import { clip, defined, idIfFits, idThatFits, oneOf, textOf } from "../wire.ts";
import { integerIdOf, unboundId } from "./bindings.ts";
import { maintenance } from "./maintenance.ts";
import { meterValuesOf } from "./meter-values.ts";
import { idTagOf, tokenInfoOf } from "./tokens.ts";
import { transactionMessages } from "./transactions.ts";

/** ChargePointErrorCode (1.6 §7.6). */
const errorCodes = [
  "ConnectorLockFailure",
  "EVCommunicationError",
  "GroundFailure",
  "HighTemperature",
  "InternalError",
  "LocalListConflict",
  "NoError",
  "OtherError",
  "OverCurrentFailure",
  "PowerMeterFailure",
  "PowerSwitchFailure",
  "ReaderFailure",
  "ResetFailure",
  "UnderVoltage",
  "OverVoltage",
  "WeakSignal",
] as const;

/** Security events that the 1.6 security white paper (§8) calls otherwise. */
const eventNames: Readonly<Partial<Record<SecurityEventType, string>>> = {
  CsmsFailedToAuthenticate: "CentralSystemFailedToAuthentication",
  FailedToAuthenticateAtCsms: "FailedToAuthenticationAtCentralSystem",
  InvalidChargingStationCertificate: "InvalidChargePointCertificate",
  InvalidCsmsCertificate: "InvalidCentralSystemCertificate",
};

/** The domain's requests as 1.6 messages. There is no report: 1.6 has none. */
export const outgoing: Messages["outgoing"] = {
  ...maintenance,

  boot: ({ identity }) => ({
    action: "BootNotification",
    payload: bootNotification(identity),
    decode: ({ status, interval, currentTime }: OCPP16.BootNotificationResponse) => ({
      status,
      interval,
      currentTime,
    }),
  }),

  heartbeat: () => ({
    action: "Heartbeat",
    payload: {},
    decode: ({ currentTime }: OCPP16.HeartbeatResponse) => ({ currentTime }),
  }),

  status: (status) => ({
    action: "StatusNotification",
    payload: statusNotification(status),
    decode: () => ({}),
  }),

  authorize: ({ idToken }) => ({
    action: "Authorize",
    payload: { idTag: idTagOf(idToken) },
    decode: ({ idTagInfo }: OCPP16.AuthorizeResponse) => ({ idTokenInfo: tokenInfoOf(idTagInfo) }),
  }),

  transaction: (event, context) => transactionMessages[event.eventType](event, context),

  meterValues: ({ evseId, transactionId, meterValue }, context) => {
    const values = meterValuesOf(meterValue);
    if (values.length === 0) return { answer: {} };
    const running = transactionId === undefined ? unboundId : integerIdOf(context.values, transactionId);
    return {
      action: "MeterValues",
      payload: defined({
        connectorId: evseId,
        transactionId: running === unboundId ? undefined : running,
        meterValue: values,
      }),
      decode: () => ({}),
    };
  },

  securityEvent: ({ type, ...event }) => ({
    action: "SecurityEventNotification",
    payload: { type: eventNames[type] ?? type, ...event },
    decode: () => ({}),
  }),

  signCertificate: ({ csr }) => ({
    action: "SignCertificate",
    payload: { csr },
    decode: ({ status }: { status: "Accepted" | "Rejected" }) => ({ status }),
  }),

  dataTransfer: ({ vendorId, messageId, data }) => ({
    action: "DataTransfer",
    payload: defined({
      vendorId: idThatFits("vendorId", vendorId, 255),
      messageId: messageId === undefined ? undefined : idThatFits("messageId", messageId, 50),
      data: textOf(data),
    }),
    decode: (response: OCPP16.DataTransferResponse) =>
      defined({ status: response.status, data: response.data }),
  }),
};

function bootNotification(identity: CsmsRequests["boot"]["in"]["identity"]): OCPP16.BootNotificationRequest {
  return defined({
    chargePointVendor: clip(identity.vendorName, 20),
    chargePointModel: clip(identity.model, 20),
    chargePointSerialNumber: idIfFits(identity.serialNumber, 25),
    firmwareVersion: identity.firmwareVersion === undefined ? undefined : clip(identity.firmwareVersion, 50),
    iccid: idIfFits(identity.iccid, 20),
    imsi: idIfFits(identity.imsi, 20),
  });
}

/** A code that 1.6 does not have goes as OtherError, with the code itself as the vendor's. */
function statusNotification(status: CsmsRequests["status"]["in"]): OCPP16.StatusNotificationRequest {
  const errorCode = oneOf(errorCodes, status.errorCode);
  return defined({
    connectorId: status.evseId,
    status: status.chargePointStatus,
    errorCode: errorCode ?? ("OtherError" as const),
    vendorErrorCode:
      status.vendorErrorCode ?? (errorCode === undefined ? clip(status.errorCode, 50) : undefined),
    vendorId: status.vendorId,
    info: status.info === undefined ? undefined : clip(status.info, 50),
    timestamp: status.timestamp,
  });
}
