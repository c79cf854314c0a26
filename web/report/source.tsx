import { useEffect, useMemo, useRef } from "preact/hooks";
import type { IndexEntry, ScenarioPart } from "./data.ts";
import { Mark } from "./mark.tsx";
import type { Selection } from "./selection.ts";
import { linesOfStep, type SourceLine, sourceLines } from "./source-lines.ts";
import { durationText } from "./time.ts";
import { headOf, showIn } from "./windowed.ts";
import { yamlTokens } from "./yaml.ts";

interface SourceProps {
  readonly part: ScenarioPart;
  readonly at: IndexEntry["at"];
  readonly selected: Selection;
  readonly selectStep: (step: number) => void;
}

/** The scenario as written, each line with how the step that begins there ended. */
export function Source({ part, at, selected, selectStep }: SourceProps) {
  const lines = useMemo(() => sourceLines(part, at), [part, at]);
  const marked = selected.step === undefined ? undefined : linesOfStep(part.steps, selected.step, at.file);
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    const row = pane.current?.querySelector(".line.at");
    if (row instanceof HTMLElement && pane.current?.offsetParent)
      showIn(pane.current, row, headOf(pane.current));
  }, [marked?.from]);
  return (
    <section class="source" ref={pane} aria-label="The scenario's text">
      <h2>The scenario</h2>
      <ol>
        {lines.map((line) => (
          <Line
            key={line.number}
            line={line}
            part={part}
            at={marked !== undefined && marked.from <= line.number && line.number <= marked.to}
            selectStep={selectStep}
          />
        ))}
      </ol>
    </section>
  );
}

interface LineProps {
  readonly line: SourceLine;
  readonly part: ScenarioPart;
  readonly at: boolean;
  readonly selectStep: (step: number) => void;
}

function Line({ line, part, at, selectStep }: LineProps) {
  const { number, text, step, outcome, begins } = line;
  const ms = begins.reduce((sum, index) => sum + (part.steps[index]?.ms ?? 0), 0);
  const content = (
    <>
      <span class="no">{number}</span>
      <span class="sign">{outcome !== undefined && <Mark outcome={outcome} />}</span>
      <code>
        {yamlTokens(text).map((token, i) => (
          <span key={i} class={`y-${token.kind}`}>
            {token.text}
          </span>
        ))}
      </code>
      <span class="took dim">
        {begins.length > 1 && `${begins.length} × `}
        {ms >= 1 && durationText(ms)}
      </span>
    </>
  );
  return (
    <li class={`line ${at ? "at" : ""}`} data-line={number}>
      {step === undefined ? (
        <div>{content}</div>
      ) : (
        <button type="button" onClick={() => selectStep(step)} aria-pressed={at}>
          {content}
        </button>
      )}
    </li>
  );
}
