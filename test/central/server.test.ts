import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { createCentral, DEMO } from "../../src/central/index.ts";
import { BOOT_16, connect, eventually, type RawStation, start, temporaryFile } from "./support.ts";

const KNOWN = DEMO.card.hiddenId;

/** A handshake whose path nobody tidies up on the way. */
function handshake(url: string, path: string, headers: Record<string, string> = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  const upgrade = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol": "ocpp1.6",
  };
  return new Promise((resolve, reject) => {
    const req = request({ hostname, port, path, headers: { ...upgrade, ...headers } });
    req.on("response", (res) => {
      let text = "";
      res.setEncoding("utf8");
      res.on("data", (d: string) => {
        text += d;
      });
      res.on("end", () => resolve(`${res.statusCode} ${text.trim()}`));
    });
    req.on("upgrade", (res, socket) => {
      socket.destroy();
      resolve(`${res.statusCode} ${res.headers["sec-websocket-protocol"]}`);
    });
    req.on("error", reject);
    req.end();
  });
}

const alive = async (s: RawStation) => expect(await s.ask("Heartbeat", {})).toHaveProperty("currentTime");

describe("the handshake", () => {
  test.each([
    [["ocpp1.6"], "ocpp1.6"],
    [["ocpp2.0.1", "ocpp1.6"], "ocpp2.0.1"],
    [["ocpp2.1", "ocpp1.6", "ocpp2.0.1"], "ocpp1.6"],
  ])("of %j agrees on %s: the station's preference counts", async (offered, agreed) => {
    const { central } = await start();
    expect((await connect(central.urlFor("CP1"), offered)).socket.protocol).toBe(agreed);
  });

  test.each([
    [["ocpp2.1"], /^400 .*speaks: ocpp1.6, ocpp2.0.1. The station offered: ocpp2.1/],
    [[], /^400 .*offered: none/],
  ])("of %j is refused and says what is spoken", async (offered, refusal) => {
    const { central } = await start();
    await expect(connect(central.urlFor("CP1"), offered)).rejects.toThrow(refusal);
    expect(central.stations()).toEqual([]);
  });

  test("a version that is switched off is not agreed on", async () => {
    const { central, station } = await start({ versions: ["2.0.1"] });
    await expect(station("CP1", "1.6")).rejects.toThrow(/^400 .*speaks: ocpp2.0.1\./);
    await alive(await station("CP1", "2.0.1"));
    expect(central.stations()).toHaveLength(1);
  });

  test.each([
    ["/ocpp/CP1", "101 ocpp1.6"],
    ["/ocpp/CP1?token=x", "101 ocpp1.6"],
    ["/ocpp/CP%201", "101 ocpp1.6"],
    ["/ocpp/", "404"],
    ["/ocpp", "404"],
    ["/", "404"],
    ["/CP1", "404"],
    ["/ocpp/a/b", "404"],
    ["/ocpp/../../etc/passwd", "404"],
    ["/ocpp/..", "400"],
    ["/ocpp/%2e%2e", "400"],
    ["/ocpp/..%2f..%2fetc%2fpasswd", "400"],
    ["/ocpp/CP%00", "400"],
    ["/ocpp/CP%0d%0aX-Evil:1", "400"],
    ["/ocpp/%ff", "400"],
    ["/ocpp/%", "400"],
    ["/ocpp/%20", "400"],
    [`/ocpp/${"x".repeat(49)}`, "400"],
    ["/ocpp/<script>", "400"],
  ])("of the path %s is answered with %s", async (path, status) => {
    const { central } = await start();
    expect(await handshake(central.url, path)).toMatch(new RegExp(`^${status}`));
    const ids = central.book.assets().map((a) => a.id);
    expect(ids).toHaveLength(status.startsWith("101") ? 1 : 0);
  });

  test("without WebSocket says how to connect", async () => {
    const { central } = await start();
    const http = central.url.replace("ws:", "http:");
    const res = await fetch(`${http}/CP1`);
    expect([res.status, await res.text()]).toEqual([426, expect.stringContaining("WebSocket")]);
    expect((await fetch(http.replace("/ocpp", "/other"))).status).toBe(404);
  });

  test("identities keep their case and their odd characters", async () => {
    const { central, station } = await start();
    for (const id of ["cp1", "CP1", "EV*Box @1|x", "Säule 7"]) await alive(await station(id));
    expect(central.stations().map((s) => s.id)).toEqual(["cp1", "CP1", "EV*Box @1|x", "Säule 7"]);
  });

  test("an unknown station is refused when stations do not register by connecting", async () => {
    const { central, station } = await start({ autoRegister: false });
    await expect(station("CP1")).rejects.toThrow(/^404 .*case-sensitive/);
    central.book.addAsset({ id: "TAP9" });
    await alive(await station("TAP9"));
    expect(central.book.assets()).toHaveLength(1);
  });
});

