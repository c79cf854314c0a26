import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalEntry } from "../../src/journal/types.ts";
import type { PageStep, ScenarioPart } from "../../src/report/page-data.ts";
import type { FactBody } from "../../src/station/facts.ts";
import type { IndexEntry } from "../../web/report/data.ts";
import { exchangesOf } from "../../web/report/exchanges.ts";
import { besideCount, facetsOf, happeningsOf, isWanted, noFilter } from "../../web/report/happenings.ts";
import { groupsOf, isChosen } from "../../web/report/overview-filter.ts";
import { hrefOf, parseRoute } from "../../web/report/route.ts";
import { linesOfStep, sourceLines } from "../../web/report/source-lines.ts";
import { gapText, tickText } from "../../web/report/time.ts";
import { lanesOf } from "../../web/report/timeline/lanes.ts";
import { momentsOf } from "../../web/report/timeline/moments.ts";
import { evenScale, type Moment, ticks, trueScale } from "../../web/report/timeline/scale.ts";
import { stopsOf, walk } from "../../web/report/timeline/walk.ts";
import { crumbsOf, outerPath, underWay } from "../../web/report/under-way.ts";
import { yamlTokens } from "../../web/report/yaml.ts";

let seq = 0;
const fact = (body: FactBody, at = 0, source: "station" | "central" = "station"): JournalEntry => ({
  ...body,
  time: new Date(at).toISOString(),
  station: "CP001",
  source,
  seq: ++seq,
});
const frame = (
  direction: "out" | "in",
  messageType: "CALL" | "CALLRESULT" | "CALLERROR",
  action: string,
  messageId: string,
  source: "station" | "central" = "station",
): JournalEntry => fact({ kind: "frame", direction, messageType, action, messageId, raw: "[]" }, 0, source);

const partOf = (facts: readonly JournalEntry[], steps: readonly PageStep[] = []): ScenarioPart => ({
  source: "",
  steps,
  facts,
  order: facts.map((_, i) => i),
  failures: [],
  tries: [],
});

const step = (path: string, line: number, more: Partial<PageStep> = {}): PageStep => ({
  path,
  kind: "tap",
  title: "tap",
  file: "a.yaml",
  line,
  endLine: line,
  began: 0,
  beganAt: new Date(0).toISOString(),
  outcome: "passed",
  ...more,
});

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

describe("what happened", () => {
  const facts = [
    frame("out", "CALL", "Authorize", "1"),
    frame("in", "CALLRESULT", "Authorize", "1"),
    frame("out", "CALL", "Heartbeat", "2"),
    frame("out", "CALL", "Heartbeat", "2", "central"),
    fact({ kind: "card", event: "presented", reader: "virtual", uid: "04A2241BC85E80" }),
  ];
  const all = happeningsOf(partOf(facts));
  const shown = (filter: Partial<typeof noFilter>) =>
    all.filter((h) => isWanted(h, { ...noFilter, ...filter })).map(({ index }) => index);

  it.each([
    ["everything but the central system's view at first", {}, [0, 1, 2, 4]],
    ["the central system's view on demand", { everything: true }, [0, 1, 2, 3, 4]],
    ["an action with its answers", { names: new Set(["Authorize"]) }, [0, 1]],
    ["a kind of fact beside an action", { names: new Set(["card", "Heartbeat"]) }, [2, 4]],
    ["one direction", { direction: "in" as const }, [1]],
    ["a text wherever it stands, in either case", { text: "04a2241bc" }, [4]],
  ])("shows %s", (_, filter, expected) => {
    expect(shown(filter)).toEqual(expected);
  });

  it("counts what choosing a name would show, and what is left out unless everything is asked for", () => {
    const counts = (filter: Partial<typeof noFilter>) => {
      const { messages, others } = facetsOf(all, { ...noFilter, ...filter });
      return [...messages, ...others].map(({ name, count }) => [name, count]);
    };
    expect(counts({})).toEqual([
      ["Authorize", 2],
      ["Heartbeat", 1],
      ["card", 1],
    ]);
    expect(counts({ direction: "in" })).toEqual([
      ["Authorize", 1],
      ["Heartbeat", 0],
      ["card", 0],
    ]);
    expect(counts({ everything: true })).toContainEqual(["Heartbeat", 2]);
    expect(counts({ names: new Set(["Reset"]) })).toContainEqual(["Reset", 0]);
    expect(besideCount(all, noFilter)).toBe(1);
    expect(besideCount(all, { ...noFilter, names: new Set(["Authorize"]) })).toBe(0);
  });

  it("counts what it shows, whatever is asked for", () => {
    const filters = fc.record({
      names: fc.constant(new Set<string>()),
      direction: fc.constantFrom("all" as const, "out" as const, "in" as const),
      text: fc.constantFrom("", "heart", "04A2", "nothing"),
      everything: fc.boolean(),
    });
    fc.assert(
      fc.property(filters, (filter) => {
        const { messages, others } = facetsOf(all, filter);
        for (const { name, count } of [...messages, ...others])
          expect(shown({ ...filter, names: new Set([name]) })).toHaveLength(count);
      }),
    );
  });
});

