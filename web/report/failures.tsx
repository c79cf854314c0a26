import { frameLine } from "../../src/journal/lines/frames.ts";
import { renderFact } from "../../src/journal/lines/render.ts";
import { noColors as plain } from "../../src/report/failure-lines.ts";
import { Copy } from "./copy.tsx";
import type { IndexEntry, PageFailure, ScenarioPart } from "./data.ts";
import { sinceText } from "./time.ts";

interface FailuresProps {
  readonly entry: IndexEntry;
  readonly part: ScenarioPart;
  readonly since: number;
  readonly showFact: (index: number) => void;
}

/** Why the scenario did not pass, and why earlier tries did not. */
export function Failures({ entry, part, since, showFact }: FailuresProps) {
  const { again } = entry;
  return (
    <>
      {part.failures.map((failure, i) => (
        <FailureCard key={i} failure={failure} part={part} since={since} showFact={showFact} />
      ))}
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
  const { at, message, hint, step, expected, nearest, differences = [] } = failure;
  const index = part.facts.findIndex(({ seq }) => seq === nearest?.seq);
  return (
    <article class={`failure ${failure.outcome}`}>
      <h2>{message}</h2>
      {hint !== undefined && <p class="advice">{hint}</p>}
      <div class="grid">
        <section>
          <h3>
            The step <span class="dim mono">{`${at.file}:${at.line}`}</span>
          </h3>
          <pre>{step.trimEnd()}</pre>
        </section>
        {expected !== undefined && (
          <section>
            <h3>Expected</h3>
            <pre>{expected.trimEnd()}</pre>
          </section>
        )}
        {nearest !== undefined && (
          <section>
            <h3>The nearest that came {sinceText(nearest.time, since)}</h3>
            <pre>
              {nearest.kind === "frame"
                ? frameLine(nearest, plain)
                : (renderFact(nearest, plain) ?? nearest.kind)}
            </pre>
            {index >= 0 && showFact !== undefined && (
              <button type="button" onClick={() => showFact(index)}>
                Show it
              </button>
            )}
          </section>
        )}
      </div>
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
