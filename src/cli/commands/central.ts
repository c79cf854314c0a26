import { startCentral } from "../../app/central.ts";
import { centralVerbs } from "../../app/central-verbs.ts";
import { runCentral } from "../central-session.ts";
import { defineCommand } from "../command.ts";

export const command = defineCommand({
  describe:
    "Put the built-in central system up alone, on this machine, for stations of other processes: run, record and replay\nwith --csms, other simulators. It runs until SIGINT or SIGTERM; in a terminal it takes verbs.",
  settings: ["port", "tls", "files", "id", "password", "authorizationKey", "control"],
  examples: [
    ["tapstation central --port 9000", "then, in another terminal:"],
    ["tapstation run scenarios/sessions --csms ws://127.0.0.1:9000/ocpp", "scenarios in real time"],
    [
      "tapstation central --tls --password 'sixteen chars or more'",
      "by TLS too; CP001 (--id) has to give the password",
    ],
    [
      "tapstation access-mode Open",
      "who may charge: from a second terminal, as cards, users, roaming and log",
    ],
  ],
  epilogue: `Verbs (lines with --control -, or in a terminal):\n${centralVerbs
    .help()
    .map((line) => `  ${line}`)
    .join("\n")}\n\nWithout --json the address stands on standard output, what is heard on standard error.`,
  async run({ settings, io }) {
    await runCentral(io, settings.config, startCentral);
    return 0;
  },
});
