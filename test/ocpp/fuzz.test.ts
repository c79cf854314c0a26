import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { createStation, type LibraryStation } from "../../src/index.ts";
import type { OcppVersion } from "../../src/ocpp/rpc/types.ts";
import { knownActions, payloadCheck } from "../../src/ocpp/schemas.ts";
import { inbound as inbound16 } from "../../src/ocpp/v16/inbound/index.ts";
import { inbound as inbound201 } from "../../src/ocpp/v201/inbound/index.ts";
import { ScriptedServer, until } from "../support/ws-server.ts";
import { requestsOf } from "./from-schema.ts";

/** A central system gone mad: what it sends is fuzz, what it is asked it answers well. */
class Fuzzer {
  readonly station: LibraryStation;
  readonly server: ScriptedServer;
  /** Frames that the station sent and that are no CALL. */
  readonly answers: unknown[][];
  readonly #version: OcppVersion;
  #probes = 0;

  private constructor(
    version: OcppVersion,
    server: ScriptedServer,
    station: LibraryStation,
    answers: unknown[][],
  ) {
    this.answers = answers;
    this.#version = version;
    this.server = server;
    this.station = station;
  }

  static async start(version: OcppVersion): Promise<Fuzzer> {
    const heard: unknown[][] = [];
    const server = await ScriptedServer.start({
      onConnection: (socket) =>
        socket.on("message", (data) => {
          const frame = JSON.parse(data.toString()) as unknown[];
          if (frame[0] !== 2) heard.push(frame);
          else socket.send(JSON.stringify([3, frame[1], answerTo(version, String(frame[2]))]));
        }),
    });
    const station = await createStation({ csms: server.url, id: "FUZZ", ocpp: version, retapMs: 0 });
    const self = new Fuzzer(version, server, station, heard);
    onTestFinished(async () => {
      await station.stop();
      await server.close();
    });
    await station.online();
    return self;
  }

  /** Sends it, then a CALL that every station answers; what came before that answer was said to the fuzz. */
  async send(frame: string | Uint8Array): Promise<unknown[][]> {
    const id = `probe-${++this.#probes}`;
    const from = this.answers.length;
    this.server.send(frame);
    this.server.send(JSON.stringify([2, id, "GetLocalListVersion", {}]));
    await until(`the answer to ${id}`, () => this.answers.some((f) => f[1] === id));
    const said = this.answers.slice(from).filter((f) => f[1] !== id);
    expect(
      this.answers.find((f) => f[1] === id)?.[0],
      `the probe after ${String(frame).slice(0, 200)} is answered well`,
    ).toBe(3);
    return said;
  }

  /** A card still charges, also when some nonsense happened to be a ChangeAvailability. */
  async lives(): Promise<void> {
    if (this.#version === "1.6")
      await this.send(`[2,"up","ChangeAvailability",{"connectorId":0,"type":"Operative"}]`);
    const verdict = await this.station.tap("04A2241BC85E80");
    expect(verdict?.outcome, `${this.#version} after the fuzz`).toBe("accepted");
  }
}

function answerTo(version: OcppVersion, action: string): object {
  const info = { status: "Accepted" };
  if (action === "BootNotification")
    return { status: "Accepted", interval: 300, currentTime: new Date().toISOString() };
  if (action === "Heartbeat") return { currentTime: new Date().toISOString() };
  if (action === "Authorize") return version === "1.6" ? { idTagInfo: info } : { idTokenInfo: info };
  if (action === "StartTransaction") return { transactionId: 1, idTagInfo: info };
  if (action === "DataTransfer") return info;
  return {};
}

const tables = { "1.6": inbound16, "2.0.1": inbound201 } as const;

/** A reset or a new profile breaks the connection, rightly: these are not fuzzed with words that could mean it. */
const quiet = (action: string) => !/Reset|NetworkProfile|Certificate|Firmware/.test(action);

/** Names that payloads use, and names that hurt careless programs. */
const name = fc.constantFrom(
  ...[
    "connectorId",
    "idTag",
    "idToken",
    "type",
    "evseId",
    "evse",
    "key",
    "value",
    "transactionId",
    "listVersion",
  ],
  ...[
    "updateType",
    "localAuthorizationList",
    "chargingProfile",
    "csChargingProfiles",
    "expiryDate",
    "duration",
  ],
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "", "\u0000", "length"],
);
const words = ["Full", "Differential", "Inoperative", "Operative", "A", "W", "MeterValues", "04A2241BC85E80"];
const scalar = fc.oneof(
  fc.constantFrom(...words, "", "\u0000\u001b[2J", "\ud800", "9".repeat(400), "null"),
  fc.constantFrom(0, -1, 1, 1.5, 1e308, -0, 2 ** 53, null, true, false),
  fc.string({ unit: "binary", maxLength: 60 }),
);
const payload = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie("value"), { maxLength: 4 }), tie("object")),
  object: fc
    .array(fc.tuple(name, tie("value")), { maxLength: 6 })
    // Written by hand: an object literal would lose __proto__ and keys that come twice.
    .map((pairs) => new Raw(`{${pairs.map(([k, v]) => `${JSON.stringify(k)}:${text(v)}`).join(",")}}`)),
})).object;

