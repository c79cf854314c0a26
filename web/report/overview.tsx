import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { IndexEntry, ReportIndex } from "./data.ts";
import { useKeys } from "./keys.ts";
import { Cell, Mark } from "./mark.tsx";
import { isTrouble, outcomes, type Shown, shownOutcome } from "./outcome.ts";
import { countsOf, folderOf, groupsOf, isChosen, tagsOf } from "./overview-filter.ts";
import { go, hrefOf } from "./route.ts";
import { durationText } from "./time.ts";

/** What the overview was set to, so that a look at a scenario does not undo it. */
let kept = { text: "", outcomes: new Set<Shown>(), tags: new Set<string>(), row: -1 };

export function Overview({
  index,
  unknown,
}: {
  readonly index: ReportIndex;
  readonly unknown: string | undefined;
}) {
  const [filter, setFilter] = useState(kept);
  const search = useRef<HTMLInputElement>(null);
  const change = (more: Partial<typeof kept>) => {
    kept = { ...filter, row: -1, ...more };
    setFilter(kept);
  };
  const groups = useMemo(
    () => groupsOf(index.scenarios.filter((entry) => isChosen(entry, filter))),
    [index, filter],
  );
  const rows = groups.flatMap(([, entries]) => entries);
  const move = (by: number) => change({ row: Math.max(0, Math.min(rows.length - 1, filter.row + by)) });
  const open = () => {
    const entry = rows[filter.row];
    if (entry !== undefined) go({ id: entry.id });
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: open,
    "/": () => search.current?.focus(),
    f: () => {
      const at = rows.findIndex((entry, i) => i > filter.row && isTrouble(entry));
      change({ row: at < 0 ? rows.findIndex(isTrouble) : at });
    },
  });
  useEffect(() => {
    document.querySelector(".row.at")?.scrollIntoView({ block: "nearest" });
  }, [filter.row]);
  const longest = Math.max(1, ...index.scenarios.map(({ wallMs }) => wallMs));
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
          value={filter.text}
          onInput={(e) => change({ text: e.currentTarget.value })}
        />
        <Chips
          names={outcomes}
          counts={countsOf(index.scenarios, shownOutcome)}
          chosen={filter.outcomes}
          choose={(set) => change({ outcomes: set })}
        />
        <Chips
          names={tagsOf(index.scenarios)}
          counts={countsOf(index.scenarios, (entry) => entry.tags)}
          chosen={filter.tags}
          choose={(set) => change({ tags: set })}
        />
      </search>
      {rows.length === 0 && <p class="hint">No scenario fits.</p>}
      {groups.map(([folder, entries]) => (
        <section key={folder} class="group" aria-label={folder}>
          <h2>
            {folder} <span class="dim">{entries.length}</span>
          </h2>
          <ul>
            {entries.map((entry) => (
              <Row key={entry.id} entry={entry} at={rows[filter.row] === entry} longest={longest} />
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

interface ChipsProps<T extends string> {
  readonly names: readonly T[];
  readonly counts: ReadonlyMap<string, number>;
  readonly chosen: ReadonlySet<T>;
  readonly choose: (set: Set<T>) => void;
}

/** Buttons of which any number can be down; none means all. */
export function Chips<T extends string>({ names, counts, chosen, choose }: ChipsProps<T>) {
  const toggle = (name: T) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    choose(next);
  };
  return (
    <fieldset class="chips">
      {names
        .filter((name) => (counts.get(name) ?? 0) > 0)
        .map((name) => (
          <button
            key={name}
            type="button"
            class={`chip ${name}`}
            aria-pressed={chosen.has(name)}
            onClick={() => toggle(name)}
          >
            {name} <b>{counts.get(name)}</b>
          </button>
        ))}
    </fieldset>
  );
}

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
