import type { AddressInfo } from "node:net";
import { RPCServer } from "ocpp-rpc";
import { expect, it, onTestFinished } from "vitest";
import { OcppCsms } from "../../src/ocpp/csms.ts";
import type { OcppVersion } from "../../src/ocpp/rpc/types.ts";
import { loadDialects, versions } from "../../src/ocpp/versions.ts";
import type { CsmsAnswer, CsmsRequestName, CsmsRequests, LinkEvent } from "../../src/station/ports.ts";
import type { TransactionEvent } from "../../src/station/types.ts";
import { Waiting } from "./central.ts";
import { csmsOptions } from "./connected.ts";
import { at, meter, obligingStation, started } from "./support.ts";

/*
 * An outside referee: somebody else's OCPP server in strict mode, as central system. It checks every message of both
 * sides against its schemas; a whole session must pass without one complaint.
 */

/** What of the referee's client is used here. */
interface Client {
  on(event: string, listener: (e: unknown) => void): void;
  handle(handler: (call: { method: string }) => object): void;
  call(action: string, params: object): Promise<object>;
}

const accepted = { status: "Accepted" };

/** What the central system answers, by action. */
const answers: Record<OcppVersion, Record<string, object>> = {
  "1.6": {
    BootNotification: { ...accepted, interval: 300, currentTime: at },
    StatusNotification: {},
    Authorize: { idTagInfo: { ...accepted, parentIdTag: "FAMILY" } },
    StartTransaction: { transactionId: 4711, idTagInfo: accepted },
    MeterValues: {},
    StopTransaction: { idTagInfo: accepted },
    Heartbeat: { currentTime: at },
    DataTransfer: accepted,
    FirmwareStatusNotification: {},
    SignedFirmwareStatusNotification: {},
    DiagnosticsStatusNotification: {},
    LogStatusNotification: {},
    SecurityEventNotification: {},
    SignCertificate: accepted,
  },
  "2.0.1": {
    BootNotification: { ...accepted, interval: 300, currentTime: at },
    StatusNotification: {},
    Authorize: { idTokenInfo: accepted },
    TransactionEvent: { idTokenInfo: accepted },
    MeterValues: {},
    NotifyReport: {},
    Heartbeat: { currentTime: at },
    DataTransfer: accepted,
    FirmwareStatusNotification: {},
    LogStatusNotification: {},
    SecurityEventNotification: {},
    SignCertificate: accepted,
    ReservationStatusUpdate: {},
  },
};

const ref = { evseId: 1, connectorId: 1 };
const status = (
  chargePointStatus: CsmsRequests["status"]["in"]["chargePointStatus"],
  connectorStatus: CsmsRequests["status"]["in"]["status"],
  evseId = 1,
): [CsmsRequestName, object] => [
  "status",
  { ...ref, evseId, status: connectorStatus, chargePointStatus, timestamp: at, errorCode: "NoError" },
];
const event = (members: Partial<TransactionEvent>): [CsmsRequestName, object] => {
  const { idToken: _, ...rest } = started;
  return ["transaction", { ...rest, evseId: 1, ...members }];
};
const card = started.idToken ?? { idToken: "", type: "ISO14443" };

/** A session as the domain asks for it, the same for every version. */
const session: [CsmsRequestName, object][] = [
  ["boot", { reason: "PowerUp", identity: { vendorName: "House", model: "M1", serialNumber: "S1" } }],
  status("Available", "Available", 0),
  status("Available", "Available"),
  ["authorize", { idToken: card }],
  status("Preparing", "Occupied"),
  event({ idToken: card, meterWh: 1000 }),
  status("Charging", "Occupied"),
  event({ eventType: "Updated", seqNo: 1, triggerReason: "ChargingStateChanged", chargingState: "Charging" }),
  event({ eventType: "Updated", seqNo: 2, triggerReason: "MeterValuePeriodic", meterValue: [meter] }),
  event({
    eventType: "Ended",
    seqNo: 3,
    triggerReason: "StopAuthorized",
    stoppedReason: "Local",
    idToken: card,
    meterWh: 2000,
    meterValue: [meter],
  }),
  status("Finishing", "Occupied"),
  ["meterValues", { evseId: 1, meterValue: [meter] }],
  ["heartbeat", {}],
];

