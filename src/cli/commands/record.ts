import path from "node:path";
import { checkDevices } from "../../app/config-devices.ts";
import { writeScenario } from "../../app/record.ts";
import { mustBeNew, Recorder, type RecordFiles, recordFiles } from "../../app/recorder.ts";
import { startStation } from "../../app/start.ts";
import { shellWord } from "../../util/shell.ts";
import { type CommandInput, defineCommand } from "../command.ts";
import { clean, colorsFor, type Io } from "../io.ts";
import { runSession } from "../session.ts";
import { command as start } from "./start.ts";

const text = { type: "string", nargs: 1, requiresArg: true } as const;

const options = {
  name: { ...text, describe: "Name of the scenario", defaultDescription: "the session's day and time" },
  force: { type: "boolean", describe: "Write over files that are there" },
  from: {
    ...text,
    describe: "Make the scenario of the recording of an earlier session (.jsonl), and start nothing",
  },
} as const;

const positionals = {
  file: { type: "string", demandOption: true, describe: "The scenario to write, for example session.yaml" },
} as const;

type Input = CommandInput<typeof options & typeof positionals>;

export const command = defineCommand({
  describe:
    "Put a station up as start does, and write a scenario of everything that is done: taps, cables, outages, and what the\ncentral system commands. The facts are written beside it (.jsonl), for replay.",
  settings: start.settings ?? [],
  options,
  positionals,
  examples: [
    ["tapstation record session.yaml", "then tap, plug, and end it with q"],
    [
      "tapstation record session.yaml --csms wss://csms.example.com/ocpp --id CP001",
      "at another central system",
    ],
    ["tapstation run session.yaml", "does it again"],
    ["tapstation replay session.yaml --csms ws://staging.example.com/ocpp", "which answers differ there"],
  ],
  epilogue:
    "A session that was killed is not lost: tapstation record session.yaml --from session.jsonl. Secrets are in neither file.",
  run: (input) => (input.args.from === undefined ? record(input) : again(input, input.args.from)),
});

async function record({ args, settings, io }: Input): Promise<number> {
  const { config } = settings;
  const files = recordFiles(args.file, io.cwd);
  await checkDevices(settings);
  const recorder = new Recorder(files, config, args.force === true);
  let stood = false;
  let ended: unknown;
  try {
    await runSession(io, config, async (given, hear, tell) => {
      recorder.onTrouble((problem) => tell?.(problem));
      const station = await startStation(given, (fact) => {
        recorder.hear(fact);
        hear?.(fact);
      });
      recorder.stands();
      stood = true;
      return station;
    });
  } catch (e) {
    if (!stood) {
      recorder.discard();
      throw e;
    }
    ended = e;
  }
  const broken = recorder.close();
  const code = await finish(io, files, args.name);
  if (ended !== undefined) throw ended;
  if (broken !== undefined) throw broken;
  return code;
}

function again({ args, io }: Input, from: string): Promise<number> {
  const { scenario } = recordFiles(args.file, io.cwd);
  if (args.force !== true) mustBeNew(scenario);
  const files = { scenario, facts: path.resolve(io.cwd, from) };
  return finish(io, files, args.name);
}

async function finish(io: Io, files: RecordFiles, name: string | undefined): Promise<number> {
  const { steps, remarks, eased, failure } = await writeScenario(files, name);
  const c = colorsFor(io.stderr, io.env);
  const shown = (file: string) => path.relative(io.cwd, file) || file;
  const lines = [
    `${shown(files.scenario)}: ${steps} step${steps === 1 ? "" : "s"}, the facts in ${shown(files.facts)}`,
    ...(eased === 0 ? [] : [c.dim(`${eased} of them hold in any order only (since: start)`)]),
    ...remarks.map((remark) => c.yellow(clean(`! ${remark}`))),
    ...(failure === undefined
      ? [`It passes: tapstation run ${shellWord(shown(files.scenario))}`]
      : [c.red(clean(`It does not pass yet: ${failure}`))]),
  ];
  for (const line of lines) io.stderr.write(`${line}\n`);
  return failure === undefined ? 0 : 1;
}
