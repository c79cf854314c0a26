import type { RunSummary } from "../../src/scenario/types.ts";
import type { ReportIndex } from "./data.ts";
import { Mark } from "./mark.tsx";
import type { Shown } from "./outcome.ts";
import { durationText } from "./time.ts";

function worstOf({ failed, errors, interrupted }: RunSummary): Shown {
  if (failed > 0) return "failed";
  if (errors > 0) return "error";
  return interrupted > 0 ? "broken" : "passed";
}

/** How the run ended, in one line. */
export function Verdict({ index }: { readonly index: ReportIndex }) {
  const { summary, scenarios, refused } = index;
  if (refused !== undefined) {
    return (
      <strong class="verdict bad">
        <Mark outcome="error" /> nothing ran: {refused.problems.length} problem
        {refused.problems.length === 1 ? "" : "s"}
      </strong>
    );
  }
  if (summary === undefined) {
    const ended = scenarios.filter(({ outcome }) => outcome !== undefined).length;
    return (
      <strong class="verdict bad">
        <Mark outcome="broken" /> broken off after {ended} of {index.run?.total ?? scenarios.length}
      </strong>
    );
  }
  const { failed, errors, passed, skipped, interrupted, flaky, total, wallMs } = summary;
  const ranNothing = skipped > 0 && skipped === total;
  const outcome = worstOf(summary);
  const parts = [
    failed > 0 && `${failed} failed`,
    errors > 0 && `${errors} could not be run`,
    ranNothing ? "nothing ran" : `${passed} passed`,
    flaky > 0 && `${flaky} of them after a retry`,
    skipped > 0 && `${skipped} skipped`,
    interrupted > 0 && `${interrupted} interrupted`,
  ].filter((part) => part !== false);
  return (
    <strong class={`verdict ${outcome === "passed" && !ranNothing ? "good" : "bad"}`}>
      <Mark outcome={ranNothing ? "skipped" : outcome} /> {parts.join(", ")}
      <span class="dim">
        {" "}
        · {total} scenario{total === 1 ? "" : "s"} in {durationText(wallMs)}
      </span>
    </strong>
  );
}
