import type { OCPP20 } from "typed-ocpp";
import type { CsmsRequests, ReportedVariable } from "../../station/ports.ts";
import type { Messages } from "../dialect.ts";
import { clip, defined, idIfFits, idThatFits } from "../wire.ts";
import { meterValuesOf } from "./meter-values.ts";
import { tokenInfoOf, wireToken } from "./tokens.ts";
import { transactionEvent } from "./transactions.ts";

type ReportData = NonNullable<OCPP20.NotifyReportRequest["reportData"]>[number];

/** The domain's requests as 2.0.1 messages. */
export const outgoing: Messages["outgoing"] = {
  boot: ({ reason, identity }) => ({
    action: "BootNotification",
    payload: { reason, chargingStation: chargingStation(identity) },
    decode: ({ status, interval, currentTime }: OCPP20.BootNotificationResponse) => ({
      status,
      interval,
      currentTime,
    }),
  }),

  heartbeat: () => ({
    action: "Heartbeat",
    payload: {},
    decode: ({ currentTime }: OCPP20.HeartbeatResponse) => ({ currentTime }),
  }),

  // EVSE 0, the station itself, has no connector to tell of: 1.6's connector 0 is not there in 2.0.1 (G01).
  status: ({ evseId, connectorId, status, timestamp }) =>
    evseId === 0
      ? { answer: {} }
      : {
          action: "StatusNotification",
          payload: { evseId, connectorId, connectorStatus: status, timestamp },
          decode: () => ({}),
        },

  authorize: ({ idToken }) => ({
    action: "Authorize",
    payload: { idToken: wireToken(idToken) },
    decode: ({ idTokenInfo }: OCPP20.AuthorizeResponse) => ({ idTokenInfo: tokenInfoOf(idTokenInfo) }),
  }),

  transaction: (event) => ({
    action: "TransactionEvent",
    payload: transactionEvent(event),
    decode: ({ idTokenInfo }: OCPP20.TransactionEventResponse) =>
      idTokenInfo === undefined ? {} : { idTokenInfo: tokenInfoOf(idTokenInfo) },
  }),

  meterValues: ({ evseId, meterValue }) => {
    const values = meterValuesOf(meterValue);
    if (values.length === 0) return { answer: {} };
    return { action: "MeterValues", payload: { evseId, meterValue: values }, decode: () => ({}) };
  },

  reservationUpdate: ({ reservationId, status }) => ({
    action: "ReservationStatusUpdate",
    payload: { reservationId, reservationUpdateStatus: status },
    decode: () => ({}),
  }),

  dataTransfer: ({ vendorId, messageId, data }) => ({
    action: "DataTransfer",
    payload: defined({
      vendorId: idThatFits("vendorId", vendorId, 255),
      messageId: messageId === undefined ? undefined : idThatFits("messageId", messageId, 50),
      data,
    }),
    decode: (response: OCPP20.DataTransferResponse) =>
      defined({ status: response.status, data: response.data }),
  }),

  firmwareStatus: ({ status, requestId }) => ({
    action: "FirmwareStatusNotification",
    // Idle belongs to no request (L01.FR.20).
    payload: defined({ status, requestId: status === "Idle" ? undefined : requestId }),
    decode: () => ({}),
  }),

  logStatus: ({ status, requestId }) => ({
    action: "LogStatusNotification",
    payload: defined({ status, requestId }),
    decode: () => ({}),
  }),

  securityEvent: (event) => ({
    action: "SecurityEventNotification",
    payload: event,
    decode: () => ({}),
  }),

  signCertificate: ({ csr }) => ({
    action: "SignCertificate",
    payload: { csr, certificateType: "ChargingStationCertificate" },
    decode: ({ status }: OCPP20.SignCertificateResponse) => ({ status }),
  }),

  report: ({ variables, requestId, seqNo, tbc, generatedAt }) => ({
    action: "NotifyReport",
    payload: defined({
      requestId,
      generatedAt,
      seqNo,
      tbc,
      reportData: variables.length > 0 ? variables.map(reportData) : undefined,
    }),
    decode: () => ({}),
  }),
};

function chargingStation(
  identity: CsmsRequests["boot"]["in"]["identity"],
): OCPP20.BootNotificationRequest["chargingStation"] {
  const modem = defined({ iccid: idIfFits(identity.iccid, 20), imsi: idIfFits(identity.imsi, 20) });
  return defined({
    vendorName: clip(identity.vendorName, 50),
    model: clip(identity.model, 20),
    serialNumber: idIfFits(identity.serialNumber, 25),
    firmwareVersion: identity.firmwareVersion === undefined ? undefined : clip(identity.firmwareVersion, 50),
    modem: Object.keys(modem).length > 0 ? modem : undefined,
  });
}

/** ReportDataType. A write-only value is never told; a long one is clipped at ReportingValueSize's limit, 2500. */
function reportData(v: ReportedVariable): ReportData {
  const told = v.mutability !== "WriteOnly" && v.value !== undefined;
  return {
    component: { name: v.component },
    variable: defined({ name: v.variable, instance: v.instance }),
    variableAttribute: [defined({ value: told ? clip(v.value, 2500) : undefined, mutability: v.mutability })],
    variableCharacteristics: defined({
      dataType: v.dataType,
      supportsMonitoring: false,
      unit: v.unit === undefined ? undefined : clip(v.unit, 16),
      maxLimit: v.maxLimit,
    }),
  };
}
