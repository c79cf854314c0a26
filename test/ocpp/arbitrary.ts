import fc from "fast-check";
import type {
  IdToken,
  MeterValue,
  SampledValue,
  StoppedReason,
  TransactionEvent,
  TriggerReason,
} from "../../src/station/types.ts";

const timestamps = fc
  .date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
  .map((d) => d.toISOString());

const types: IdToken["type"][] = [
  "Central",
  "eMAID",
  "ISO14443",
  "ISO15693",
  "KeyCode",
  "Local",
  "MacAddress",
];

const triggers: TriggerReason[] = [
  "Authorized",
  "CablePluggedIn",
  "ChargingStateChanged",
  "Deauthorized",
  "EVCommunicationLost",
  "EVConnectTimeout",
  "MeterValueClock",
  "MeterValuePeriodic",
  "RemoteStart",
  "RemoteStop",
  "ResetCommand",
  "StopAuthorized",
  "Trigger",
  "UnlockCommand",
  "AbnormalCondition",
];

const reasons: StoppedReason[] = [
  "DeAuthorized",
  "EVDisconnected",
  "EmergencyStop",
  "GroundFault",
  "ImmediateReset",
  "Local",
  "Other",
  "OvercurrentFault",
  "PowerLoss",
  "PowerQuality",
  "Reboot",
  "Remote",
  "Timeout",
  "UnlockCommand",
];

const samples: fc.Arbitrary<SampledValue> = fc.record(
  {
    value: fc.double(),
    measurand: fc.oneof(
      fc.constantFrom(
        "Energy.Active.Import.Register",
        "Power.Active.Import",
        "SoC",
        "Temperature",
        "RPM",
        "Energy.Active.Net",
      ),
      fc.string(),
    ),
    unit: fc.constantFrom("Wh", "W", "A", "V", "Percent", "Celsius", "Hertz"),
    context: fc.constantFrom(
      "Transaction.Begin",
      "Transaction.End",
      "Sample.Periodic",
      "Interruption.Begin",
      "Other",
    ),
    phase: fc.oneof(fc.constantFrom("L1", "L2-N"), fc.string()),
    location: fc.oneof(fc.constantFrom("EV", "Outlet"), fc.string()),
  },
  { requiredKeys: ["value", "measurand", "unit", "context"] },
);

const meterValues: fc.Arbitrary<MeterValue[]> = fc.array(
  fc.record({ timestamp: timestamps, sampledValue: fc.array(samples, { maxLength: 6 }) }),
  { maxLength: 3 },
);

const shared = {
  timestamp: timestamps,
  triggerReason: fc.constantFrom(...triggers),
  seqNo: fc.nat(),
  transactionId: fc.uuid(),
  evseId: fc.integer({ min: 1, max: 64 }),
  connectorId: fc.constant(1),
  chargingState: fc.constantFrom("Charging", "EVConnected", "SuspendedEV", "SuspendedEVSE", "Idle"),
  stoppedReason: fc.constantFrom(...reasons),
  remoteStartId: fc.integer(),
  reservationId: fc.integer(),
  offline: fc.boolean(),
  meterWh: fc.double({ min: 0, max: 1e9, noNaN: true }),
  meterValue: meterValues,
} as const;

const required = [
  "eventType",
  "timestamp",
  "triggerReason",
  "seqNo",
  "transactionId",
  "evseId",
  "connectorId",
  "offline",
  "meterWh",
  "meterValue",
] as const;

/** Any transaction event of the domain; a Started one has a token. */
export function transactionEvents(o: { tokenMax: number }): fc.Arbitrary<TransactionEvent> {
  const idToken: fc.Arbitrary<IdToken> = fc.record({
    idToken: fc.string({ minLength: 1, maxLength: o.tokenMax }),
    type: fc.constantFrom(...types),
  });
  return fc.oneof(
    fc.record(
      { ...shared, idToken, eventType: fc.constant("Started" as const) },
      { requiredKeys: [...required, "idToken"] },
    ),
    fc.record(
      { ...shared, idToken, eventType: fc.constantFrom("Updated" as const, "Ended" as const) },
      { requiredKeys: [...required] },
    ),
  ) as fc.Arbitrary<TransactionEvent>;
}
