import { version } from "../../app/version.ts";
import { defineCommand } from "../command.ts";
import { print, printJson } from "../io.ts";

export const command = defineCommand({
  describe: "Show the version",
  async run({ settings, io }) {
    if (settings.config.json)
      printJson(io, { name: "tapstation", version: version(), node: process.version });
    else print(io, version());
    return 0;
  },
});
