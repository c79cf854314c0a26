import { Fragment } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PageStep, ScenarioPart } from "./data.ts";
import { Details } from "./details.tsx";
import { actionCounts, type Filter, type Happening, noFilter } from "./happenings.ts";
import { Mark } from "./mark.tsx";
import { Chips } from "./overview.tsx";
import type { Selection } from "./selection.ts";
import { showIn } from "./source.tsx";
import { sinceText } from "./time.ts";

interface LogProps {
  readonly part: ScenarioPart;
  readonly happenings: readonly Happening[];
  readonly shown: readonly Happening[];
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
  readonly selected: Selection;
  readonly open: ReadonlySet<number>;
  readonly toggle: (index: number) => void;
  readonly showFact: (index: number) => void;
  readonly since: number;
}

/** Rows that are drawn at once; more on request, or when one of them is looked at. */
const PORTION = 600;

/** Everything that happened, under the steps that made it happen. */
export function Log(props: LogProps) {
  const { part, shown, selected, since } = props;
  const [limit, setLimit] = useState(PORTION);
  const pane = useRef<HTMLElement>(null);
  const at = shown.findIndex(({ index }) => index === selected.fact);
  const firstOfStep = shown.findIndex(({ index }) => part.under[index] === selected.step);
  const wanted = Math.max(at, selected.fact === undefined ? firstOfStep : -1);
  const count = Math.max(limit, Math.ceil((wanted + 1) / PORTION) * PORTION);
  useEffect(() => {
    const row = pane.current?.querySelector(".fact.at, .fact.under");
    if (row instanceof HTMLElement && pane.current !== null) showIn(pane.current, row);
  }, [selected]);
  return (
    <section class="log" ref={pane} aria-label="What happened">
      <Filters {...props} />
      <ol>
        {shown.slice(0, count).map((happening, i) => {
          const step = part.under[happening.index] ?? -1;
          const before = i === 0 ? -2 : (part.under[shown[i - 1]?.index ?? -1] ?? -1);
          return (
            <Fragment key={happening.index}>
              {step !== before && <StepHead step={part.steps[step]} isFirst={i === 0} />}
              {part.leftOut?.before === happening.index && (
                <li class="hint">
                  {part.leftOut.count.toLocaleString()} facts are left out here: there were too many for this
                  file.
                </li>
              )}
              <Row {...props} happening={happening} since={since} />
            </Fragment>
          );
        })}
      </ol>
      {shown.length === 0 && <p class="hint">Nothing fits.</p>}
      {shown.length > count && (
        <button type="button" class="more" onClick={() => setLimit(count + PORTION)}>
          Show more ({(shown.length - count).toLocaleString()} left)
        </button>
      )}
    </section>
  );
}

function Filters({ happenings, filter, setFilter, shown }: LogProps) {
  const actions = useMemo(() => actionCounts(happenings), [happenings]);
  const directions = [
    ["all", "both ways"],
    ["out", "→ to the CSMS"],
    ["in", "← from it"],
  ] as const;
  return (
    <search class="filters">
      <h2>What happened</h2>
      <input
        type="search"
        placeholder="Search ( / )"
        aria-label="Search what happened"
        value={filter.text}
        onInput={(e) => setFilter({ ...filter, text: e.currentTarget.value })}
      />
      <Chips
        names={actions.map(([action]) => action)}
        counts={new Map(actions)}
        chosen={filter.actions}
        choose={(chosen) => setFilter({ ...filter, actions: chosen })}
      />
      <fieldset class="chips">
        {directions.map(([direction, name]) => (
          <button
            key={direction}
            type="button"
            class="chip"
            aria-pressed={filter.direction === direction}
            onClick={() => setFilter({ ...filter, direction })}
          >
            {name}
          </button>
        ))}
        <button
          type="button"
          class="chip"
          aria-pressed={filter.everything}
          onClick={() => setFilter({ ...filter, everything: !filter.everything })}
          title="Also what the built-in central system saw, and facts that say nothing new"
        >
          everything
        </button>
        {(filter.actions.size > 0 || filter.text !== "" || filter.direction !== "all") && (
          <button
            type="button"
            class="quiet"
            onClick={() => setFilter({ ...noFilter, everything: filter.everything })}
          >
            clear
          </button>
        )}
        <span class="dim" role="status">
          {shown.length.toLocaleString()} shown
        </span>
      </fieldset>
    </search>
  );
}

function StepHead({ step, isFirst }: { readonly step: PageStep | undefined; readonly isFirst: boolean }) {
  if (step === undefined)
    return isFirst ? (
      <li class="step dim">before the first step</li>
    ) : (
      <li class="step dim">between steps</li>
    );
  return (
    <li class="step">
      <Mark outcome={step.outcome ?? "running"} /> {step.title}
    </li>
  );
}

function Row({
  happening,
  part,
  selected,
  open,
  toggle,
  showFact,
  since,
}: LogProps & { readonly happening: Happening }) {
  const { index, fact, text } = happening;
  const isAt = selected.fact === index;
  const isUnder =
    selected.step !== undefined && selected.fact === undefined && part.under[index] === selected.step;
  const isOpen = open.has(index);
  return (
    <li class={`fact ${fact.kind} ${isAt ? "at" : ""} ${isUnder ? "under" : ""}`} data-fact={index}>
      <button type="button" aria-expanded={isOpen} onClick={() => toggle(index)}>
        <time dateTime={fact.time}>{sinceText(fact.time, since)}</time>
        <span class={`tag ${toneOf(happening)}`}>{tagOf(happening)}</span>
        <span class="text">{text ?? JSON.stringify(fact)}</span>
      </button>
      {isOpen && <Details part={part} index={index} showFact={showFact} />}
    </li>
  );
}

function tagOf({ fact }: Happening): string {
  if (fact.kind !== "frame") return fact.kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return fact.source === "central" ? `csms ${fact.direction}` : fact.direction;
}

function toneOf({ fact }: Happening): string {
  if (fact.kind === "frame") {
    const wrong = fact.problem !== undefined || /ERROR|INVALID/.test(fact.messageType);
    return wrong ? "bad" : fact.direction;
  }
  if (fact.kind === "verdict") return fact.outcome === "accepted" ? "good" : "bad";
  return fact.kind === "fault" && fact.state === "raised" ? "bad" : "";
}
