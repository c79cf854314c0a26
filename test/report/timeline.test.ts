import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalEntry } from "../../src/journal/types.ts";
import { exchangesOf } from "../../web/report/exchanges.ts";
import { gapText, tickText } from "../../web/report/time.ts";
import { lanesOf } from "../../web/report/timeline/lanes.ts";
import { momentsOf } from "../../web/report/timeline/moments.ts";
import { evenScale, type Moment, ticks, trueScale } from "../../web/report/timeline/scale.ts";
import { thinned } from "../../web/report/timeline/thinned.ts";
import { stopsOf, walk } from "../../web/report/timeline/walk.ts";
import { fact, frame, partOf } from "./page-parts.ts";

const moments = fc
  .array(
    fc.record({ passed: fc.integer({ min: -5000, max: 4_000_000 }), room: fc.constantFrom(0, 0.4, 1, 8) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((parts) => {
    let ms = 1_000_000;
    return parts.map(({ passed, room }, order): Moment => {
      ms += passed;
      return { order, ms, room };
    });
  });

describe("scales", () => {
  it("even: everything stands in order, inside, and nothing that wants room touches its neighbour", () => {
    fc.assert(
      fc.property(moments, (all) => {
        const scale = evenScale(all);
        const places = all.map(({ order }) => scale.at(order));
        places.forEach((x, i) => {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(scale.length);
          const room = ((all[i]?.room ?? 0) + (all[i - 1]?.room ?? 0)) / 2;
          if (i > 0) expect(x - (places[i - 1] ?? 0)).toBeGreaterThanOrEqual(room - 1e-9);
        });
      }),
    );
  });

  it("even: a longer silence is drawn at least as wide, and never as wide as a day would be", () => {
    const width = (ms: number) => {
      const [gap] = evenScale([
        { order: 0, ms: 0, room: 1 },
        { order: 1, ms, room: 1 },
      ]).gaps;
      return gap === undefined ? 0 : gap.to - gap.from;
    };
    expect([999, 1000, 60_000, 3_600_000, 86_400_000].map((ms) => Math.round(width(ms) * 10) / 10)).toEqual([
      0, 1.5, 4.5, 7, 7,
    ]);
  });

  it("true: distances are times, and a clock that was set back leaves nothing outside", () => {
    const scale = trueScale([
      { order: 0, ms: 5000, room: 1 },
      { order: 1, ms: 6000, room: 1 },
      { order: 2, ms: 4000, room: 1 },
    ]);
    expect([0, 1, 2].map(scale.at)).toEqual([0, 1000, 0]);
  });

  it("ticks keep their distance and rise, whatever the zoom", () => {
    fc.assert(
      fc.property(
        moments,
        fc.double({ min: 0.00001, max: 50, noNaN: true }),
        fc.boolean(),
        (all, px, isTrue) => {
          const scale = isTrue ? trueScale(all) : evenScale(all);
          const end = scale.length;
          const found = ticks(scale, px, 70, 0, Math.min(end, 40_000 / px));
          expect(found.length).toBeLessThan(700);
          found.forEach((tick, i) => {
            const before = found[i - 1];
            if (before !== undefined) expect((tick.x - before.x) * px).toBeGreaterThanOrEqual(69.999);
          });
        },
      ),
    );
  });

  it("names times shortly", () => {
    expect([0, 5, 1500, 9000, 59_000, 60_000, 3_723_000].map(tickText)).toEqual([
      "0",
      "5 ms",
      "1.50 s",
      "9 s",
      "59 s",
      "0:01:00",
      "1:02:03",
    ]);
    expect([14_000, 300_000].map(gapText)).toEqual(["14 s", "5 min"]);
  });
});

describe("lanes", () => {
  const connector = (
    status: "Available" | "Occupied",
    chargePointStatus: "Available" | "Preparing" | "Charging",
  ) => fact({ kind: "connector", evseId: 1, connectorId: 1, status, chargePointStatus });
  const laneOf = (facts: readonly JournalEntry[], id: string) =>
    lanesOf(partOf(facts)).lanes.find((lane) => lane.id === id);

  it("a connector's statuses follow one another, the last one without end", () => {
    const facts = [
      connector("Available", "Available"),
      connector("Occupied", "Preparing"),
      connector("Occupied", "Charging"),
    ];
    expect(laneOf(facts, "Connector 1")?.spans).toMatchObject([
      { from: 0, to: 1, label: "Available" },
      { from: 1, to: 2, label: "Preparing" },
      { from: 2, label: "Charging" },
    ]);
    expect(laneOf(facts, "Connector 1")?.spans.at(-1)).not.toHaveProperty("to");
  });

  it("speaks of EVSEs and their statuses where 2.0.1 was negotiated, and draws the same status once", () => {
    const link = fact({ kind: "link", state: "connected", url: "ws://x", subprotocol: "ocpp2.0.1" });
    const facts = [link, connector("Occupied", "Preparing"), connector("Occupied", "Charging")];
    expect(laneOf(facts, "EVSE 1")?.spans).toMatchObject([{ from: 1, label: "Occupied" }]);
  });

  it("a card lies there from its presentation to its removal, two at once side by side", () => {
    const card = (event: "presented" | "removed", uid: string) =>
      fact({ kind: "card", event, reader: "virtual", uid });
    const facts = [card("presented", "AA"), card("presented", "BB"), card("removed", "AA")];
    expect(laneOf(facts, "card")?.spans).toMatchObject([
      { from: 0, to: 2, label: "AA" },
      { from: 1, label: "BB" },
    ]);
  });

  it("offline lasts from a loss to the next connection, and power from cut to up; the first connecting is no outage", () => {
    const link = (state: "connecting" | "connected" | "disconnected") =>
      fact({ kind: "link", state, url: "ws://x" });
    const facts = [
      link("connecting"),
      link("disconnected"),
      link("connecting"),
      link("connected"),
      fact({ kind: "power", event: "cut" }),
      fact({ kind: "power", event: "up" }),
    ];
    expect(lanesOf(partOf(facts)).bands).toMatchObject([
      { from: 1, to: 3, label: "offline" },
      { from: 4, to: 5, label: "no power" },
    ]);
    expect(lanesOf(partOf([link("connecting"), link("connected")])).bands).toEqual([]);
    const end = [link("connected"), fact({ kind: "power", event: "off" }), link("disconnected")];
    expect(lanesOf(partOf(end)).bands).toEqual([]);
  });

  it("frames of the station stand on the lane of their direction; the central system's view of them does not", () => {
    const facts = [
      frame("out", "CALL", "Authorize", "1"),
      frame("out", "CALL", "Authorize", "1", "central"),
      frame("in", "CALLERROR", "Authorize", "1"),
    ];
    expect(laneOf(facts, "out")?.items).toMatchObject([{ fact: 0, glyph: "●", label: "Authorize" }]);
    expect(laneOf(facts, "in")?.items).toMatchObject([{ fact: 2, glyph: "!", tone: "bad" }]);
  });

  it("pairs an answer with the CALL of its id that went the other way, on the same side", () => {
    const facts = [
      frame("out", "CALL", "Authorize", "1"),
      frame("in", "CALL", "Reset", "1"),
      frame("out", "CALLRESULT", "Reset", "1"),
      frame("in", "CALLRESULT", "Authorize", "1"),
      frame("in", "CALLRESULT", "Authorize", "1"),
    ];
    expect(exchangesOf(facts)).toEqual([
      { call: 1, answer: 2 },
      { call: 0, answer: 3 },
    ]);
  });

  it("gives a CALL room for its name, but not to each of many alike", () => {
    const facts = [1, 2, 3].map((id) => frame("out", "CALL", "MeterValues", String(id)));
    expect(momentsOf(partOf(facts)).map(({ room }) => room > 1)).toEqual([true, false, false]);
  });
});

describe("what would be drawn on one another", () => {
  const at = (...xs: number[]) => xs.map((x) => ({ x, bad: false }));
  const xs = (all: readonly { readonly x: number; readonly bad: boolean }[]) =>
    thinned(
      all,
      ({ x }) => x,
      ({ bad }) => bad,
    ).map(({ x, bad }) => (bad ? `${x}!` : `${x}`));

  it("is drawn once", () => {
    expect(xs(at(0, 1, 3, 4, 9, 10))).toEqual(["0", "4", "9"]);
  });

  it("gives way to what must not be missed, of which all are drawn", () => {
    const bad = (x: number) => ({ x, bad: true });
    expect(xs([...at(0, 20), bad(21), bad(22), ...at(23, 40)])).toEqual(["0", "21!", "22!", "40"]);
  });

  it("leaves nothing out that has room, and never leaves a stretch empty", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200), fc.boolean())), (raw) => {
        const all = raw.map(([x, bad]) => ({ x, bad })).sort((a, b) => a.x - b.x);
        const drawn = thinned(
          all,
          ({ x }) => x,
          ({ bad }) => bad,
        );
        for (const one of all) {
          expect(drawn.some(({ x }) => Math.abs(x - one.x) < 8)).toBe(true);
          if (one.bad) expect(drawn).toContain(one);
        }
      }),
    );
  });
});

