import { frameLine } from "../../src/journal/lines/frames.ts";
import { renderFact } from "../../src/journal/lines/render.ts";
import type { JournalEntry } from "../../src/journal/types.ts";
import { noColors as plain } from "../../src/report/failure-lines.ts";
import type { Came, CameFact } from "../../src/scenario/types.ts";
import { Copy } from "./copy.tsx";
import type { IndexEntry, PageFailure, ScenarioPart } from "./data.ts";
import { Long } from "./long.tsx";
import { sinceText } from "./time.ts";

interface FailuresProps {
  readonly entry: IndexEntry;
  readonly part: ScenarioPart;
  readonly since: number;
  readonly showFact: (index: number) => void;
}

/** Why the scenario did not pass, and why earlier tries did not. */
export function Failures({ entry, part, since, showFact }: FailuresProps) {
  const { again, expectedFailure } = entry;
  const cards = part.failures.map((failure, i) => (
    <FailureCard key={i} failure={failure} part={part} since={since} showFact={showFact} />
  ));
  return (
    <>
      {expectedFailure === undefined || cards.length === 0 ? (
        cards
      ) : (
        <details class="try">
          <summary>Failed as expected: {part.failures[0]?.message}</summary>
          {cards}
        </details>
      )}
      {again !== undefined && part.failures.length > 0 && (
        <p class="again">
          <span class="dim">again:</span> <code>{again}</code>
          <Copy text={again} name="copy" title="The command that runs it again, alone" />
        </p>
      )}
      {part.tries.map((failures, i) => (
        <details key={i} class="try">
          <summary>
            Try {i + 1} did not pass: {failures[0]?.message ?? "no reason is known"}
          </summary>
          {failures.map((failure, n) => (
            <FailureCard key={n} failure={failure} part={part} since={since} />
          ))}
        </details>
      ))}
    </>
  );
}

interface CardProps extends Omit<FailuresProps, "entry" | "showFact"> {
  readonly failure: PageFailure;
  /** Absent for an earlier try: its facts are not kept. */
  readonly showFact?: (index: number) => void;
}

function FailureCard({ failure, part, since, showFact }: CardProps) {
  const { at, message, hint, step, expected, came, differences = [] } = failure;
  // Too many: the nearest is one of those that came.
  const nearest = came !== undefined && differences.length === 0 ? undefined : failure.nearest;
  const index = part.facts.findIndex(({ seq }) => seq === nearest?.seq);
  return (
    <article class="failure">
      <h2>{message}</h2>
      {hint !== undefined && <p class="advice">{hint}</p>}
      <div class="grid">
        <section>
          <h3>
            The step <span class="dim mono">{`${at.file}:${at.line}`}</span>
          </h3>
          <Long text={step.trimEnd()} />
        </section>
        {expected !== undefined && (
          <section>
            <h3>Expected</h3>
            <Long text={expected.trimEnd()} />
          </section>
        )}
        {nearest !== undefined && (
          <section>
            <h3>The nearest that came {sinceText(nearest.time, since)}</h3>
            <pre>{lineOf(nearest)}</pre>
            {index >= 0 && showFact !== undefined && (
              <button type="button" onClick={() => showFact(index)}>
                Show it
              </button>
            )}
          </section>
        )}
      </div>
      {came !== undefined && <CameList came={came} part={part} since={since} showFact={showFact} />}
      {differences.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>where</th>
              <th>wanted</th>
              <th>found</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ path, wanted, found }) => (
              <tr key={path}>
                <td class="mono">{path}</td>
                <td class="mono good">{wanted}</td>
                <td class="mono bad">{found}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </article>
  );
}

interface CameProps extends Pick<CardProps, "part" | "since"> {
  readonly came: Came;
  readonly showFact: ((index: number) => void) | undefined;
}

/** Which ones came where the count is wrong, each with what tells it from the others. */
function CameList({ came: { total, first, leftOut, last }, part, since, showFact }: CameProps) {
  const row = ({ fact, distinct }: CameFact) => {
    const index = part.facts.findIndex(({ seq }) => seq === fact.seq);
    return (
      <li key={fact.seq}>
        <span class="dim">{sinceText(fact.time, since)}</span>
        {index >= 0 && showFact !== undefined ? (
          <button type="button" class="link" onClick={() => showFact(index)}>
            {lineOf(fact)}
          </button>
        ) : (
          <span>{lineOf(fact)}</span>
        )}
        <span>{distinct}</span>
      </li>
    );
  };
  return (
    <section class="came">
      <h3>Came ({total.toLocaleString()})</h3>
      <ul class="mono">
        {first.map(row)}
        {leftOut > 0 && <li class="dim">… {leftOut.toLocaleString()} between them are left out</li>}
        {last.map(row)}
      </ul>
    </section>
  );
}

const lineOf = (fact: JournalEntry): string =>
  fact.kind === "frame" ? frameLine(fact, plain) : (renderFact(fact, plain) ?? membersOf(fact));

/** A fact that has no line of its own: `signal: "ready"`. */
function membersOf({ kind, seq: _, station: __, time: ___, source: ____, ...members }: JournalEntry): string {
  const told = Object.entries(members).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return told.join(", ") || kind;
}
