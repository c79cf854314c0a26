import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type IndexEntry, type Part, type ReportIndex, readPart } from "./data.ts";
import { Failures } from "./failures.tsx";
import { useKeys } from "./keys.ts";
import { Log } from "./log.tsx";
import { useLook } from "./look.ts";
import { Cell, Mark } from "./mark.tsx";
import { say } from "./notice.tsx";
import { isTrouble, shownOutcome } from "./outcome.ts";
import { go, hrefOf } from "./route.ts";
import { failing } from "./selection.ts";
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
  const [part, setPart] = useState<Part | "broken">();
  useEffect(() => {
    if (entry.part !== undefined) readPart(entry.part).then(setPart, () => setPart("broken"));
  }, [entry]);
  const isRead = part !== undefined && part !== "broken";
  useKeys(isRead && hasRun(part) ? {} : { f: () => toNextFailure(entry, index) });
  return (
    <main class="scenario">
      <Head entry={entry} index={index} />
      {(entry.outcome === "skipped" || entry.part === undefined) && (
        <p class="hint">It did not run: {entry.why ?? "no reason is known"}.</p>
      )}
      {part === "broken" && <p class="hint">What happened cannot be read: this file is damaged.</p>}
      {isRead && hasRun(part) && <Body entry={entry} part={part} fact={fact} index={index} />}
      {isRead && !hasRun(part) && <Source part={part} at={entry.at} selected={{}} selectStep={() => {}} />}
    </main>
  );
}

/** Of what was skipped there is nothing but its text. */
const hasRun = ({ facts, steps }: Part): boolean => facts.length > 0 || steps.length > 0;

function Head({ entry, index }: Omit<ScenarioProps, "fact">) {
  const at = index.scenarios.indexOf(entry);
  const heading = useRef<HTMLHeadingElement>(null);
  // Who came by a key or hears the page goes on from here.
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
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
      <h1 ref={heading} tabIndex={-1}>
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
type Tab = (typeof tabs)[number];

/** The next scenario that needs a look; after the last comes the first. */
function toNextFailure(entry: IndexEntry, { scenarios }: ReportIndex): void {
  const at = scenarios.indexOf(entry);
  const next = [...scenarios.slice(at + 1), ...scenarios.slice(0, at)].find(isTrouble);
  if (next !== undefined) go({ id: next.id });
  else say(isTrouble(entry) ? "Nothing else failed." : "Nothing failed.");
}

function Body({ entry, part, fact, index }: ScenarioProps & { readonly part: Part }) {
  const look = useLook(entry.id, part, fact);
  const { selected, setSelected, shown, filter, toggle } = look;
  const [tab, setTab] = useState<Tab>(fact === undefined ? "time line" : "what happened");
  const views = useRef<HTMLDivElement>(null);
  // Where one view stands at a time it is the list that shows what was asked for.
  const lead = () => {
    setTab("what happened");
    views.current?.scrollIntoView({ block: "nearest" });
  };
  const showFact = (index: number, goes = false) => {
    look.showFact(index, goes);
    lead();
  };
  const goToFact = (index: number) => showFact(index, true);
  const selectStep = (step: number, goes = false) => {
    setSelected({ step, goes });
    lead();
  };
  const move = (by: number) => {
    look.move(by);
    lead();
  };
  const toFailure = () => {
    const { step } = failing(part, selected.fact === undefined ? selected.step : undefined);
    if (step === undefined) toNextFailure(entry, index);
    else selectStep(step, true);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => selected.fact !== undefined && toggle(selected.fact),
    f: toFailure,
    l: () => views.current?.querySelector<SVGElement>(".timeline [tabindex='0']")?.focus(),
    "/": () => views.current?.querySelector<HTMLInputElement>(".log input")?.focus(),
  });
  const since = startOf(part);
  return (
    <>
      <Failures entry={entry} part={part} since={since} showFact={goToFact} />
      <fieldset class="tabs" aria-label="Views">
        {tabs.map((name) => (
          <button key={name} type="button" aria-pressed={tab === name} onClick={() => setTab(name)}>
            {name}
          </button>
        ))}
      </fieldset>
      <div class="views" data-tab={tab} ref={views}>
        <Timeline
          part={part}
          wanted={look.onAxis}
          selected={selected}
          since={since}
          select={showFact}
          selectStep={selectStep}
        />
        <div class="panes">
          <Source part={part} at={entry.at} selected={selected} selectStep={selectStep} />
          <Log
            part={part}
            happenings={look.happenings}
            shown={shown}
            filter={filter}
            setFilter={look.setFilter}
            toFound={look.toFound}
            selected={selected}
            open={look.open}
            toggle={toggle}
            showFact={goToFact}
            since={since}
            tab={tab}
          />
        </div>
      </div>
    </>
  );
}

/** First moment on the scenario's clock, ms since the epoch. */
function startOf({ facts, steps }: Part): number {
  const times = [facts[0]?.time, steps[0]?.beganAt].filter((time) => time !== undefined);
  return Math.min(...times.map((time) => Date.parse(time)).filter((ms) => !Number.isNaN(ms)));
}