/** JSON text as it is. */
class Raw {
  readonly text: string;
  constructor(json: string) {
    this.text = json;
  }
}

function text(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(text).join(",")}]`;
  return JSON.stringify(value) ?? "null";
}

const messageId = fc.oneof(
  fc.uuid(),
  fc.constantFrom("", "x".repeat(36), "x".repeat(37), "x".repeat(5000), "\u0000", "__proto__"),
);

function callOf(version: OcppVersion) {
  const actions = [...Object.keys(tables[version]), ...knownActions(version)].filter(quiet);
  const action = fc.oneof(
    fc.constantFrom(...actions),
    fc.constantFrom("__proto__", "constructor", "toString", "", "NoSuchAction", "x".repeat(3000)),
  );
  return fc
    .tuple(messageId, action, payload)
    .map(([id, act, body]) => `[2,${text(id)},${text(act)},${text(body)}]`);
}

/** Anything but a good frame. */
function junkOf(version: OcppVersion) {
  return fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.json(),
    fc.tuple(callOf(version), fc.nat()).map(([frame, at]) => frame.slice(0, at % (frame.length + 1))),
    fc
      .tuple(fc.constantFrom(0, 3, 4, 5, 6, 7, -2, 2.5, 1e9, null, "2"), messageId, payload, fc.nat(6))
      .map(
        ([type, id, body, length]) =>
          `[${[text(type), text(id), text(body), text(body), '""', "{}"].slice(0, length).join(",")}]`,
      ),
    fc.constantFrom(
      "[".repeat(100_000),
      `{"a":`.repeat(5_000),
      "[2,",
      '[2,"a","Reset"',
      "\u0000",
      "[]",
      "null",
    ),
  );
}

const codes: Readonly<Record<OcppVersion, readonly string[]>> = {
  "1.6": [
    ...["NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError", "GenericError"],
    ...["FormationViolation", "PropertyConstraintViolation", "OccurenceConstraintViolation"],
    "TypeConstraintViolation",
  ],
  "2.0.1": [
    ...["FormatViolation", "GenericError", "InternalError", "MessageTypeNotSupported", "NotImplemented"],
    ...["NotSupported", "OccurrenceConstraintViolation", "PropertyConstraintViolation", "ProtocolError"],
    ...["RpcFrameworkError", "SecurityError", "TypeConstraintViolation"],
  ],
};

/** An answer is well formed whatever it answers; fuzz never makes our own code fail. */
function checkAnswer(version: OcppVersion, frame: readonly unknown[]): void {
  expect([3, 4]).toContain(frame[0]);
  expect(frame).toHaveLength(frame[0] === 3 ? 3 : 5);
  if (frame[0] === 3) return;
  expect(codes[version]).toContain(frame[2]);
  expect(frame[2], `${JSON.stringify(frame)}`).not.toBe("InternalError");
  expect(String(frame[3]).length).toBeLessThanOrEqual(255);
}

function parsed(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    return undefined;
  }
}

/** Our own reading of what OCPP-J asks: is this a CALL whose sender can be answered? */
function calledBy(frame: string): { id: string; action: string; payload: unknown } | undefined {
  const value = parsed(frame);
  if (!Array.isArray(value) || value.length !== 4 || value[0] !== 2) return undefined;
  const [, id, action, body] = value;
  if (typeof id !== "string" || id === "" || id.length > 36) return undefined;
  return { id, action: String(action), payload: body };
}

describe.each(["1.6", "2.0.1"] as const)("OCPP %s against a central system gone mad", (version) => {
  it("answers every CALL exactly once, as its schema allows, and says NotImplemented to unknown actions", async () => {
    const fuzzer = await Fuzzer.start(version);
    await fc.assert(
      fc.asyncProperty(callOf(version), async (frame) => {
        const said = await fuzzer.send(frame);
        for (const answer of said) checkAnswer(version, answer);
        const call = calledBy(frame);
        if (call === undefined) return;
        expect(said.map((f) => f[1])).toEqual([call.id]);
        const [answer] = said;
        const fits = payloadCheck(version)(call.action, "request", call.payload) === undefined;
        if (!knownActions(version).includes(call.action)) expect(answer?.[0]).toBe(4);
        else if (answer?.[0] === 3) expect(fits, "a CALLRESULT only to what fits the schema").toBe(true);
        if (answer?.[0] === 3)
          expect(payloadCheck(version)(call.action, "response", answer[2])).toBeUndefined();
      }),
      { numRuns: 400 },
    );
    await fuzzer.lives();
  });

  it("answers commands that fit their schema and mean nothing sensible, and none makes it fail", async () => {
    const fuzzer = await Fuzzer.start(version);
    const actions = Object.keys(tables[version]).filter(quiet);
    const command = fc
      .constantFrom(...actions)
      .chain((action) => fc.tuple(fc.constant(action), requestsOf(version, action), fc.uuid()));
    await fc.assert(
      fc.asyncProperty(command, async ([action, body, id]) => {
        expect(payloadCheck(version)(action, "request", body)).toBeUndefined();
        const said = await fuzzer.send(JSON.stringify([2, id, action, body]));
        for (const answer of said) checkAnswer(version, answer);
        expect(said.map((f) => f[1])).toEqual([id]);
        if (said[0]?.[0] === 3) expect(payloadCheck(version)(action, "response", said[0][2])).toBeUndefined();
      }),
      { numRuns: 1500 },
    );
  });

  it("answers junk with silence or one CALLERROR, and goes on", async () => {
    const fuzzer = await Fuzzer.start(version);
    await fc.assert(
      fc.asyncProperty(junkOf(version), async (frame) => {
        const said = await fuzzer.send(frame);
        expect(said.length).toBeLessThanOrEqual(1);
        for (const answer of said) checkAnswer(version, answer);
        const value = parsed(frame);
        const unsolicited = Array.isArray(value) && (value[0] === 3 || value[0] === 4);
        if (unsolicited) expect(said, "nobody asked for this result").toEqual([]);
        // 1.6J has no way to answer what has no id (errata 5.1 keeps it so); 2.0.1 part 4 §4.2.3 has "-1".
        if (value === undefined && version === "2.0.1") expect(said.every((f) => f[0] === 4)).toBe(true);
      }),
      { numRuns: 400 },
    );
    await fuzzer.lives();
  });

  it("reads no binary message as a frame", async () => {
    const fuzzer = await Fuzzer.start(version);
    const frame = new TextEncoder().encode(JSON.stringify([2, "bin", "GetLocalListVersion", {}]));
    const said = await fuzzer.send(frame);
    expect(said.filter((f) => f[0] === 3)).toEqual([]);
    await fuzzer.lives();
  });

  it("hangs up on a message that is larger than it reads, comes back and works", async () => {
    const fuzzer = await Fuzzer.start(version);
    fuzzer.server.send(`[2,"big","DataTransfer",{"vendorId":"v","data":"${"x".repeat(5 * 1024 * 1024)}"}]`);
    await fuzzer.station.waitFor({ kind: "link", state: "disconnected" }, { timeoutMs: 20_000 });
    await fuzzer.station.waitFor({ kind: "link", state: "connected" }, { timeoutMs: 20_000 });
    await fuzzer.lives();
  });

  it("a flood of CALLs gets an answer each, and nothing is kept of it", async () => {
    const fuzzer = await Fuzzer.start(version);
    const count = 3000;
    for (let n = 0; n < count; n++)
      fuzzer.server.send(JSON.stringify([2, `flood-${n}`, "GetLocalListVersion", {}]));
    await until("all answers", () => fuzzer.answers.length >= count, 25_000);
    expect(new Set(fuzzer.answers.map((f) => f[1])).size).toBe(count);
    await fuzzer.lives();
  });
});