const enabled = {
  component: "AuthCtrlr",
  variable: "Enabled",
  value: "true",
  mutability: "ReadWrite",
  dataType: "boolean",
};

/** What goes out beside charging. */
const besides: Record<OcppVersion, [CsmsRequestName, object][]> = {
  "1.6": [
    ["dataTransfer", { vendorId: "house", messageId: "m", data: { a: 1 } }],
    ["firmwareStatus", { status: "Downloading", signed: false }],
    ["firmwareStatus", { status: "SignatureVerified", requestId: 1, signed: true }],
    ["logStatus", { status: "Uploading", diagnostics: true }],
    ["logStatus", { status: "Uploaded", requestId: 2, diagnostics: false }],
    ["securityEvent", { type: "StartupOfTheDevice", timestamp: at, techInfo: "power" }],
    ["signCertificate", { csr: "-----BEGIN CERTIFICATE REQUEST-----" }],
  ],
  "2.0.1": [
    ["dataTransfer", { vendorId: "house", data: { a: 1 } }],
    ["firmwareStatus", { status: "Downloading", requestId: 1, signed: true }],
    ["logStatus", { status: "Uploaded", requestId: 2, diagnostics: false }],
    ["securityEvent", { type: "StartupOfTheDevice", timestamp: at }],
    ["signCertificate", { csr: "-----BEGIN CERTIFICATE REQUEST-----" }],
    ["reservationUpdate", { reservationId: 1, status: "Expired" }],
    ["report", { requestId: 1, seqNo: 0, tbc: false, generatedAt: at, variables: [enabled] }],
  ],
};

const inOrder: Record<OcppVersion, string[]> = {
  "1.6": [
    "BootNotification",
    "StatusNotification",
    "StatusNotification",
    "Authorize",
    "StatusNotification",
    "StartTransaction",
    "StatusNotification",
    "MeterValues",
    "StopTransaction",
    "StatusNotification",
    "MeterValues",
    "Heartbeat",
    "DataTransfer",
    "FirmwareStatusNotification",
    "SignedFirmwareStatusNotification",
    "DiagnosticsStatusNotification",
    "LogStatusNotification",
    "SecurityEventNotification",
    "SignCertificate",
  ],
  "2.0.1": [
    "BootNotification",
    "StatusNotification",
    "Authorize",
    "StatusNotification",
    "TransactionEvent",
    "StatusNotification",
    "TransactionEvent",
    "TransactionEvent",
    "TransactionEvent",
    "StatusNotification",
    "MeterValues",
    "Heartbeat",
    "DataTransfer",
    "FirmwareStatusNotification",
    "LogStatusNotification",
    "SecurityEventNotification",
    "SignCertificate",
    "ReservationStatusUpdate",
    "NotifyReport",
  ],
};

const token = { idToken: "04A2", type: "ISO14443" };
const chargingProfile = {
  chargingProfileId: 1,
  stackLevel: 0,
  chargingProfilePurpose: "TxDefaultProfile",
  chargingProfileKind: "Relative",
  chargingSchedule: { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 6.5 }] },
};
const signedFirmware = {
  location: "http://host/f",
  retrieveDateTime: at,
  signingCertificate: "-----BEGIN CERTIFICATE-----",
  signature: "AAAA",
};
const variable = { component: { name: "A" }, variable: { name: "B" } };
const certificateHashData = {
  hashAlgorithm: "SHA256",
  issuerNameHash: "AB",
  issuerKeyHash: "CD",
  serialNumber: "FFF",
} as const;

