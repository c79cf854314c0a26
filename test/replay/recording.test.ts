import { describe, expect, it } from "vitest";
import { exchangesOf } from "../../src/replay/exchanges.ts";
import { readRecording } from "../../src/replay/recording.ts";

const call = [2, "a", "Authorize", { idTag: "04A2241BC85E80" }];
const result = [3, "a", { idTagInfo: { status: "Accepted" } }];
const lines = (...values: unknown[]) => values.map((v) => JSON.stringify(v)).join("\n");

const exchange = {
  from: "station",
  action: "Authorize",
  payload: { idTag: "04A2241BC85E80" },
  answer: { kind: "result", payload: { idTagInfo: { status: "Accepted" } } },
};

const at = "2030-01-01T00:00:00.000Z";

/** The same exchange as different programs write it down. */
const logs: readonly [name: string, text: string][] = [
  ["bare OCPP-J frames", lines(call, result)],
  [
    "our facts",
    lines(
      { kind: "link", state: "connected", subprotocol: "ocpp1.6", time: at, station: "CP7" },
      {
        kind: "frame",
        direction: "out",
        raw: JSON.stringify(call),
        time: at,
        station: "CP7",
        source: "station",
      },
      { kind: "verdict", outcome: "accepted", time: at },
      {
        kind: "frame",
        direction: "in",
        raw: JSON.stringify(result),
        time: at,
        station: "CP7",
        source: "station",
      },
    ),
  ],
  [
    "our facts of station and central system",
    lines(
      { kind: "frame", direction: "out", raw: JSON.stringify(call), source: "station" },
      { kind: "frame", direction: "out", raw: JSON.stringify(call), source: "central" },
      { kind: "frame", direction: "in", raw: JSON.stringify(result), source: "central" },
      { kind: "frame", direction: "in", raw: JSON.stringify(result), source: "station" },
    ),
  ],
  [
    "trace records",
    lines(
      {
        schemaVersion: "1.1",
        direction: "cp-to-csms",
        messageType: "CALL",
        raw: JSON.stringify(call),
        timestamp: at,
      },
      {
        schemaVersion: "1.1",
        direction: "csms-to-cp",
        messageType: "CALLRESULT",
        raw: JSON.stringify(result),
      },
    ),
  ],
  [
    "a charger's own log with arrays",
    lines({ ts: 1893456000, dir: "TX", msg: call }, { ts: 1893456001, dir: "RX", msg: result }),
  ],
];

describe("readRecording", () => {
  it.each(logs)("reads %s", (_name, text) => {
    const recording = readRecording(text);
    expect(recording.problems).toEqual([]);
    const [first, ...others] = exchangesOf(recording);
    expect(first).toMatchObject(exchange);
    expect(others).toEqual([]);
  });

  it("gives each side its own answer where both use the same id and nothing tells directions", () => {
    const reset = [2, "a", "Reset", { type: "Soft" }];
    const text = lines(
      call,
      reset,
      result,
      [3, "a", { status: "Accepted" }],
      [3, "a", { status: "Rejected" }],
    );
    expect(exchangesOf(readRecording(text))).toMatchObject([
      exchange,
      { from: "csms", action: "Reset", answer: { kind: "result", payload: { status: "Accepted" } } },
    ]);
  });

  it("knows version, station and time where the log tells them", () => {
    const recording = readRecording(logs[1]?.[1] ?? "");
    expect(recording).toMatchObject({ version: "1.6", station: "CP7" });
    expect(recording.frames[0]?.at).toBe(Date.parse(at));
    expect(readRecording(logs[4]?.[1] ?? "").frames[0]?.at).toBe(1893456000000);
  });

  it("takes the messages of one station of several, in its own version", () => {
    const text = lines(
      { kind: "link", state: "connected", subprotocol: "ocpp1.6", time: at, station: "A" },
      { kind: "link", state: "connected", subprotocol: "ocpp2.0.1", time: at, station: "B" },
      ...["A", "B", "A"].map((station) => ({
        kind: "frame",
        direction: "out",
        raw: JSON.stringify(call),
        station,
        source: "station",
      })),
    );
    expect(readRecording(text)).toMatchObject({ stations: ["A", "B"], station: "A", version: "1.6" });
    const own = readRecording(text, { station: "B" });
    expect(own).toMatchObject({ station: "B", version: "2.0.1" });
    expect(own.frames).toHaveLength(1);
  });

  it("tells commands of the central system by their action, and gives answers to the caller of that id", () => {
    const text = lines([2, "x", "Reset", { type: "Soft" }], call, [3, "x", { status: "Accepted" }], result);
    expect(exchangesOf(readRecording(text))).toMatchObject([
      { from: "csms", action: "Reset", answer: { payload: { status: "Accepted" } } },
      exchange,
    ]);
  });

  it("gives an answer to the last CALL of its id, and an error its code", () => {
    const text = lines(call, [4, "a", "InternalError", "", {}], call, result);
    expect(exchangesOf(readRecording(text)).map((e) => e.answer?.kind)).toEqual(["error", "result"]);
  });

  it("names the lines that it cannot use, and uses the others", () => {
    const text = `not json\n\n${lines(call, [7, "x"], [2, "", "A", {}], 5, { messageType: "CALL", raw: "[" })}`;
    const recording = readRecording(text);
    expect(recording.problems.map((p) => p.line)).toEqual([1, 4, 5, 6, 7]);
    expect(recording.frames).toHaveLength(1);
  });
});
