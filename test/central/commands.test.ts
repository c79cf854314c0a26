import { describe, expect, test } from "vitest";
import { DEMO } from "../../src/central/index.ts";
import { Received } from "../../src/central/received.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { eventually, iso14443, type RawStation, start, startTx } from "./support.ts";

const KNOWN = DEMO.card.hiddenId;
const BLOCKED = { idTagInfo: { status: "Blocked" } };

/** Answers every CALL of the central system with this payload. */
function obey(station: RawStation, payload: object): void {
  station.socket.on("message", (data) => {
    const [type, id] = JSON.parse(String(data)) as [number, string];
    if (type === 2) station.socket.send(JSON.stringify([3, id, payload]));
  });
}

describe("commands to stations", () => {
  test.each([
    ["1.6", "RemoteStartTransaction", { idTag: KNOWN, connectorId: 1 }],
    ["2.0.1", "RequestStartTransaction", { remoteStartId: 7, ...iso14443(KNOWN) }],
  ] as const)("%s: %s and its answer", async (version, action, payload) => {
    const { central, station } = await start();
    const cp = await station("CP1", version);
    obey(cp, { status: "Accepted" });
    expect(await central.send("CP1", action, payload)).toEqual({
      kind: "result",
      payload: { status: "Accepted" },
    });
    expect(cp.frames).toEqual([[2, expect.any(String), action, payload]]);
  });

  test("a payload that does not fit is refused here, and sent when it is meant", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    obey(cp, { status: "Rejected" });
    await expect(central.send("CP1", "Reset", { type: "Sometimes" })).rejects.toEqual(
      expect.objectContaining({
        code: "input.invalid",
        message: expect.stringContaining("Reset for CP1") as string,
        hint: expect.stringContaining("raw") as string,
      }),
    );
    expect(cp.frames).toEqual([]);
    expect(await central.send("CP1", "Reset", { type: "Sometimes" }, { raw: true })).toMatchObject({
      kind: "result",
    });
    expect(cp.frames).toMatchObject([[2, expect.any(String), "Reset", { type: "Sometimes" }]]);
  });

  test("an answer that does not fit is told apart", async () => {
    const { central, station } = await start();
    obey(await station("CP1"), { status: "Perhaps" });
    expect(await central.send("CP1", "ClearCache", {})).toMatchObject({ kind: "invalid" });
  });

  test("no answer in time, no connection, connection lost", async () => {
    const clock = new SimulatedClock();
    const { central, station } = await start({ clock });
    expect(await central.send("CP1", "ClearCache", {})).toEqual({ kind: "disconnected", sent: false });
    const cp = await station("CP1");
    const late = central.send("CP1", "ClearCache", {}, { timeoutMs: 5000 });
    await cp.frame("ClearCache", (f) => f[2] === "ClearCache");
    await clock.advance(5000);
    expect(await late).toEqual({ kind: "timeout" });
    const lost = central.send("CP1", "ClearCache", {});
    await eventually("the second ClearCache", () => cp.frames.length === 2 || undefined, cp.bell);
    cp.socket.terminate();
    expect(await lost).toEqual({ kind: "disconnected", sent: true });
  });

  test("the connection can be cut", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    expect(central.disconnect("CP1")).toBe(true);
    expect((await cp.ended()).code).toBe(1000);
    expect(central.disconnect("nobody")).toBe(false);
    expect(central.sendText("nobody", "[]")).toBe(false);
  });
});

