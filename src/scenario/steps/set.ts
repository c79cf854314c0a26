import { yaml } from "../examples.ts";
import { text } from "../schemas.ts";
import { settingOf } from "../setting.ts";
import { defineStep } from "../step.ts";

/** `set`: settings, as somebody at the station would. */
export const set = defineStep<readonly (readonly [name: string, value: string])[]>({
  describe: "Set settings at the station, by 1.6 key or 2.0.1 Component.Variable.",
  schema: { type: "object", additionalProperties: text, minProperties: 1 },
  examples: [
    "- set: { HeartbeatInterval: 60 } # the 1.6 key, in every version",
    yaml`
      - set:
          LocalPreAuthorize: true
          OCPPCommCtrlr.OfflineThreshold: 600 # the 2.0.1 variable, likewise`,
  ],
  parse: (value, known) => Object.entries(value as object).map(([name, to]) => settingOf(name, to, known)),
  async run(values, at) {
    for (const [name, value] of values) at.bench.set(name, value);
  },
});
