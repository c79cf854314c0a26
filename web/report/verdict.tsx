import type { ReportIndex } from "./data.ts";
import { Mark } from "./mark.tsx";
import type { Shown } from "./outcome.ts";
import { durationText } from "./time.ts";

/** How the run ended, in one line. */
export function Verdict({ index }: { readonly index: ReportIndex }) {
  const { summary, scenarios } = index;
  if (summary === undefined) {
    const ended = scenarios.filter(({ outcome }) => outcome !== undefined).length;
    return (
      <strong class="verdict bad">
        <Mark outcome="broken" /> broken off after {ended} of {index.run?.total ?? scenarios.length}
      </strong>
    );
  }
  const { failed, errors, passed, skipped, flaky, total, wallMs } = summary;
  const outcome: Shown = failed > 0 ? "failed" : errors > 0 ? "error" : "passed";
  const parts = [
    failed > 0 && `${failed} failed`,
    errors > 0 && `${errors} could not be run`,
    `${passed} passed`,
    flaky > 0 && `${flaky} of them after a retry`,
    skipped > 0 && `${skipped} skipped`,
  ].filter((part) => part !== false);
  return (
    <strong class={`verdict ${outcome === "passed" ? "good" : "bad"}`}>
      <Mark outcome={outcome} /> {parts.join(", ")}
      <span class="dim">
        {" "}
        · {total} scenario{total === 1 ? "" : "s"} in {durationText(wallMs)}
      </span>
    </strong>
  );
}
