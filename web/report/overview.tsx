import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Chips } from "./chips.tsx";
import type { IndexEntry, ReportIndex } from "./data.ts";
import { useKeys } from "./keys.ts";
import { Cell, Mark } from "./mark.tsx";
import { isTrouble, type Shown, shownOutcome } from "./outcome.ts";
import { facetsOf, folderOf, groupsOf, isChosen } from "./overview-filter.ts";
import { go, hrefOf } from "./route.ts";
import { durationText } from "./time.ts";

/** What the overview was set to, so that a look at a scenario does not undo it. */
let kept = { text: "", outcomes: new Set<Shown>(), tags: new Set<string>() };

interface OverviewProps {
  readonly index: ReportIndex;
  readonly unknown: string | undefined;
  /** The scenario that was looked at last: there one goes on. */
  readonly last: string | undefined;
}

export function Overview({ index, unknown, last }: OverviewProps) {
  const [filter, setFilter] = useState(kept);
  const [at, setAt] = useState(last);
  const search = useRef<HTMLInputElement>(null);
  const change = (more: Partial<typeof kept>) => {
    kept = { ...filter, ...more };
    setFilter(kept);
    setAt(undefined);
  };
  const groups = useMemo(
    () => groupsOf(index.scenarios.filter((entry) => isChosen(entry, filter))),
    [index, filter],
  );
  const facets = useMemo(() => facetsOf(index.scenarios, filter), [index, filter]);
  const rows = groups.flatMap(([, entries]) => entries);
  const row = rows.findIndex(({ id }) => id === at);
  const move = (by: number) => setAt(rows[Math.max(0, Math.min(rows.length - 1, row + by))]?.id);
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => at !== undefined && go({ id: at }),
    "/": () => search.current?.focus(),
    f: () => setAt((rows.find((entry, i) => i > row && isTrouble(entry)) ?? rows.find(isTrouble))?.id),
  });
  useLayoutEffect(() => {
    document.querySelector(".row.at")?.scrollIntoView({ block: "nearest" });
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
              <Row key={entry.id} entry={entry} at={entry.id === at} longest={longest} />
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

function Row({
  entry,
  at,
  longest,
}: {
  readonly entry: IndexEntry;
  readonly at: boolean;
  readonly longest: number;
}) {
  const why =
    entry.reason ?? entry.why ?? (entry.expectedFailure && `failed as expected: ${entry.expectedFailure}`);
  const file = entry.at.file.slice(folderOf(entry).length + 1);
  return (
    <li class={`row ${at ? "at" : ""}`}>
      <a href={hrefOf({ id: entry.id })}>
        <Mark outcome={shownOutcome(entry)} />
        <span class="what">
          <span class="name">{entry.name}</span> <Cell entry={entry} />
          <span class="dim file">{file}</span>
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