/** What the central system asks of the station, and hears. */
const commands: Record<OcppVersion, [string, object, object][]> = {
  "1.6": [
    ["RemoteStartTransaction", { connectorId: 1, idTag: "04A2" }, accepted],
    ["RemoteStopTransaction", { transactionId: 1 }, { status: "Rejected" }],
    ["Reset", { type: "Soft" }, accepted],
    ["UnlockConnector", { connectorId: 1 }, { status: "Unlocked" }],
    ["ChangeAvailability", { connectorId: 0, type: "Operative" }, accepted],
    ["ClearCache", {}, accepted],
    [
      "SendLocalList",
      { listVersion: 1, updateType: "Full", localAuthorizationList: [{ idTag: "A", idTagInfo: accepted }] },
      accepted,
    ],
    ["GetLocalListVersion", {}, { listVersion: 7 }],
    ["GetConfiguration", {}, { configurationKey: [{ key: "A.B", readonly: false, value: "c" }] }],
    ["ChangeConfiguration", { key: "A", value: "b" }, accepted],
    ["TriggerMessage", { requestedMessage: "Heartbeat" }, accepted],
    ["DataTransfer", { vendorId: "v" }, accepted],
    ["ReserveNow", { connectorId: 1, expiryDate: at, idTag: "A", reservationId: 1 }, accepted],
    ["CancelReservation", { reservationId: 1 }, accepted],
    ["SetChargingProfile", { connectorId: 1, csChargingProfiles: chargingProfile }, accepted],
    ["ClearChargingProfile", { id: 1 }, accepted],
    ["GetCompositeSchedule", { connectorId: 1, duration: 60 }, { status: "Rejected" }],
    ["GetDiagnostics", { location: "ftp://host/" }, { fileName: "log.jsonl" }],
    [
      "GetLog",
      { logType: "SecurityLog", requestId: 1, log: { remoteLocation: "ftp://host/" } },
      { ...accepted, filename: "log.jsonl" },
    ],
    ["UpdateFirmware", { location: "http://host/f", retrieveDate: at }, {}],
    ["SignedUpdateFirmware", { requestId: 1, firmware: signedFirmware }, accepted],
    ["ExtendedTriggerMessage", { requestedMessage: "LogStatusNotification" }, accepted],
    ["ExtendedTriggerMessage", { requestedMessage: "SignChargePointCertificate" }, accepted],
    ["CertificateSigned", { certificateChain: "x" }, accepted],
    ["InstallCertificate", { certificateType: "CentralSystemRootCertificate", certificate: "x" }, accepted],
    ["DeleteCertificate", { certificateHashData }, accepted],
    [
      "GetInstalledCertificateIds",
      { certificateType: "CentralSystemRootCertificate" },
      { ...accepted, certificateHashData: [certificateHashData] },
    ],
  ],
  "2.0.1": [
    ["RequestStartTransaction", { evseId: 1, remoteStartId: 1, idToken: token }, accepted],
    ["RequestStopTransaction", { transactionId: "t" }, accepted],
    ["Reset", { type: "OnIdle" }, accepted],
    ["UnlockConnector", { evseId: 1, connectorId: 1 }, { status: "Unlocked" }],
    ["ChangeAvailability", { operationalStatus: "Operative" }, accepted],
    ["ClearCache", {}, accepted],
    [
      "SendLocalList",
      {
        versionNumber: 1,
        updateType: "Full",
        localAuthorizationList: [{ idToken: token, idTokenInfo: accepted }],
      },
      accepted,
    ],
    ["GetLocalListVersion", {}, { versionNumber: 7 }],
    [
      "GetVariables",
      { getVariableData: [variable] },
      {
        getVariableResult: [
          { ...variable, attributeType: "Actual", attributeStatus: "Accepted", attributeValue: "c" },
        ],
      },
    ],
    [
      "SetVariables",
      { setVariableData: [{ ...variable, attributeValue: "d" }] },
      { setVariableResult: [{ ...variable, attributeType: "Actual", attributeStatus: "Accepted" }] },
    ],
    ["GetBaseReport", { requestId: 1, reportBase: "FullInventory" }, accepted],
    ["CertificateSigned", { certificateChain: "x" }, accepted],
    ["InstallCertificate", { certificateType: "CSMSRootCertificate", certificate: "x" }, accepted],
    ["DeleteCertificate", { certificateHashData }, accepted],
    [
      "GetInstalledCertificateIds",
      {},
      {
        ...accepted,
        certificateHashDataChain: [{ certificateType: "CSMSRootCertificate", certificateHashData }],
      },
    ],
    ["TriggerMessage", { requestedMessage: "SignChargingStationCertificate" }, accepted],
    ["TriggerMessage", { requestedMessage: "Heartbeat" }, accepted],
    ["DataTransfer", { vendorId: "v" }, accepted],
    ["GetTransactionStatus", {}, { messagesInQueue: false }],
    ["ReserveNow", { id: 1, expiryDateTime: at, idToken: token }, accepted],
    ["CancelReservation", { reservationId: 1 }, accepted],
    [
      "GetLog",
      { logType: "SecurityLog", requestId: 1, log: { remoteLocation: "ftp://host/" } },
      { ...accepted, filename: "log.jsonl" },
    ],
    ["UpdateFirmware", { requestId: 1, firmware: signedFirmware }, accepted],
  ],
};

