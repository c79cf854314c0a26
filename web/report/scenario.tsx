import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { type IndexEntry, type ReportIndex, readPart, type ScenarioPart } from "./data.ts";
import { Failures } from "./failures.tsx";
import { type Filter, happeningsOf, isWanted, noFilter } from "./happenings.ts";
import { useKeys } from "./keys.ts";
import { Log } from "./log.tsx";
import { Cell, Mark } from "./mark.tsx";
import { shownOutcome } from "./outcome.ts";
import { hrefOf, noteInAddress } from "./route.ts";
import type { Selection } from "./selection.ts";
import { Source } from "./source.tsx";
import { durationText } from "./time.ts";
import { Timeline } from "./timeline/timeline.tsx";

interface ScenarioProps {
  readonly entry: IndexEntry;
  readonly index: ReportIndex;
  /** The fact that the address names. */
  readonly fact: number | undefined;
}

export function Scenario({ entry, index, fact }: ScenarioProps) {
  const [part, setPart] = useState<ScenarioPart | "broken">();
  useEffect(() => {
    if (entry.part !== undefined) readPart(entry.part).then(setPart, () => setPart("broken"));
  }, [entry]);
  return (
    <main class="scenario">
      <Head entry={entry} index={index} />
      {(entry.outcome === "skipped" || entry.part === undefined) && (
        <p class="hint">It did not run: {entry.why ?? "no reason is known"}.</p>
      )}
      {part === "broken" && <p class="hint">What happened cannot be read: this file is damaged.</p>}
      {part !== undefined && part !== "broken" && (
        <Body entry={entry} part={part} fact={fact} index={index} />
      )}
    </main>
  );
}

function Head({ entry, index }: Omit<ScenarioProps, "fact">) {
  const at = index.scenarios.indexOf(entry);
  const link = (other: IndexEntry | undefined, text: string, title: string) =>
    other === undefined ? (
      <span class="dim">{text}</span>
    ) : (
      <a href={hrefOf({ id: other.id })} title={`${title}: ${other.name}`}>
        {text}
      </a>
    );
  return (
    <section class="head">
      <nav>
        <a href="#/">all scenarios</a>
        <span class="grow" />
        {link(index.scenarios[at - 1], "‹ previous", "Previous ([)")}
        {link(index.scenarios[at + 1], "next ›", "Next (])")}
      </nav>
      <h1>
        <Mark outcome={shownOutcome(entry)} /> {entry.name} <Cell entry={entry} />
      </h1>
      {entry.shows !== undefined && <p class="shows">{entry.shows}</p>}
      <p class="dim facts">
        <span class="mono">
          {entry.at.file}:{entry.at.line}
        </span>
        {entry.spec !== undefined && <span>{entry.spec}</span>}
        {entry.tags.length > 0 && <span>{entry.tags.join(", ")}</span>}
        {entry.outcome !== undefined && entry.outcome !== "skipped" && (
          <span>
            {durationText(entry.ms)} on its clock, {durationText(entry.wallMs)} on the wall
          </span>
        )}
        {entry.seed !== undefined && <span>seed {entry.seed}</span>}
        {entry.expectedFailure !== undefined && <span>failed as expected: {entry.expectedFailure}</span>}
      </p>
    </section>
  );
}

const tabs = ["time line", "scenario", "what happened"] as const;

function Body({ entry, part, fact }: ScenarioProps & { readonly part: ScenarioPart }) {
  const happenings = useMemo(() => happeningsOf(part), [part]);
  const [filter, setFilter] = useState<Filter>(noFilter);
  const [selected, setSelected] = useState<Selection>(() => selectionOf(part, fact) ?? failing(part));
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set(fact === undefined ? [] : [fact]));
  const [tab, setTab] = useState<(typeof tabs)[number]>("time line");
  // The address was changed by hand.
  useEffect(() => {
    if (fact === undefined || part.facts[fact] === undefined) return;
    setSelected(selectionOf(part, fact) ?? {});
    setOpen((all) => new Set([...all, fact]));
  }, [fact, part]);
  const shown = useMemo(() => happenings.filter((h) => isWanted(h, filter)), [happenings, filter]);
  const onAxis = useMemo(() => {
    // Actions and directions say nothing about cards and connectors: they stay for orientation.
    const others = { ...noFilter, text: filter.text };
    const passing = happenings.filter((h) =>
      isWanted(h, { ...(h.fact.kind === "frame" ? filter : others), everything: true }),
    );
    return new Set(passing.map(({ index }) => index));
  }, [happenings, filter]);
  const select = useCallback(
    (index: number, opened = true) => {
      setSelected(selectionOf(part, index) ?? {});
      if (opened) setOpen((all) => new Set([...all, index]));
      noteInAddress({ id: entry.id, fact: index });
    },
    [entry, part],
  );
  const selectStep = (step: number) => setSelected({ step });
  const toggle = (index: number) => {
    setOpen((all) =>
      all.has(index) ? new Set([...all].filter((i) => i !== index)) : new Set([...all, index]),
    );
    select(index, false);
  };
  const move = (by: number) => {
    const at = shown.findIndex(({ index }) => index === selected.fact);
    const next = shown[at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by))];
    if (next !== undefined) select(next.index, false);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => selected.fact !== undefined && toggle(selected.fact),
    f: () => setSelected(failing(part)),
    "/": () => document.querySelector<HTMLInputElement>(".log input")?.focus(),
  });
  const since = startOf(part);
  const showFact = (index: number) => {
    if (!shown.some((h) => h.index === index)) setFilter({ ...noFilter, everything: filter.everything });
    select(index);
  };
  return (
    <>
      <Failures part={part} since={since} showFact={showFact} />
      <fieldset class="tabs" aria-label="Views">
        {tabs.map((name) => (
          <button key={name} type="button" aria-pressed={tab === name} onClick={() => setTab(name)}>
            {name}
          </button>
        ))}
      </fieldset>
      <div class="views" data-tab={tab}>
        <Timeline part={part} wanted={onAxis} selected={selected} select={showFact} selectStep={selectStep} />
        <div class="panes">
          <Source part={part} at={entry.at} selected={selected} selectStep={selectStep} />
          <Log
            part={part}
            happenings={happenings}
            shown={shown}
            filter={filter}
            setFilter={setFilter}
            selected={selected}
            open={open}
            toggle={toggle}
            showFact={showFact}
            since={since}
          />
        </div>
      </div>
    </>
  );
}

/** The step that did not pass. */
function failing({ steps }: ScenarioPart): Selection {
  const step = steps.findLastIndex(({ outcome }) => outcome === "failed" || outcome === "error");
  return step < 0 ? {} : { step };
}

function selectionOf({ under, facts }: ScenarioPart, fact: number | undefined): Selection | undefined {
  if (fact === undefined || facts[fact] === undefined) return undefined;
  const step = under[fact] ?? -1;
  return { fact, ...(step < 0 ? {} : { step }) };
}

/** First moment on the scenario's clock, ms since the epoch. */
function startOf({ facts, steps }: ScenarioPart): number {
  const times = [facts[0]?.time, steps[0]?.beganAt].filter((time) => time !== undefined);
  return Math.min(...times.map((time) => Date.parse(time)));
}
