import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { renderFact } from "../../../src/journal/lines/render.ts";
import { factKinds } from "../../../src/station/fact-shapes.ts";
import type { FactBody } from "../../../src/station/facts.ts";
import { fact } from "../../support/facts.ts";

const plain = pc.createColors(false);
const token = { idToken: "04A2241BC85E80", type: "ISO14443" } as const;
const frame = { kind: "frame", raw: "" } as const;
const call = { ...frame, messageType: "CALL", messageId: "1" } as const;

const rows: readonly (readonly [FactBody, string | undefined])[] = [
  [
    {
      kind: "card",
      event: "presented",
      reader: "virtual",
      uid: "04A2241BC85E80",
      cardType: "MIFARE Classic 1K",
    },
    "▪ card 04A2241BC85E80 MIFARE Classic 1K on virtual",
  ],
  [{ kind: "card", event: "removed", reader: "virtual", uid: "04A2" }, "▫ card taken away 04A2"],
  [
    { kind: "card", event: "ignored", reader: "virtual", why: "a second tap" },
    "▪ card ignored (a second tap)",
  ],
  [
    { kind: "charging", event: "limited", evseId: 1, detail: "paused", limit: { amps: 0 } },
    "charging limit on 1 paused",
  ],
  [
    { kind: "charging", event: "refused", evseId: 0, detail: "profile 7: no period" },
    "charging profile refused (profile 7: no period)",
  ],
  [{ kind: "signal", signal: "read", via: ["bell"] }, "♪ read on bell"],
  [{ kind: "signal", signal: "rejected", via: [] }, "♪ rejected (no buzzer)"],
  [{ kind: "signal", signal: "ready", via: [] }, undefined],
  [
    { ...call, direction: "out", action: "Authorize", payload: { idTag: "04A2241BC85E80" } },
    "→ Authorize idTag=04A2241BC85E80",
  ],
  [
    { ...call, direction: "out", action: "Authorize", payload: { idToken: token } },
    "→ Authorize idToken=04A2241BC85E80",
  ],
  [
    {
      ...frame,
      direction: "in",
      messageType: "CALLRESULT",
      action: "Authorize",
      payload: { idTagInfo: { status: "Invalid" } },
      ms: 12.3,
    },
    "← Authorize Invalid 12 ms",
  ],
  [
    {
      ...frame,
      raw: '[4,"1","InternalError","database is gone",{}]',
      direction: "in",
      messageType: "CALLERROR",
      action: "Authorize",
    },
    "← Authorize CALLERROR InternalError: database is gone",
  ],
  [
    { ...frame, raw: "no \u001b[2J frame", direction: "in", messageType: "INVALID", problem: "not JSON" },
    "← not a frame no ?[2J frame ! not JSON",
  ],
  [
    {
      ...call,
      direction: "out",
      action: "StatusNotification",
      payload: { connectorId: 1, status: "Charging", errorCode: "NoError" },
    },
    "→ StatusNotification Charging connectorId=1",
  ],
  [
    {
      kind: "verdict",
      token,
      outcome: "accepted",
      by: "csms",
      status: "Accepted",
      why: "the central system answered Accepted",
      ms: 8,
    },
    "✔ accepted 04A2241BC85E80 (central system, 8 ms)",
  ],
  [
    {
      kind: "verdict",
      token,
      outcome: "rejected",
      by: "csms",
      status: "Invalid",
      why: "the central system answered Invalid",
      ms: 24,
    },
    "✘ rejected 04A2241BC85E80 Invalid (central system, 24 ms)",
  ],
  [
    {
      kind: "verdict",
      token,
      outcome: "rejected",
      by: "station",
      status: "Accepted",
      why: "the token is valid, but no EVSE is free",
      ms: 3,
    },
    "✘ rejected 04A2241BC85E80 (the token is valid, but no EVSE is free, 3 ms)",
  ],
  [
    {
      kind: "verdict",
      token,
      outcome: "rejected",
      by: "list",
      status: "Blocked",
      why: "the local list says Blocked",
      ms: 1,
      info: { status: "Blocked", personalMessage: "call us" },
    },
    '✘ rejected 04A2241BC85E80 Blocked "call us" (the local list says Blocked, 1 ms)',
  ],
  [
    {
      kind: "access",
      idToken: "04A2",
      status: "Accepted",
      mode: "Whitelisting",
      modeFrom: "location",
      card: { nickname: "Blue card", user: "Ann Smith" },
      free: true,
      why: "the card is whitelisted",
    },
    'central: Accepted · Whitelisting (from the location) · card "Blue card" of Ann Smith · free of charge',
  ],
  [
    {
      kind: "access",
      idToken: "04A2",
      status: "Invalid",
      mode: "Roaming",
      modeFrom: "asset",
      free: false,
      why: "nobody knows it",
    },
    "central: Invalid: nobody knows it",
  ],
  [
    { kind: "newStation", subprotocol: "ocpp1.6", location: "Demo location", mode: "Whitelisting" },
    "central: station CP001 is new here: at Demo location, access mode Whitelisting (ocpp1.6)",
  ],
  [
    { kind: "authorization", event: "timeout", idToken: token, why: "no cable" },
    "authorization timeout: 04A2241BC85E80 (no cable)",
  ],
  [{ kind: "link", state: "connecting", url: "ws://h/CP001" }, "… connecting to ws://h/CP001"],
  [
    { kind: "link", state: "connected", url: "ws://h/CP001", subprotocol: "ocpp1.6" },
    "connected ws://h/CP001 (ocpp1.6)",
  ],
  [
    {
      kind: "link",
      state: "refused",
      url: "ws://h",
      why: "HTTP 401",
      hint: "Give --password.",
      retryInMs: 1500,
    },
    "refused ws://h (HTTP 401) Give --password. next try in 1.5 s",
  ],
  [{ kind: "registration", status: "Accepted", interval: 300 }, "registration Accepted (interval 300 s)"],
  [{ kind: "registration", status: "none" }, undefined],
  [
    {
      kind: "connector",
      evseId: 1,
      connectorId: 1,
      status: "Occupied",
      chargePointStatus: "Preparing",
      why: "plugged",
    },
    "connector 1 is Preparing (plugged)",
  ],
  [
    { kind: "connector", evseId: 0, connectorId: 0, status: "Available", chargePointStatus: "Available" },
    "station is Available",
  ],
  [
    {
      kind: "transaction",
      event: "started",
      transactionId: "T",
      evseId: 1,
      seqNo: 0,
      idToken: token,
      meterWh: 900,
      energyWh: 0,
    },
    "⚡ transaction on 1 started by 04A2241BC85E80 (meter 900 Wh)",
  ],
  [
    {
      kind: "transaction",
      event: "updated",
      transactionId: "T",
      evseId: 1,
      seqNo: 1,
      meterWh: 2134,
      energyWh: 1234,
      powerW: 11_000,
      chargingState: "Charging",
      offline: true,
    },
    "⚡ transaction on 1: charged 1.23 kWh 11.0 kW Charging (offline)",
  ],
  [
    {
      kind: "transaction",
      event: "ended",
      transactionId: "T",
      evseId: 1,
      seqNo: 2,
      meterWh: 3000,
      energyWh: 2100,
      reason: "Local",
    },
    "⚡ transaction on 1 ended: charged 2.10 kWh, meter 3.00 kWh (Local)",
  ],
  [
    {
      kind: "transaction",
      event: "delivered",
      transactionId: "T",
      evseId: 1,
      seqNo: 2,
      meterWh: 1,
      energyWh: 1,
    },
    undefined,
  ],
  [
    { kind: "whitelist", what: "list", event: "updated", version: 3, size: 2 },
    "local list updated version 3, 2 entries",
  ],
  [{ kind: "whitelist", what: "cache", event: "cleared" }, "cache cleared"],
  [{ kind: "power", event: "cut", detail: "power cut" }, "power is cut"],
  [
    { kind: "dataTransfer", direction: "out", vendorId: "com.example", status: "Accepted", data: "pong" },
    "data transfer to the central system: com.example Accepted pong",
  ],
  [
    { kind: "clock", by: "Heartbeat", shiftMs: -90_000, now: "2030-01-01T10:00:00.000Z" },
    "clock put back by 90 s, as Heartbeat says",
  ],
  [
    { kind: "lock", evseId: 1, event: "held", why: "the token is not valid" },
    "lock of 1 kept closed (the token is not valid)",
  ],
  [
    { kind: "security", event: "InvalidCsmsCertificate", techInfo: "expired", told: true },
    "security: InvalidCsmsCertificate (expired)",
  ],
  [{ kind: "security", event: "StartupOfTheDevice", told: false }, undefined],
  [
    { kind: "certificate", event: "refused", detail: "it has expired" },
    "certificate refused: it has expired",
  ],
  [{ kind: "certificate", event: "requested", detail: "for CP001" }, "certificate for CP001"],
  [
    { kind: "setting", name: "HeartbeatInterval", value: "60", by: "csms" },
    "setting HeartbeatInterval = 60 by the central system",
  ],
  [
    { kind: "setting", name: "AuthorizationKey", by: "person" },
    "setting AuthorizationKey (not shown) by hand",
  ],
  [
    {
      kind: "reservation",
      event: "made",
      reservationId: 5,
      evseId: 1,
      idToken: { idToken: "04A2", type: "ISO14443" },
      expiryDateTime: "2030-01-01T12:00:00Z",
    },
    "reservation 5 made: of connector 1 for 04A2 until 2030-01-01T12:00:00Z",
  ],
  [
    {
      kind: "reservation",
      event: "refused",
      reservationId: 6,
      idToken: { idToken: "04A2", type: "ISO14443" },
      expiryDateTime: "2030-01-01T12:00:00Z",
      why: "Occupied",
    },
    "reservation 6 refused: for any connector for 04A2 (Occupied)",
  ],
  [
    {
      kind: "maintenance",
      what: "firmware",
      status: "Installing",
      requestId: 7,
      file: "v2.img",
      detail: "2.0",
    },
    "firmware Installing: v2.img request 7 (2.0)",
  ],
  [
    {
      kind: "maintenance",
      what: "SecurityLog",
      status: "UploadFailure",
      file: "a.jsonl",
      detail: "too slow",
    },
    "security log UploadFailure: a.jsonl (too slow)",
  ],
  [
    { kind: "file", event: "received", name: "log.jsonl", bytes: 1234 },
    "central: file received: log.jsonl 1234 bytes",
  ],
  [{ kind: "control", verb: "plug", args: ["1"] }, "› plug 1"],
  [
    { kind: "reader", reader: "ACR122U", state: "lost", detail: "unplugged", hint: "Plug it in again." },
    "reader lost: ACR122U (unplugged) Plug it in again.",
  ],
  [{ kind: "reader", reader: "virtual", state: "ready" }, undefined],
  [{ kind: "reader", reader: "ACR122U", state: "ready" }, "reader ready: ACR122U"],
  [
    { kind: "fault", what: "GroundFailure", state: "raised", detail: "EVSE 1", hint: "clear 1" },
    "fault: GroundFailure (EVSE 1) clear 1",
  ],
  [{ kind: "fault", what: "GroundFailure", state: "cleared" }, "fault cleared: GroundFailure"],
];

