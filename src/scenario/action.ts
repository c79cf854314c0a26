import { oneOf, StepProblem } from "./problem.ts";
import type { Known } from "./step.ts";

/** An OCPP action that the version knows. @throws StepProblem, with the version that has it where another one does */
export function actionOf(path: readonly (string | number)[], word: unknown, known: Known): string {
  const { ocpp, versions, actionsOf } = known;
  const other = versions.find((version) => version !== ocpp && isIn(actionsOf(version), word));
  if (other !== undefined && !isIn(actionsOf(ocpp), word)) {
    throw new StepProblem(
      path,
      `"${String(word)}" is no message of OCPP ${ocpp}`,
      `It is one of OCPP ${other}: write ocpp: ${other} beside the step or the scenario's name, or { ${other}: ${String(word)}, ${ocpp}: … }.`,
    );
  }
  const mine = actionsOf(ocpp);
  if (isIn(mine, word)) return oneOf(path, word, mine, "message");
  return oneOf(path, word, [...new Set(versions.flatMap(actionsOf))], "message of OCPP");
}

const isIn = (actions: readonly string[], word: unknown): boolean =>
  actions.some((action) => action.toLowerCase() === String(word).toLowerCase());
