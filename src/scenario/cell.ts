import type { ScenarioInfo } from "./types.ts";

/** What was chosen for it, as text: "ocpp=1.6 reader=virtual"; empty when nothing was. */
export const cellText = ({ cell }: Pick<ScenarioInfo, "cell">): string =>
  Object.entries(cell)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
