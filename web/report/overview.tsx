import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Chips } from "./chips.tsx";
import type { IndexEntry, ReportIndex } from "./data.ts";
import { leadsDown, useKeys } from "./keys.ts";
import { Cell, Mark } from "./mark.tsx";
import { say } from "./notice.tsx";
import { isTrouble, type Shown, shownOutcome } from "./outcome.ts";
import { facetsOf, fileOf, groupsOf, isChosen } from "./overview-filter.ts";
import { go, hrefOf } from "./route.ts";
import { durationText } from "./time.ts";

/** What the overview was set to, so that a look at a scenario does not undo it. */
let kept = { text: "", outcomes: new Set<Shown>(), tags: new Set<string>() };

/** The row that one is at; `goes`: the focus goes there. */
interface At {
  readonly id?: string | undefined;
  readonly goes?: boolean;
}

interface OverviewProps {
  readonly index: ReportIndex;
  readonly unknown: string | undefined;
  /** The scenario that was looked at last: there one goes on. */
  readonly last: string | undefined;
}

export function Overview({ index, unknown, last }: OverviewProps) {
  const [filter, setFilter] = useState(kept);
  const [at, setAt] = useState<At>({ id: last, goes: true });
  const search = useRef<HTMLInputElement>(null);
  const change = (more: Partial<typeof kept>) => {
    kept = { ...filter, ...more };
    setFilter(kept);
    setAt({});
  };
  const groups = useMemo(
    () => groupsOf(index.scenarios.filter((entry) => isChosen(entry, filter))),
    [index, filter],
  );
  const facets = useMemo(() => facetsOf(index.scenarios, filter), [index, filter]);
  const rows = groups.flatMap(([, entries]) => entries);
  const row = rows.findIndex(({ id }) => id === at.id);
  const goTo = (entry: IndexEntry | undefined) => setAt({ id: entry?.id, goes: true });
  const move = (by: number) => goTo(rows[Math.max(0, Math.min(rows.length - 1, row + by))]);
  const toNextFailure = () => {
    const next = rows.find((entry, i) => i > row && isTrouble(entry)) ?? rows.find(isTrouble);
    if (next !== undefined) goTo(next);
    else say(index.scenarios.some(isTrouble) ? "No failure is among those shown." : "Nothing failed.");
  };
  const toFound = (event: KeyboardEvent) => {
    if (!leadsDown(event)) return;
    event.preventDefault();
    const only = rows.length === 1 ? rows[0]?.id : undefined;
    if (only !== undefined && event.key === "Enter") go({ id: only });
    else if (rows.length > 0) goTo(rows[0]);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => at.id !== undefined && go({ id: at.id }),
    "/": () => search.current?.focus(),
    f: toNextFailure,
  });
  useLayoutEffect(() => {
    const link = document.querySelector<HTMLElement>(".row.at a");
    link?.scrollIntoView({ block: "nearest" });
    if (at.goes) link?.focus({ preventScroll: true });
  }, [at]);
  const longest = Math.max(1, ...index.scenarios.map(({ wallMs }) => wallMs));
  const isFiltered = rows.length < index.scenarios.length;
  return (
    <main class="overview">
      {unknown !== undefined && <p class="hint">This report has no scenario &ldquo;{unknown}&rdquo;.</p>}
      <About index={index} />
      <search class="filters">
        <input
          ref={search}
          type="search"
          placeholder="Search names, files, reasons ( / )"
          aria-label="Search"
          class={filter.text === "" ? "" : "used"}
          value={filter.text}
          onInput={(e) => change({ text: e.currentTarget.value })}
          onKeyDown={toFound}
        />
        <Chips
          label="Outcomes"
          facets={facets.outcomes}
          chosen={filter.outcomes}
          choose={(set) => change({ outcomes: set })}
        />
        <Chips
          label="Tags"
          facets={facets.tags}
          chosen={filter.tags}
          choose={(set) => change({ tags: set })}
        />
        <span class={`told ${isFiltered ? "warn" : "dim"}`} role="status">
          {isFiltered ? `${rows.length} of ${index.scenarios.length} shown` : `${rows.length} shown`}
        </span>
        {isFiltered && (
          <button
            type="button"
            class="clear"
            onClick={() => change({ text: "", outcomes: new Set(), tags: new Set() })}
          >
            clear
          </button>
        )}
      </search>
      {rows.length === 0 && <p class="hint">No scenario fits.</p>}
      {groups.map(([folder, entries]) => (
        <section key={folder} class="group" aria-label={folder}>
          <h2>
            {folder} <span class="dim">{entries.length}</span>
          </h2>
          <ul>
            {entries.map((entry) => (
              <Row
                key={entry.id}
                entry={entry}
                at={entry.id === at.id}
                came={() => entry.id !== at.id && setAt({ id: entry.id })}
                longest={longest}
              />
            ))}
          </ul>
        </section>
      ))}
    </main>
  );
}

function About({ index: { run } }: { readonly index: ReportIndex }) {
  if (run === undefined) return null;
  return (
    <p class="about">
      <code>{run.command}</code>
      <span>
        <time dateTime={run.time}>{new Date(run.time).toLocaleString()}</time> · tapstation {run.version} ·
        seed {run.seed}
      </span>
    </p>
  );
}

/** Of a frame that differs in everything the first few say enough here. */
const MOST_DIFFERENCES = 2;

interface RowProps {
  readonly entry: IndexEntry;
  readonly at: boolean;
  /** The focus came here, by whatever key. */
  readonly came: () => void;
  /** Of all scenarios, ms on the wall. */
  readonly longest: number;
}

function Row({ entry, at, came, longest }: RowProps) {
  const why =
    entry.reason ?? entry.why ?? (entry.expectedFailure && `failed as expected: ${entry.expectedFailure}`);
  return (
    <li class={`row ${at ? "at" : ""}`}>
      <a href={hrefOf({ id: entry.id })} onFocus={came}>
        <Mark outcome={shownOutcome(entry)} />
        <span class="what">
          <span class="name">{entry.name}</span> <Cell entry={entry} />
          <span class="dim file">{fileOf(entry)}</span>
          {why !== undefined && <span class={`why ${isTrouble(entry) ? "bad" : ""}`}>{why}</span>}
          {entry.differs?.slice(0, MOST_DIFFERENCES).map((text) => (
            <span key={text} class="why differs mono">
              {text}
            </span>
          ))}
        </span>
        <span class="num dim" title="messages">
          {entry.frames > 0 ? `${entry.frames} msg` : ""}
        </span>
        <span
          class="num"
          title={`on the scenario's clock ${durationText(entry.ms)}, on the wall ${durationText(entry.wallMs)}`}
        >
          {entry.outcome === "skipped" ? "" : durationText(entry.ms)}
        </span>
        <span class="bar" aria-hidden="true">
          <span style={{ width: `${(100 * entry.wallMs) / longest}%` }} />
        </span>
      </a>
    </li>
  );
}