describe("steps under way", () => {
  const steps = [
    step("steps.1", 1, { kind: "parallel", began: 0, ended: 9 }),
    step("steps.1#1.1", 2, { began: 1, ended: 4 }),
    step("steps.1#2.1", 3, { kind: "include", began: 2, ended: 8 }),
    step("steps.1#2.1.1", 1, { began: 3, ended: 7, file: "b.yaml" }),
  ];

  it("of what happens in parallel no more is said than that it was within", () => {
    const { facts } = underWay({ steps, order: [-1, 1.5, 3.5, 5, 8.5, 10] });
    expect(facts).toEqual([
      { steps: [], around: -1 },
      { steps: [1], around: 1 },
      { steps: [1, 3], around: 0 },
      { steps: [3], around: 3 },
      { steps: [0], around: 0 },
      { steps: [], around: -1 },
    ]);
  });

  it("says what a step runs within, with the branch", () => {
    expect(steps.map((s) => crumbsOf(s, steps))).toEqual([
      [],
      ["parallel 1"],
      ["parallel 2"],
      ["parallel 2", "include"],
    ]);
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

describe("the scenario's text", () => {
  it("joined, the parts of a line are the line", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[ \-#:"'{}[\],a-z0-9$.]*$/)), (text) => {
        const line = text.replaceAll(/[\r\n]/g, "");
        expect(
          yamlTokens(line)
            .map((token) => token.text)
            .join(""),
        ).toBe(line);
      }),
    );
  });

  it.each([
    [
      "  - tap: 04A2 # a card",
      ["plain:  ", "mark:- ", "key:tap", "mark::", "plain: 04A2 ", "comment:# a card"],
    ],
    ['name: "a: b"', ["key:name", "mark::", "plain: ", 'string:"a: b"']],
    ["wait: 20", ["key:wait", "mark::", "number: 20"]],
    ["url: ws://host:9", ["key:url", "mark::", "plain: ws", "mark::", "plain://host", "mark::", "number:9"]],
  ])("colours %s", (line, expected) => {
    expect(yamlTokens(line).map(({ kind, text }) => `${kind}:${text}`)).toEqual(expected);
  });

  it("marks each line with the worst that a step did there, and how often it ran", () => {
    const source = "name: x\nsteps:\n  - repeat: 2\n    steps:\n      - tap: a\n";
    const steps = [
      step("steps.1", 12, { endLine: 14, outcome: "failed" }),
      step("steps.1#1.1", 14),
      step("steps.1#2.1", 14, { outcome: "failed" }),
      step("steps.1#2.2", 14, { file: "other.yaml" }),
    ];
    const lines = sourceLines({ source, steps }, { file: "a.yaml", line: 10 });
    expect(lines.map(({ number, outcome, begins, step }) => [number, outcome, begins, step])).toEqual([
      [10, undefined, [], undefined],
      [11, undefined, [], undefined],
      [12, "failed", [0], 0],
      [13, undefined, [], 0],
      [14, "failed", [1, 2], 1],
    ]);
  });

  it("marks the include's line for a step of another file", () => {
    const steps = [step("steps.2", 5), step("steps.2.1", 3, { file: "_charge.yaml" })];
    expect(linesOfStep(steps, 1, "a.yaml")).toEqual({ from: 5, to: 5 });
    expect(linesOfStep(steps, 1, "_charge.yaml")).toEqual({ from: 3, to: 3 });
    expect(["steps.1", "steps.4.2", "steps.4#2.1", "steps.4.2#1.3"].map(outerPath)).toEqual([
      undefined,
      "steps.4",
      "steps.4",
      "steps.4.2",
    ]);
  });
});

describe("overview", () => {
  const entry = (name: string, file: string, more: Partial<IndexEntry> = {}): IndexEntry => ({
    id: name,
    name,
    tags: [],
    at: { file, line: 1, col: 1 },
    cell: {},
    outcome: "passed",
    ms: 0,
    wallMs: 0,
    retry: 0,
    frames: 0,
    ...more,
  });
  const all = [
    entry("One", "scenarios/a/one.yaml", { tags: ["smoke"], cell: { ocpp: "1.6" } }),
    entry("Two", "scenarios/b/two.yaml", { outcome: "failed", reason: "Nothing came" }),
    entry("Three", "three.yaml", { retry: 1 }),
  ];

  it("puts what needs a look first, the rest by folder", () => {
    expect(groupsOf(all).map(([name, entries]) => [name, entries.map((e) => e.name)])).toEqual([
      ["Needs a look", ["Two"]],
      ["scenarios/a", ["One"]],
      ["here", ["Three"]],
    ]);
  });

  it.each([
    ["nothing chosen", {}, ["One", "Two", "Three"]],
    ["words anywhere, all of them", { text: "1.6 one" }, ["One"]],
    ["a reason", { text: "NOTHING" }, ["Two"]],
    ["outcomes", { outcomes: new Set(["flaky" as const, "failed" as const]) }, ["Two", "Three"]],
    ["a tag", { tags: new Set(["smoke"]) }, ["One"]],
  ])("filters by %s", (_, choice, names) => {
    const filter = { text: "", outcomes: new Set<never>(), tags: new Set<string>(), ...choice };
    expect(all.filter((e) => isChosen(e, filter)).map((e) => e.name)).toEqual(names);
  });

  it("an address leads back to what it was made of", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: "grapheme" }),
        fc.option(fc.nat(), { nil: undefined }),
        (id, n) => {
          const route = { id, ...(n === undefined ? {} : { fact: n }) };
          expect(parseRoute(hrefOf(route))).toEqual(route);
        },
      ),
    );
    expect(parseRoute("#/s/%E0%A4%A")).toEqual({});
    expect(parseRoute("")).toEqual({});
  });
});
