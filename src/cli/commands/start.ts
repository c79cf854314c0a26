import { checkDevices } from "../../app/config-devices.ts";
import { startStation } from "../../app/start.ts";
import { stationVerbs } from "../../app/verbs.ts";
import { CREDENTIAL_SETTINGS, defineCommand } from "../command.ts";
import { runSession } from "../session.ts";

export const command = defineCommand({
  describe:
    "Put a station up: tap cards, plug cars, talk OCPP to a central system.\nIn a terminal single keys do it (? shows them); elsewhere it runs until SIGINT or SIGTERM.",
  settings: [
    "csms",
    "id",
    ...CREDENTIAL_SETTINGS,
    "tls",
    "ocpp",
    "model",
    "readers",
    "buzzers",
    "indicators",
    "control",
    "port",
    "files",
  ],
  examples: [
    ["tapstation start", "a station at the built-in central system, with the reader that is plugged in"],
    [
      "tapstation start --csms wss://csms.example.com/ocpp --id CP001 --ocpp 2.0.1",
      "at another central system",
    ],
    ["tapstation start --reader serial:/dev/ttyUSB0 --reader fifo:/tmp/cards", "with two readers"],
    ["printf 'tap 04A2241BC85E80\\nplug 1\\n' | tapstation start --control - --json", "driven by a script"],
  ],
  epilogue: `Verbs (lines with --control -, or after : in a terminal):\n${stationVerbs
    .help()
    .map((line) => `  ${line}`)
    .join("\n")}`,
  async run({ settings, io }) {
    await checkDevices(settings);
    await runSession(io, settings.config, startStation);
    return 0;
  },
});
