import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { localTime, parseMoment } from "../../../src/cli/time.ts";
import { LogLines, logLines, type Wanted, wantedFilter } from "../../../src/journal/lines/log-lines.ts";
import type { FrameFact } from "../../../src/station/facts.ts";
import { entries } from "../../support/facts.ts";

const plain = pc.createColors(false);

const call = (direction: "out" | "in", id: string, action: string, payload: unknown): FrameFact => {
  return { kind: "frame", direction, messageType: "CALL", messageId: id, action, payload, raw: "" };
};
const answer = (direction: "out" | "in", id: string, action: string, payload: unknown, ms = 5): FrameFact => {
  return { kind: "frame", direction, messageType: "CALLRESULT", messageId: id, action, payload, raw: "", ms };
};

const journal = entries(
  call("out", "1", "Authorize", { idTag: "04A2" }),
  { kind: "signal", signal: "read", via: ["bell"] },
  answer("in", "1", "Authorize", { idTagInfo: { status: "Invalid" } }),
  call("in", "2", "Reset", { type: "Soft" }),
  { ...answer("out", "2", "Reset", { status: "Accepted" }) },
  call("out", "3", "Heartbeat", {}),
  { ...call("out", "1", "Authorize", { idTag: "04A2" }), direction: "in", source: "central" },
);

const lines = (wanted: Wanted): string[] =>
  logLines(journal.filter(wantedFilter(wanted)), plain).map((l) => l.replace(/^\S+ \S+ /, ""));

describe("the log as lines", () => {
  it("puts a CALL and its answer on one line, at the CALL's time", () => {
    expect(logLines(journal.filter(wantedFilter({})), plain)).toEqual([
      `${localTime("2030-01-01T10:00:00.000Z")} → Authorize idTag=04A2 ← Invalid 5 ms`,
      `${localTime("2030-01-01T10:00:01.000Z")} ♪ read on bell`,
      `${localTime("2030-01-01T10:00:03.000Z")} ← Reset Soft → Accepted 5 ms`,
      `${localTime("2030-01-01T10:00:05.000Z")} → Heartbeat`,
    ]);
  });

  it("keeps an answer with its CALL when directions or tokens are asked for", () => {
    expect(lines({ direction: "out" })).toEqual(["→ Authorize idTag=04A2 ← Invalid 5 ms", "→ Heartbeat"]);
    expect(lines({ direction: "in" })).toEqual(["← Reset Soft → Accepted 5 ms"]);
    expect(lines({ token: "04a2" })).toEqual(["→ Authorize idTag=04A2 ← Invalid 5 ms"]);
  });

  it("takes the central system's view when asked to", () => {
    expect(lines({ source: "central" })).toEqual(["← Authorize idTag=04A2"]);
    expect(lines({ source: "all" })).toHaveLength(5);
  });

  it("says in a later portion what an answer answers, and names stations once there are several", () => {
    const lines = new LogLines(plain);
    const told = journal.slice(0, 3).map((e) => lines.portion([e]).map((l) => l.replace(/^\S+ \S+ /, "")));
    expect(told).toEqual([
      ["→ Authorize idTag=04A2"],
      ["♪ read on bell"],
      ["← Authorize idTag=04A2 Invalid 5 ms"],
    ]);
    const [other] = entries({ ...call("out", "9", "Heartbeat", {}), station: "CP002" });
    expect(other && lines.portion([other])[0]).toContain("CP002 → Heartbeat");
  });

  it("shows an answer alone when its CALL is not there, as in --follow", () => {
    expect(logLines(journal.slice(2, 3), plain)).toEqual([
      `${localTime("2030-01-01T10:00:02.000Z")} ← Authorize Invalid 5 ms`,
    ]);
  });

  it("names the stations when there are several", () => {
    const two = entries(call("out", "1", "Heartbeat", {}), {
      ...call("out", "1", "Heartbeat", {}),
      station: "CP002",
    });
    expect(logLines(two, plain).map((l) => l.split(" ")[2])).toEqual(["CP001", "CP002"]);
  });

  it("shows errors of the other side as such", () => {
    const failed = entries(call("out", "1", "Authorize", { idTag: "A" }), {
      ...answer("in", "1", "Authorize", undefined),
      messageType: "CALLERROR",
      raw: '[4,"1","InternalError","no",{}]',
    });
    expect(logLines(failed, plain)[0]).toContain("→ Authorize idTag=A ← CALLERROR InternalError: no 5 ms");
  });
});

describe("moments", () => {
  const now = new Date(2030, 0, 15, 12, 0, 0).getTime();
  const local = (...parts: [number, number, number, number?, number?]): string =>
    new Date(...parts).toISOString();
  it.each([
    ["10m", new Date(now - 600_000).toISOString()],
    ["2h", new Date(now - 7_200_000).toISOString()],
    ["today", local(2030, 0, 15)],
    ["yesterday", local(2030, 0, 14)],
    ["09:30", local(2030, 0, 15, 9, 30)],
    ["2030-01-01", local(2030, 0, 1)],
    ["2030-01-01 09:30", local(2030, 0, 1, 9, 30)],
    ["2030-01-01T10:00:00+02:00", "2030-01-01T08:00:00.000Z"],
  ])("%j is %s", (text, iso) => {
    expect(parseMoment(text, now, "--since")).toBe(iso);
  });

  it("are shown in local time, and read as they are shown", () => {
    const time = new Date(2030, 0, 5, 9, 3, 7, 45);
    expect(localTime(time.toISOString())).toBe("2030-01-05 09:03:07.045");
    expect(parseMoment(localTime(time.getTime()), now, "--since")).toBe(time.toISOString());
  });

  it.each(["soon", "", "10", "25:00", "2030-13-01", "2030-01-01T99:00", "999999d9"])(
    "%j is refused",
    (text) => {
      expect(() => parseMoment(text, now, "--since")).toThrow(expect.objectContaining({ code: "usage" }));
    },
  );
});
