import { afterEach, expect, test } from "vitest";
import { Calls } from "../../../src/ocpp/rpc/calls.ts";
import { Link } from "../../../src/ocpp/rpc/link.ts";
import type { FrameRecord } from "../../../src/ocpp/rpc/types.ts";
import { payloadCheck } from "../../../src/ocpp/schemas.ts";
import { type Clock, SimulatedClock, systemClock } from "../../../src/util/clock.ts";
import { ScriptedServer, until } from "../../support/ws-server.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const fn of cleanUp.splice(0).reverse()) await fn();
});

/** A station's Link and Calls, wired as the adapters wire them. */
function station(url: string, clock: Clock) {
  const records: FrameRecord[] = [];
  let n = 0;
  const calls: Calls = new Calls({
    version: "1.6",
    clock,
    ids: { next: () => `s${++n}` },
    timeoutMs: 30_000,
    check: payloadCheck("1.6"),
    handler: () => ({ ok: true, payload: { status: "Accepted" } }),
    send: (text) => link.send(text),
    onFrame: (r) => records.push(r),
  });
  const link = new Link({
    url,
    subprotocols: ["ocpp1.6"],
    clock,
    random: () => 0,
    backOff: { waitMinimumS: 1, randomRangeS: 0, repeatTimes: 3 },
    connectTimeoutMs: 5_000,
    on: {
      up: () => calls.connected(),
      down: () => calls.disconnected(),
      message: (text) => calls.receive(text),
      fact: () => {},
    },
  });
  cleanUp.push(() => link.close());
  link.open();
  return { calls, link, records };
}

test("CALLs over a real socket: answered, cut off, and again after the reconnect", async () => {
  const server = await ScriptedServer.start();
  cleanUp.push(() => server.close());
  const clock = new SimulatedClock();
  const { calls, link, records } = station(`${server.url}/CP1`, clock);
  await until("up", () => link.connected);

  const first = calls.call("Authorize", { idTag: "04A2241BC85E80" });
  await until("asked", () => server.received.length === 1);
  server.send('[3,"s1",{"idTagInfo":{"status":"Accepted"}}]');
  expect(await first).toEqual({ kind: "result", payload: { idTagInfo: { status: "Accepted" } } });

  server.send('[2,"c1","Reset",{"type":"Soft"}]');
  await until("answered", () => server.received.length === 2);
  expect(server.received[1]).toBe('[3,"c1",{"status":"Accepted"}]');

  const cut = calls.call("Heartbeat", {});
  const waiting = calls.call("Heartbeat", {});
  await until("asked", () => server.received.length === 3);
  server.breakOff();
  expect(await cut).toEqual({ kind: "disconnected", sent: true });
  expect(await waiting).toEqual({ kind: "disconnected", sent: false });

  await clock.advance(1_000);
  await until("up again", () => link.connected);
  void calls.call("Heartbeat", {});
  await until("asked", () => server.received.length === 4);
  expect(new Set(records.map((r) => `${r.direction} ${r.id} ${r.messageType}`)).size).toBe(records.length);
});

test("a flood of rubbish over a real socket leaves the station working", async () => {
  const server = await ScriptedServer.start();
  cleanUp.push(() => server.close());
  const { calls, link } = station(`${server.url}/CP1`, systemClock);
  await until("up", () => link.connected);
  for (let i = 0; i < 5_000; i++)
    server.send(i % 3 === 0 ? "rubbish" : i % 3 === 1 ? Buffer.from([i]) : "[3,1]");
  for (let i = 0; i < 5_000; i++) server.send(`[2,"${i}","Reset",{"type":"Soft"}]`);
  await until("answered", () => server.received.length === 5_000);
  const alive = calls.call("Heartbeat", {});
  await until("asked", () => server.received.length === 5_001);
  server.send('[3,"s1",{"currentTime":"2030-01-01T00:00:00Z"}]');
  expect((await alive).kind).toBe("result");
});
