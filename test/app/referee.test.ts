import type { AddressInfo } from "node:net";
import { RPCServer } from "ocpp-rpc";
import { describe, expect, it, onTestFinished } from "vitest";
import { createStation } from "../../src/index.ts";

/*
 * The outside referee judges the whole station: somebody else's OCPP server in strict mode is the central system, the
 * station is put together as users get it. Boot to stop, no validation error, the right order.
 */

interface Client {
  on(event: string, listener: (e: unknown) => void): void;
  handle(handler: (call: { method: string; params: Record<string, unknown> }) => object): void;
  call(action: string, params: object): Promise<object>;
}

const now = () => new Date().toISOString();
const accepted = { status: "Accepted" };

const answers: Record<string, Record<string, () => object>> = {
  "1.6": {
    BootNotification: () => ({ ...accepted, interval: 300, currentTime: now() }),
    Authorize: () => ({ idTagInfo: accepted }),
    StartTransaction: () => ({ transactionId: 7, idTagInfo: accepted }),
    StopTransaction: () => ({ idTagInfo: accepted }),
    Heartbeat: () => ({ currentTime: now() }),
    DataTransfer: () => accepted,
    SignCertificate: () => accepted,
  },
  "2.0.1": {
    BootNotification: () => ({ ...accepted, interval: 300, currentTime: now() }),
    Authorize: () => ({ idTokenInfo: accepted }),
    TransactionEvent: () => ({ idTokenInfo: accepted }),
    Heartbeat: () => ({ currentTime: now() }),
  },
};

async function referee(version: "1.6" | "2.0.1") {
  const heard: string[] = [];
  const complaints: string[] = [];
  const clients: Client[] = [];
  const server = new RPCServer({ protocols: [`ocpp${version}`], strictMode: true });
  server.auth((accept: () => void) => accept());
  server.on("client", (client: Client) => {
    clients.push(client);
    for (const event of ["strictValidationFailure", "badMessage", "protocolError"]) {
      client.on(event, (e) => complaints.push(`${event}: ${JSON.stringify(e)}`));
    }
    client.handle(({ method, params }) => {
      heard.push(method === "TransactionEvent" ? `TransactionEvent ${params.eventType}` : method);
      return answers[version]?.[method]?.() ?? {};
    });
  });
  const http = await server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close({ force: true }));
  const { port } = http.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}`, heard, complaints, clients };
}

const expected = {
  "1.6": ["Authorize", "StartTransaction", "MeterValues", "StopTransaction", "Heartbeat"],
  "2.0.1": [
    "Authorize",
    "TransactionEvent Started",
    "TransactionEvent Updated",
    "TransactionEvent Ended",
    "Heartbeat",
  ],
};

describe.each(["1.6", "2.0.1"] as const)("a whole station of OCPP %s before an outside referee", (ocpp) => {
  it("boots, authorizes, charges, samples, stops and beats without one complaint", async () => {
    const far = await referee(ocpp);
    const station = await createStation({ csms: far.url, id: "CP1", ocpp, retapMs: 0 });
    onTestFinished(() => station.stop());
    await station.online();
    await station.plug();
    expect(await station.tap("04A2241BC85E80")).toMatchObject({ outcome: "accepted", by: "csms" });
    await station.waitFor({ kind: "transaction", event: "delivered", seqNo: 0 });
    const [client] = far.clients;
    await client?.call("TriggerMessage", {
      requestedMessage: ocpp === "1.6" ? "MeterValues" : "TransactionEvent",
    });
    const sample = ocpp === "1.6" ? "MeterValues" : "TransactionEvent";
    await station.waitFor({ kind: "frame", messageType: "CALLRESULT", action: sample });
    await station.tap("04A2241BC85E80");
    await station.waitFor({ kind: "transaction", event: "ended" });
    await station.waitFor({ kind: "transaction", event: "delivered", trigger: "StopAuthorized" });
    await station.unplug();
    await client?.call("TriggerMessage", { requestedMessage: "Heartbeat" });
    await station.waitFor({ kind: "frame", messageType: "CALLRESULT", action: "Heartbeat" });
    expect(far.complaints).toEqual([]);
    expect(far.heard[0]).toBe("BootNotification");
    expect(far.heard.slice(1).filter((h) => h !== "StatusNotification")).toEqual(expected[ocpp]);
    expect(station.facts().filter((f) => f.kind === "frame" && f.problem !== undefined)).toEqual([]);
  });
});

/** What a 1.6 station can be asked to say besides charging, and the message that brings it. */
const triggers: readonly (readonly [string, string, string])[] = [
  ["TriggerMessage", "BootNotification", "BootNotification"],
  ["TriggerMessage", "StatusNotification", "StatusNotification"],
  ["TriggerMessage", "FirmwareStatusNotification", "FirmwareStatusNotification"],
  ["TriggerMessage", "DiagnosticsStatusNotification", "DiagnosticsStatusNotification"],
  ["ExtendedTriggerMessage", "FirmwareStatusNotification", "SignedFirmwareStatusNotification"],
  ["ExtendedTriggerMessage", "LogStatusNotification", "LogStatusNotification"],
  ["ExtendedTriggerMessage", "SignChargePointCertificate", "SignCertificate"],
];

describe("a whole station of OCPP 1.6 before an outside referee", () => {
  it("says everything else that it can say", async () => {
    const far = await referee("1.6");
    const station = await createStation({
      csms: far.url,
      id: "CP1",
      retapMs: 0,
      // Security events are told from profile 1 on, and a certificate is the operator's.
      authorizationKey: "ab".repeat(16),
      settings: { "SecurityCtrlr.OrganizationName": "House" },
    });
    onTestFinished(() => station.stop());
    await station.online();
    const [client] = far.clients;
    await station.waitFor({ kind: "frame", messageType: "CALLRESULT", action: "SecurityEventNotification" });
    for (const [action, requestedMessage, brings] of triggers) {
      expect(await client?.call(action, { requestedMessage }), requestedMessage).toEqual(accepted);
      await station.waitFor({ kind: "frame", messageType: "CALLRESULT", action: brings });
    }
    expect(await station.dataTransfer("house", "hello", "there")).toMatchObject(accepted);
    expect(new Set(far.heard)).toEqual(
      new Set([...triggers.map(([, , brings]) => brings), "DataTransfer", "SecurityEventNotification"]),
    );
    expect(far.complaints).toEqual([]);
  });
});
