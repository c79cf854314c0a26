import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Part } from "./data.ts";
import { Details } from "./details.tsx";
import { Filters } from "./filters.tsx";
import { type Filter, type Happening, isNarrow } from "./happenings.ts";
import { Highlight } from "./highlight.tsx";
import { Mark } from "./mark.tsx";
import { usePrinting } from "./printing.ts";
import { type LogRow, rowsOf } from "./rows.ts";
import { isDuring, type Selection } from "./selection.ts";
import { sinceText } from "./time.ts";
import { crumbsOf } from "./under-way.ts";
import { around, headOf, useWindowed } from "./windowed.ts";

interface LogProps {
  readonly part: Part;
  readonly happenings: readonly Happening[];
  readonly shown: readonly Happening[];
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
  readonly toFound: () => void;
  readonly selected: Selection;
  readonly open: ReadonlySet<number>;
  readonly toggle: (index: number) => void;
  readonly showFact: (index: number) => void;
  readonly since: number;
  /** Changes when the pane comes into sight. */
  readonly tab: string;
}

/** Of a long list so many rows are printed, those around what is looked at: more would be a book. */
const MOST_PRINTED = 2000;

/** Everything that happened, under the steps that were under way. */
export function Log(props: LogProps) {
  const { part, shown, selected, filter, tab, since } = props;
  const narrow = isNarrow(filter);
  const rows = useMemo(() => rowsOf(part, shown, !narrow), [part, shown, narrow]);
  const keys = useMemo(() => rows.map(({ key }) => key), [rows]);
  const at = useMemo(() => rows.findIndex((row) => isChosen(row, part, selected)), [rows, part, selected]);
  const printed = usePrinting() ? around(at, rows.length, MOST_PRINTED) : undefined;
  const pane = useRef<HTMLElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const { slice, reveal } = useWindowed(pane, list, keys, printed);
  const revealed = useRef<Selection>(undefined);
  // Also when a filter is taken away: what was found is seen among what was around it.
  useEffect(() => {
    if (at < 0 || !pane.current?.offsetParent) return;
    reveal(at, headOf(pane.current), selected.goes === true && revealed.current !== selected);
    revealed.current = selected;
  }, [selected, tab, rows]);
  return (
    <section class="log" ref={pane} aria-label="What happened">
      <Filters {...props} />
      <ol
        ref={list}
        style={{
          paddingTop: `${slice.above}px`,
          paddingBottom: `${slice.below}px`,
          "--time": `${timeRoom(part, since)}px`,
        }}
      >
        {rows.slice(slice.from, slice.to).map((row, i) => (
          <Row key={row.key} row={row} place={slice.from + i + 1} of={rows.length} {...props} />
        ))}
      </ol>
      {printed !== undefined && printed.to - printed.from < rows.length && (
        <p class="hint">
          {MOST_PRINTED.toLocaleString()} of {rows.length.toLocaleString()} lines are printed: those around
          what is looked at.
        </p>
      )}
      {shown.length === 0 && (
        <p class="hint">
          {narrow ? "Nothing fits: clear the filter to see all that happened." : "Nothing happened."}
        </p>
      )}
    </section>
  );
}

/** A digit of a time, px. */
const DIGIT = 7;

/** Room for the longest of the times, px: days want more than seconds. */
function timeRoom({ facts }: Part, since: number): number {
  const longest = Math.max(
    ...[facts[0], facts.at(-1)].map((fact) => sinceText(fact?.time ?? "", since).length),
  );
  return Math.max(8, longest) * DIGIT + 4;
}

/** Is it the row that is looked at: the fact, or the head of the step? */
function isChosen(row: LogRow, part: Part, { fact, step }: Selection): boolean {
  if (fact !== undefined) return row.kind === "fact" && row.happening.index === fact;
  if (step === undefined) return false;
  if (row.kind === "head") return row.under.steps.includes(step);
  return row.kind === "fact" && isDuring(part, row.happening.index, step) === "surely";
}

interface RowProps extends LogProps {
  readonly row: LogRow;
  /** Its number in the list, from 1. */
  readonly place: number;
  readonly of: number;
}

function Row({ row, place, of, ...props }: RowProps) {
  const about = { "data-key": row.key, "aria-posinset": place, "aria-setsize": of, tabIndex: -1 };
  if (row.kind === "head") return <Head row={row} about={about} {...props} />;
  if (row.kind === "leftOut") {
    return (
      <li class="hint" {...about}>
        {row.count.toLocaleString()} facts are left out here: there were too many for this file.
      </li>
    );
  }
  return <FactRow happening={row.happening} about={about} {...props} />;
}

interface About {
  readonly about: Readonly<Record<string, string | number>>;
}

function Head({
  row,
  about,
  part,
  selected,
}: LogProps & About & { readonly row: Extract<LogRow, { kind: "head" }> }) {
  const { under, again, text } = row;
  if (under.steps.length === 0) {
    return (
      <li class="step dim" {...about}>
        {text}
      </li>
    );
  }
  return (
    <li class={`step ${under.steps.length > 1 ? "several" : ""}`} {...about}>
      {under.steps.length > 1 && (
        <span class="dim">side by side; which of them made it happen is not known</span>
      )}
      {under.steps.map((index) => {
        const step = part.steps[index];
        if (step === undefined) return null;
        const crumbs = crumbsOf(step, part.steps);
        return (
          <span key={index} class={selected.step === index ? "at" : ""}>
            <Mark outcome={step.outcome ?? "running"} />
            {crumbs.length > 0 && <span class="dim"> {crumbs.join(" › ")} ›</span>} {step.title}
            {step.why !== undefined && <span class="dim"> {step.why}</span>}
            {again && <span class="dim"> (still)</span>}
          </span>
        );
      })}
    </li>
  );
}

function FactRow({
  happening,
  about,
  part,
  selected,
  open,
  toggle,
  showFact,
  since,
  filter,
}: LogProps & About & { readonly happening: Happening }) {
  const { index, fact, text } = happening;
  const { step } = selected;
  const isAt = selected.fact === index;
  const during = step === undefined || selected.fact !== undefined ? "no" : isDuring(part, index, step);
  const isOpen = open.has(index);
  const state = isAt ? "at" : during === "surely" ? "under" : during === "perhaps" ? "meanwhile" : "";
  return (
    <li class={`fact ${state}`} data-kind={fact.kind} data-fact={index} {...about}>
      <button type="button" aria-expanded={isOpen} onClick={() => toggle(index)}>
        <time dateTime={fact.time}>{sinceText(fact.time, since)}</time>
        <span class={`tag ${toneOf(happening)}`}>{tagOf(happening)}</span>
        <span class="text">
          <Highlight text={text ?? JSON.stringify(fact)} sought={filter.text} />
        </span>
      </button>
      {isOpen && <Details part={part} index={index} showFact={showFact} />}
    </li>
  );
}

function tagOf({ fact, name }: Happening): string {
  if (fact.kind !== "frame") return name;
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