describe("connections", () => {
  test("a second connection of the same station replaces the first", async () => {
    const { central, station } = await start();
    const first = await station("CP1");
    const second = await station("CP1", "2.0.1");
    expect(await first.ended()).toMatchObject({
      code: 4001,
      reason: expect.stringContaining("newer") as string,
    });
    await alive(second);
    expect(central.stations()).toMatchObject([{ id: "CP1", version: "2.0.1" }]);
    second.socket.close();
    await eventually(
      "the station to be gone",
      () => central.stations().length === 0 || undefined,
      second.bell,
    );
  });

  test.each([
    "",
    "nonsense",
    "{}",
    "[]",
    "[2]",
    '[2,"x"]',
    "[9,1,2,3]",
    '[3,"never-asked",{}]',
    '[4,"never-asked","GenericError","",{}]',
    '[2,"p","__proto__",{}]',
    '[2,"p","constructor",{}]',
    '[2,"p","Authorize",null]',
    '[2,"p","Authorize",{"idTag":{"$gt":""}}]',
    `[2,"p","Authorize",${'{"a":'.repeat(2000)}1${"}".repeat(2000)}]`,
    "\u0000\ufffd",
  ])("survive the frame %j", async (frame) => {
    const { station } = await start();
    const cp = await station("CP1");
    cp.socket.send(frame);
    await alive(cp);
    expect(cp.frames.every((f) => f[0] === 3 || f[0] === 4)).toBe(true);
  });

  test.each([
    ["DoesNotExist", {}, "NotImplemented"],
    ["Reset", { type: "Hard" }, "NotImplemented"],
    ["Authorize", {}, /^(OccurenceConstraintViolation|ProtocolError|FormationViolation)$/],
    ["Authorize", { idTag: 7 }, "TypeConstraintViolation"],
    ["Authorize", { idTag: "x".repeat(21) }, /^(PropertyConstraintViolation|TypeConstraintViolation)$/],
  ])("answer a wrong %s %j with a CALLERROR", async (action, payload, code) => {
    const { facts, station } = await start();
    const cp = await station("CP1");
    const frame = await cp.call(action, payload);
    expect(frame[0]).toBe(4);
    expect(frame[2]).toMatch(code);
    expect(facts).toEqual([]);
    await alive(cp);
  });

  test("binary frames and oversized frames end the connection, not the central system", async () => {
    const { station } = await start();
    const [a, b] = [await station("A"), await station("B")];
    a.socket.send(Buffer.from('[2,"1","Heartbeat",{}]'));
    expect((await a.ended()).code).toBe(1003);
    b.socket.send(`[2,"1","DataTransfer",{"vendorId":"x","data":"${"x".repeat(1024 * 1024)}"}]`);
    expect((await b.ended()).code).toBe(1009);
    await alive(await station("A"));
  });

  test("a flood of requests is answered or cut off, and the others do not notice", async () => {
    const { central, station } = await start();
    const [flood, other] = [await station("FLOOD"), await station("OTHER")];
    for (let i = 0; i < 5000; i++) flood.socket.send(`[2,"${i}","Authorize",{"idTag":"T${i % 50}"}]`);
    await alive(other);
    await flood.frame("an answer to the flood", (f) => f[0] === 3 || f[0] === 4);
    expect(central.received.all().length).toBeLessThanOrEqual(4000);
  });

  test("a station that never reads is cut off", async () => {
    const { central, station } = await start();
    const deaf = await station("DEAF");
    deaf.socket.pause();
    let sent = true;
    for (let i = 0; sent && i < 1000; i++) sent = central.sendText("DEAF", "x".repeat(100_000));
    deaf.socket.resume();
    await deaf.ended();
    await eventually("the station to be gone", () => central.stations().length === 0 || undefined, deaf.bell);
  });
});