/** The referee on a real socket: what came, what it complained of, and a way to ask. */
async function referee(version: OcppVersion) {
  const complaints: unknown[] = [];
  const actions: string[] = [];
  const clients = new Waiting<Client>();
  const server = new RPCServer({ protocols: [versions[version].subprotocol], strictMode: true });
  server.on("client", (client: Client) => {
    client.on("strictValidationFailure", (e: unknown) => complaints.push(e));
    client.on("badMessage", (e: unknown) => complaints.push(e));
    client.handle(({ method }: { method: string }) => {
      actions.push(method);
      const answer = answers[version][method];
      if (answer === undefined) complaints.push(`unexpected ${method}`);
      return answer ?? {};
    });
    clients.push(client);
  });
  const http = await server.listen(0, "127.0.0.1");
  onTestFinished(() => server.close({ force: true }));
  return {
    complaints,
    actions,
    clients,
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/CP001`,
  };
}

async function station(version: OcppVersion, url: string): Promise<OcppCsms> {
  const links = new Waiting<LinkEvent>();
  const csms = new OcppCsms(csmsOptions(url, await loadDialects([version])));
  onTestFinished(() => csms.close());
  const settings = { "A.B": { value: "c", readOnly: false } };
  const installed = [{ use: "CSMSRootCertificate", hash: certificateHashData }] as const;
  const { commands } = obligingStation({ installedCertificates: () => installed }, settings);
  csms.open({ link: (e) => links.push(e), commands, isRejected: () => false });
  expect(await links.next("the connection")).toMatchObject({ kind: "up" });
  return csms;
}

it.each(["1.6", "2.0.1"] as const)(
  "a referee of %s sees a whole session and has nothing to say",
  async (version) => {
    const { complaints, actions, clients, url } = await referee(version);
    const csms = await station(version, url);
    const client = await clients.next("the station");

    const [dialect] = await loadDialects([version]);
    const whole = [...session, ...besides[version]];
    // A message that is new to the dialect has to come here too.
    expect(new Set(whole.map(([kind]) => kind))).toEqual(new Set(Object.keys(dialect?.outgoing ?? {})));
    for (const [kind, request] of whole) {
      const answer: CsmsAnswer<unknown> = await csms.request(kind, request as never);
      expect(answer, kind).toMatchObject({ ok: true });
    }
    expect(actions).toEqual(inOrder[version]);

    // Nor may one of the central system's messages be left out.
    expect(new Set(commands[version].map(([action]) => action))).toEqual(
      new Set(Object.keys(dialect?.inbound ?? {})),
    );
    for (const [action, request, heard] of commands[version]) {
      expect(await client.call(action, request), action).toEqual(heard);
    }
    expect(complaints).toEqual([]);
  },
);