describe("facts as lines", () => {
  it.each(rows)("%j", (body, expected) => {
    expect(renderFact(fact(body), plain)).toBe(expected);
  });

  it("are tried here for every kind", () => {
    expect(new Set(rows.map(([body]) => body.kind))).toEqual(new Set(factKinds));
  });

  it("say frames once: the central system's view is left out", () => {
    const body = { ...call, direction: "in", action: "Heartbeat" } as const;
    expect(renderFact(fact(body, "central"), plain)).toBeUndefined();
  });

  it("leave out answers to routine messages, unless something is wrong with them", () => {
    const body = {
      ...frame,
      direction: "in",
      messageType: "CALLRESULT",
      action: "Heartbeat",
      payload: {},
    } as const;
    expect(renderFact(fact(body), plain)).toBeUndefined();
    expect(renderFact(fact({ ...body, problem: "no currentTime" }), plain)).toContain("no currentTime");
  });

  it("are coloured where there are colours", () => {
    expect(renderFact(fact({ kind: "power", event: "cut" }), pc.createColors(true))).toContain("\x1b[31m");
  });

  it("cannot move the cursor, whatever the central system says", () => {
    const said = "\u001b[2J\u0007\r\n\u202e";
    for (const body of [
      { ...call, direction: "in", action: said, payload: { idTag: said, status: said } },
      { kind: "link", state: "refused", url: said, why: said, hint: said, subprotocol: said },
      { kind: "fault", what: said, state: "raised", detail: said, hint: said },
      { kind: "setting", name: said, value: said, by: "csms" },
    ] satisfies FactBody[]) {
      expect(renderFact(fact(body), plain)).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  });
});
