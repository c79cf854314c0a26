import type { ShownSetting } from "../../app/config.ts";
import { type SettingName, settingNames } from "../../app/config-settings.ts";
import { COMMON_SETTINGS, defineCommand } from "../command.ts";
import { clean, print, printJson, table } from "../io.ts";

function valueText({ value, absent }: ShownSetting): string {
  if (value === undefined) return absent === undefined ? "-" : `- (${absent})`;
  return typeof value === "object" ? value.join(", ") : String(value);
}

export const command = defineCommand({
  describe:
    "Show the merged settings and where each comes from.\nFlags beat environment beats station.yaml beats defaults.",
  settings: settingNames.filter((name: SettingName) => !COMMON_SETTINGS.includes(name)),
  examples: [
    ["tapstation config --config station.yaml", "what this station.yaml makes of the settings"],
    ["tapstation config --json", "one object a setting"],
  ],
  async run({ settings, io }) {
    const shown = settings.shown();
    if (settings.config.json) {
      for (const { key, value, origin } of shown)
        printJson(io, { setting: key, value: value ?? null, origin });
      return 0;
    }
    const rows = shown.map((s) => [s.key, clean(valueText(s)), s.originText]);
    print(io, ...table(["setting", "value", "origin"], rows));
    return 0;
  },
});
