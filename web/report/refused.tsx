import { problemsByFile } from "../../src/scenario/problems-by-file.ts";
import type { ReportIndex } from "./data.ts";
import { Mark } from "./mark.tsx";

/** Instead of an overview: why nothing could run, file by file. */
export function RefusedRun({ refused }: { readonly refused: NonNullable<ReportIndex["refused"]> }) {
  return (
    <main class="overview">
      <p class="about">
        <code>{refused.command}</code>
        <time dateTime={refused.time}>{new Date(refused.time).toLocaleString()}</time>
      </p>
      {problemsByFile(refused.problems).map(([file, problems]) => (
        <section key={file} class="group refused" aria-label={file === "" ? refused.command : file}>
          {file !== "" && <h2>{file}</h2>}
          <ul>
            {problems.map(({ at, message, hint }) => (
              <li key={`${at?.line}:${at?.col} ${message}`} class="row">
                <Mark outcome="error" />
                <span class="num dim">{at?.line !== undefined && `${at.line}:${at.col}`}</span>
                <span class="what">
                  <span class="bad">{message}</span>
                  {hint !== undefined && <span class="why">{hint}</span>}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </main>
  );
}