describe("the central system", () => {
  test("reports its own frames when asked, seen from the station", async () => {
    const { facts, station } = await start({ frames: true });
    const cp = await station("CP1");
    await cp.ask("Authorize", { idTag: KNOWN });
    const frames = facts.filter((f) => f.kind === "frame");
    expect(frames.map((f) => [f.direction, f.source, f.raw])).toEqual([
      ["out", "central", `[2,"m1","Authorize",{"idTag":"${KNOWN}"}]`],
      ["in", "central", '[3,"m1",{"idTagInfo":{"status":"Accepted"}}]'],
    ]);
    expect(frames[0]).toMatchObject({ messageType: "CALL", messageId: "m1", action: "Authorize" });
  });

  test("never reports a secret", async () => {
    const { central, facts, station } = await start({ frames: true });
    const cp = await station("CP1");
    void central.send("CP1", "ChangeConfiguration", { key: "AuthorizationKey", value: "0123456789abcdef" });
    await cp.frame("the command", (f) => f[2] === "ChangeConfiguration");
    expect(facts).toMatchObject([
      { kind: "link", state: "connected", subprotocol: "ocpp1.6" },
      { kind: "frame", direction: "in", action: "ChangeConfiguration" },
    ]);
    expect(JSON.stringify(facts)).not.toContain("0123456789abcdef");
  });

  test("keeps its records in a file, and stops twice without harm", async () => {
    const data = temporaryFile();
    const first = await createCentral({ data });
    const cp = await connect(first.urlFor("CP1"), "ocpp1.6");
    await cp.ask("BootNotification", BOOT_16);
    await Promise.all([first.close(), first.close()]);
    expect(await cp.ended()).toMatchObject({ code: 1001 });
    const { central } = await start({ data });
    expect(central.book.assets().map((a) => a.id)).toEqual(["CP1"]);
  });

  test("says what is wrong with its options, and which port is taken", async () => {
    const { central } = await start();
    const port = Number(new URL(central.url).port);
    const refused = (code: string, message: string) =>
      expect.objectContaining({
        code,
        message: expect.stringContaining(message) as string,
        hint: expect.any(String) as string,
      });
    await expect(createCentral({ port })).rejects.toEqual(refused("config.invalid", String(port)));
    await expect(createCentral({ port: 70_000 })).rejects.toEqual(refused("input.invalid", "port"));
    await expect(createCentral({ heartbeatInterval: 0 })).rejects.toEqual(
      refused("input.invalid", "heartbeatInterval"),
    );
  });

  test("listens on loopback", async () => {
    const { central } = await start();
    expect(central.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ocpp$/);
    expect(central.urlFor("a b/c")).toBe(`${central.url}/a%20b%2Fc`);
  });

  test("raises one fault while its records cannot be used, and clears it once", async () => {
    const data = temporaryFile();
    const { central, facts, station } = await start({ data });
    const cp = await station("CP1");
    const { Sql } = await import("../../src/central/sql.ts");
    const other = new Sql(data);
    other.run("ALTER TABLE card RENAME TO lost_card");
    for (let i = 0; i < 3; i++)
      expect((await cp.call("Authorize", { idTag: KNOWN }))[2]).toBe("InternalError");
    other.run("ALTER TABLE lost_card RENAME TO card");
    other.close();
    expect(await cp.ask("Authorize", { idTag: KNOWN })).toEqual({ idTagInfo: { status: "Accepted" } });
    expect(facts.filter((f) => f.kind === "fault").map((f) => f.state)).toEqual(["raised", "cleared"]);
    expect(central.stations()).toHaveLength(1);
  });
});

describe("a station that connects for the first time", () => {
  test("is told once, with its place and the access mode there", async () => {
    const data = temporaryFile();
    const first = await start({ data });
    first.central.book.addAsset({ id: "CP2", accessMode: "open" });
    await alive(await first.station("CP1"));
    await alive(await first.station("CP1"));
    await alive(await first.station("CP2", "2.0.1"));
    const common = { time: expect.any(String) as string, source: "central", location: DEMO.location };
    expect(first.newStations).toEqual([
      { ...common, kind: "newStation", station: "CP1", subprotocol: "ocpp1.6", mode: "Whitelisting" },
      { ...common, kind: "newStation", station: "CP2", subprotocol: "ocpp2.0.1", mode: "Open" },
    ]);
    await first.central.close();
    const second = await start({ data });
    await alive(await second.station("CP1"));
    expect(second.newStations).toEqual([]);
  });
});