describe("programmed answers", () => {
  test("the last one set counts; once is used up; taken away and cleared they are gone", async () => {
    const { central, facts, station } = await start();
    const cp = await station("CP1");
    const say = async () =>
      ((await cp.ask("Authorize", { idTag: KNOWN })).idTagInfo as { status: string }).status;
    const away = central.setAnswer("Authorize", { answer: BLOCKED });
    central.setAnswer("Authorize", { once: true, answer: { idTagInfo: { status: "Expired" } } });
    expect([await say(), await say()]).toEqual(["Expired", "Blocked"]);
    expect(facts).toEqual([]);
    central.setAnswer("Authorize", { station: "CP2", answer: { idTagInfo: { status: "Invalid" } } });
    central.setAnswer("Authorize", { when: (r) => r.messageId === "?", answer: {} });
    expect(await say()).toBe("Blocked");
    away();
    expect(await say()).toBe("Accepted");
    central.setAnswer("Authorize", { answer: BLOCKED });
    central.setAnswer("Heartbeat", { answer: { currentTime: "2031-01-01T00:00:00Z" } });
    central.clearAnswers("Authorize");
    expect(await say()).toBe("Accepted");
    expect(await cp.ask("Heartbeat", {})).toEqual({ currentTime: "2031-01-01T00:00:00Z" });
    central.setAnswer("Authorize", { answer: BLOCKED });
    central.clearAnswers();
    expect(await say()).toBe("Accepted");
  });

  test("a function may take the standard answer along", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    central.setAnswer("StartTransaction", {
      answer: (request, standard) => ({
        ...(standard() as object),
        idTagInfo: { status: "Invalid", parentIdTag: request.station },
      }),
    });
    const answer = await cp.ask("StartTransaction", startTx(KNOWN));
    expect(answer).toEqual({
      transactionId: central.book.transactions()[0]?.id,
      idTagInfo: { status: "Invalid", parentIdTag: "CP1" },
    });
  });

  test("an invalid payload goes out as it is", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    central.setAnswer("Authorize", { answer: { idTagInfo: { status: "Perhaps" }, more: 1 } });
    expect(await cp.ask("Authorize", { idTag: KNOWN })).toEqual({
      idTagInfo: { status: "Perhaps" },
      more: 1,
    });
  });

  test("a CALLERROR", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    central.setAnswer("Authorize", {
      error: { code: "InternalError", description: "on purpose", details: { a: 1 } },
    });
    expect(await cp.call("Authorize", { idTag: KNOWN })).toEqual([
      4,
      "m1",
      "InternalError",
      "on purpose",
      { a: 1 },
    ]);
  });

  test("no answer: the request lost before, or the answer after it was worked on; later requests are answered", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    for (const drop of ["request", "answer"] as const) {
      central.setAnswer("StartTransaction", { once: true, drop });
      const before = central.received.last;
      cp.socket.send(JSON.stringify([2, drop, "StartTransaction", startTx(KNOWN)]));
      await central.received.waitFor("StartTransaction", undefined, { after: before });
      await cp.ask("Heartbeat", {});
      expect(cp.frames.filter((f) => f[1] === drop)).toEqual([]);
      expect(central.book.transactions()).toHaveLength(drop === "request" ? 0 : 1);
    }
  });

  test("a late answer, on the central system's clock", async () => {
    const clock = new SimulatedClock();
    const { central, station } = await start({ clock });
    const cp = await station("CP1");
    central.setAnswer("Authorize", { delayMs: 3000 });
    cp.socket.send(JSON.stringify([2, "late", "Authorize", { idTag: KNOWN }]));
    await central.received.waitFor("Authorize");
    await clock.advance(2999);
    await cp.ask("Heartbeat", {});
    expect(cp.frames.find((f) => f[1] === "late")).toBeUndefined();
    await clock.advance(1);
    expect((await cp.frame("the late answer", (f) => f[1] === "late"))[0]).toBe(3);
  });

  test("an answer under another message id", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    central.setAnswer("Authorize", { messageId: "somebody else's" });
    cp.socket.send(JSON.stringify([2, "mine", "Authorize", { idTag: KNOWN }]));
    const frame = await cp.frame("the answer", (f) => f[1] === "somebody else's");
    expect(frame).toEqual([3, "somebody else's", { idTagInfo: { status: "Accepted" } }]);
    await cp.ask("Heartbeat", {});
    expect(cp.frames.find((f) => f[1] === "mine")).toBeUndefined();
  });

  test("a programmed Pending is Pending: the station may say nothing else until it is Accepted", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    const boot = { chargePointVendor: "Tap", chargePointModel: "One" };
    const answer = (status: string) => ({ status, interval: 1, currentTime: "2030-01-01T00:00:00Z" });
    central.setAnswer("BootNotification", { once: true, answer: answer("Rejected") });
    await cp.ask("BootNotification", boot);
    expect((await cp.call("Heartbeat", {}))[2]).toBe("SecurityError");
    await cp.ask("BootNotification", boot);
    await cp.ask("Heartbeat", {});
  });
});

describe("received requests", () => {
  test("are recorded in order and can be waited for, before and after they came", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    const later = central.received.waitFor(
      "Authorize",
      (r) => (r.payload as { idTag: string }).idTag === "B",
    );
    await cp.ask("Authorize", { idTag: "A" });
    await cp.ask("Authorize", { idTag: "B" });
    expect(await later).toMatchObject({
      seq: 2,
      station: "CP1",
      version: "1.6",
      action: "Authorize",
      messageId: "m2",
      payload: { idTag: "B" },
    });
    expect(await central.received.waitFor("Authorize")).toMatchObject({ seq: 1 });
    expect(await central.received.waitFor("Authorize", undefined, { after: 1 })).toMatchObject({ seq: 2 });
    expect(central.received.all("Authorize").map((r) => r.seq)).toEqual([1, 2]);
  });

  test("a wait in vain names what was awaited, what came instead, and who waited", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    await cp.ask("Authorize", { idTag: "A" });
    const clock = new SimulatedClock();
    async function theWaitingStep() {
      return await central.received.waitFor("StopTransaction", undefined, {
        timeoutMs: 1500,
        clock,
        station: "CP1",
      });
    }
    const waiting = theWaitingStep().catch((e: unknown) => e as Error);
    await clock.advance(1500);
    const error = await waiting;
    expect(error).toMatchObject({
      code: "state.conflict",
      message:
        'No fitting StopTransaction came from CP1 within 1500 ms; these arrived: CP1 Authorize {"idTag":"A"}',
    });
    expect((error as Error).stack).toContain("theWaitingStep");
    expect(clock.pending).toBe(0);
  });

  test("are forgotten, the oldest first, when they are many or long", () => {
    const request = {
      station: "CP1",
      version: "1.6" as const,
      action: "Heartbeat",
      messageId: "1",
      payload: {},
      time: "",
    };
    const many = new Received();
    for (let i = 0; i < 10_000; i++) many.add(request, 20);
    expect(many.all().length).toBeGreaterThanOrEqual(2000);
    expect(many.all().length).toBeLessThanOrEqual(4000);
    expect(many.all().at(-1)?.seq).toBe(10_000);
    const long = new Received();
    for (let i = 0; i < 100; i++) long.add(request, 1024 * 1024);
    expect(long.all().length).toBeLessThanOrEqual(16);
    expect(long.all().at(-1)?.seq).toBe(100);
    expect(long.add(request, 1024 ** 3).seq).toBe(101);
    expect(long.all().map((r) => r.seq)).toEqual([101]);
  });

  test("a predicate that throws fails the wait", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    const waiting = central.received.waitFor("Heartbeat", () => {
      throw new Error("bad predicate");
    });
    const failed = expect(waiting).rejects.toThrow("bad predicate");
    await cp.ask("Heartbeat", {});
    await failed;
  });
});
