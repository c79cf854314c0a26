import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { entriesOf, factLines, toTrace, traceLines } from "../../src/journal/export.ts";
import { openJournal } from "../../src/journal/journal.ts";
import type { FrameFact } from "../../src/station/facts.ts";
import { call, fact, numbered, presented, result } from "./support.ts";

/** The rules of the published trace format 1.1, as far as they can be broken by an OCPP-J producer. */
const schema = {
  type: "object",
  required: ["schemaVersion", "timestamp", "transport", "direction", "messageType"],
  additionalProperties: false,
  properties: {
    schemaVersion: { const: "1.1" },
    timestamp: { type: "string", format: "date-time" },
    ocppVersion: { type: "string" },
    transport: { enum: ["json", "soap"] },
    chargePointId: { type: "string" },
    direction: { enum: ["cp-to-csms", "csms-to-cp"] },
    messageType: { enum: ["CALL", "CALLRESULT", "CALLERROR"] },
    messageId: { type: "string" },
    action: { type: "string" },
    payload: {},
    raw: { type: "string" },
    error: {
      type: "object",
      additionalProperties: false,
      properties: { code: { type: "string" }, description: { type: "string" }, details: {} },
    },
    meta: { type: "object" },
  },
  allOf: [
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
    { if: { properties: { messageType: { const: "CALL" } } }, then: { required: ["action"] } },
    {
      if: { properties: { messageType: { const: "CALLERROR" } } },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
      then: { required: ["error"] },
      else: { properties: { error: false } },
    },
  ],
};
const ajv = new Ajv2020.default({ strict: false });
addFormats.default(ajv);
const fits = ajv.compile(schema);

const refusal: FrameFact = {
  kind: "frame",
  direction: "in",
  messageType: "CALLERROR",
  messageId: "m1",
  action: "Authorize",
  raw: '[4,"m1","InternalError","no","x"]',
};

describe("toTrace", () => {
  it("makes records of the public format", () => {
    const sent = toTrace({ ...fact(call("Authorize", { idTag: "A" })), seq: 5 }, "1.6");
    expect(sent).toEqual({
      schemaVersion: "1.1",
      timestamp: "2030-01-01T00:00:00.000Z",
      ocppVersion: "1.6",
      transport: "json",
      chargePointId: "CP001",
      direction: "cp-to-csms",
      messageType: "CALL",
      messageId: "m1",
      action: "Authorize",
      payload: { idTag: "A" },
      raw: '[2,"m1","Authorize",{"idTag":"A"}]',
      meta: { seq: 5, source: "station" },
    });
    const answered = toTrace({
      ...fact({ ...result("Authorize", {}), injected: true, problem: "p" }),
      seq: 6,
    });
    expect(answered).toMatchObject({
      direction: "csms-to-cp",
      meta: { injected: true, problem: "p", ms: 12 },
    });
    const refused = toTrace({ ...fact(refusal), seq: 7 });
    expect(refused).toMatchObject({
      messageType: "CALLERROR",
      error: { code: "InternalError", description: "no", details: "x" },
    });
    for (const record of [sent, answered, refused]) expect([fits(record), fits.errors]).toEqual([true, null]);
  });

  it("holds a broken CALLERROR, and leaves out what the format cannot hold", () => {
    for (const raw of ["[4", '{"a":1}', '[4,"m1",5,{}]']) {
      const record = toTrace({ ...fact({ ...refusal, raw }), seq: 1 });
      expect(record).toMatchObject({ error: {}, raw });
      expect(fits(record)).toBe(true);
    }
    const { action: _, ...nameless } = call("Authorize", {});
    const none = [
      presented,
      nameless,
      { ...refusal, messageType: "INVALID" as const },
      { ...refusal, messageType: "SEND" as const },
    ];
    for (const body of none) expect(toTrace({ ...fact(body), seq: 1 })).toBeUndefined();
  });
});

describe("export", () => {
  it("reads a long journal in portions, in order", () => {
    const journal = openJournal();
    for (let n = 1; n <= 2500; n++) journal.append(numbered(n));
    expect([...entriesOf(journal, { afterSeq: 10 })].map((e) => e.seq)).toEqual(
      Array.from({ length: 2490 }, (_, i) => i + 11),
    );
    expect([...entriesOf(journal, { last: 3 })].map((e) => e.seq)).toEqual([2498, 2499, 2500]);
    expect([...entriesOf(journal, { since: "2100-01-01" })]).toEqual([]);
  });

  it("writes facts as they are, one object a line", () => {
    const journal = openJournal();
    journal.append(fact(presented));
    journal.append(
      fact({ ...call("DataTransfer", {}), payload: JSON.parse("[".repeat(1e5) + "]".repeat(1e5)) }),
    );
    const lines = [...factLines(journal)].map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({ ...fact(presented), seq: 1 });
    expect(lines[1]).toMatchObject({ action: "DataTransfer", seq: 2 });
  });

  it("names the OCPP version of each frame by the connection before it", () => {
    const journal = openJournal();
    const link = (subprotocol: string, station: string) =>
      journal.append(
        fact({ kind: "link", state: "connected", url: "ws://localhost/", subprotocol }, 0, { station }),
      );
    journal.append(fact(call("Heartbeat", {})));
    link("ocpp1.6", "CP001");
    link("ocpp2.0.1", "CP002");
    journal.append(fact(call("Heartbeat", {}), 0, { station: "CP002" }));
    journal.append(fact(call("Heartbeat", {})));
    link("ocpp2.1", "CP001");
    journal.append(fact(call("Heartbeat", {})));
    journal.append(fact(call("Heartbeat", {}), 0, { source: "central" }));
    const records = [...traceLines(journal, { source: "station" })].map((line) => JSON.parse(line));
    expect(records.map((r) => r.ocppVersion)).toEqual([undefined, "2.0.1", "1.6", "2.1"]);
    for (const record of records) expect([fits(record), fits.errors]).toEqual([true, null]);
  });
});