describe("the walk along the lanes", () => {
  const lanes = [
    {
      items: [],
      spans: [
        { from: 2, to: 4, step: 0 },
        { from: 0, to: 1, step: 1 },
      ],
    },
    { items: [], spans: [] },
    {
      items: [
        { order: 1, fact: 7 },
        { order: 5, fact: 8 },
      ],
      spans: [],
    },
  ] as unknown as Parameters<typeof stopsOf>[0];
  const stops = stopsOf(lanes);

  it.each([
    ["ArrowRight", { lane: 0, at: 0 }, { lane: 0, at: 1 }],
    ["ArrowRight", { lane: 0, at: 1 }, { lane: 0, at: 1 }],
    ["ArrowLeft", { lane: 0, at: 0 }, { lane: 0, at: 0 }],
    ["End", { lane: 2, at: 0 }, { lane: 2, at: 1 }],
    ["Home", { lane: 2, at: 1 }, { lane: 2, at: 0 }],
    ["ArrowDown", { lane: 0, at: 1 }, { lane: 2, at: 0 }],
    ["ArrowUp", { lane: 2, at: 1 }, { lane: 0, at: 1 }],
    ["ArrowDown", { lane: 2, at: 1 }, { lane: 2, at: 1 }],
    ["x", { lane: 2, at: 1 }, undefined],
  ])("%s from %o leads to %o, past empty lanes", (key, from, to) => {
    expect(walk(stops, from, key)).toEqual(to);
  });
});
