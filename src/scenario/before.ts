import { candidatesOf, originOf, type Rows } from "./literals.ts";
import type { StepProblem } from "./problem.ts";
import { evsesOf, misunderstood, setupInPlace, type WrittenSetup } from "./setup.ts";
import type { Known } from "./step.ts";
import { isUnknown } from "./template.ts";

/** What is wrong with a scenario's station and central system, before anything stands. */
interface Before {
  /** `origin`: where the variables are written that make it wrong. */
  readonly wrong: readonly { readonly problem: StepProblem; readonly origin: string | undefined }[];
  /** The most EVSEs that the station has in any row; undefined where that shows only when it stands. */
  readonly evses: number | undefined;
}

/** Looks at everything that variables whose values are written make of a set-up; what hangs on others shows when it runs. */
export function understoodBefore(written: WrittenSetup, literals: readonly Rows[], known: Known): Before {
  const candidates = candidatesOf(written, literals);
  const wrong = candidates.flatMap(({ value, problems, from }) =>
    [...problems, ...misunderstood(setupInPlace(value, written), known)]
      .filter(({ sure, path }) => sure || !isUnknown(value, path))
      .map((problem) => ({ problem, origin: originOf(written, problem.path, from) })),
  );
  const counts = candidates.map(({ value }) => evsesOf((value as WrittenSetup).station, known));
  const all = counts.filter((count) => count !== undefined);
  return { wrong, evses: all.length === counts.length ? Math.max(...all) : undefined };
}
