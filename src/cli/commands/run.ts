import type { Config } from "../../app/config.ts";
import { certificatesIn, credentialsIn } from "../../app/credentials.ts";
import { updateScenarios } from "../../app/scenario-update.ts";
import { planScenarios, type RunScenariosOptions, refusalOf, runScenarios } from "../../app/scenarios.ts";
import { version } from "../../app/version.ts";
import type { Multiplexer } from "../../report/multiplexer.ts";
import { openReporters, reporterHelp } from "../../report/registry.ts";
import type { RunEvent, ScenarioResult } from "../../scenario/types.ts";
import { isCi } from "../../util/ci.ts";
import { AppError, errorText } from "../../util/errors.ts";
import { againFlags } from "../again-flags.ts";
import { asker } from "../ask.ts";
import { type CommandInput, CREDENTIAL_SETTINGS, defineCommand } from "../command.ts";
import { grepOf } from "../grep.ts";
import { clean, colorsFor, type Io, print, printJson } from "../io.ts";
import { changed, hasKeys, type Wish, wished } from "../run-watch.ts";

const text = { type: "string", nargs: 1, requiresArg: true } as const;
const flag = { type: "boolean" } as const;

const options = {
  grep: { ...text, describe: "Only scenarios whose name or file this regular expression finds" },
  tag: { ...text, array: true, describe: "Only scenarios with this tag (!tag: without it); repeatable" },
  shard: { ...text, describe: "Only the i-th of n parts: 1/3" },
  list: { ...flag, describe: "Show what would run, and run nothing" },
  watch: { ...flag, describe: "Run again whenever a file changes or Enter is pressed, until q or Ctrl-C" },
  update: {
    ...flag,
    describe:
      "First write what came into the files, where with or count of an expectation says something else",
  },
  bail: { ...flag, describe: "Stop at the first scenario that does not pass" },
  retries: {
    ...text,
    describe: "Try a scenario that does not pass so many times again",
    defaultDescription: "0",
  },
  workers: {
    ...text,
    describe: "So many scenarios side by side",
    defaultDescription: "4; 1 with --csms or a real reader",
  },
  seed: { ...text, describe: "What is random follows from it", defaultDescription: "1" },
  reporter: {
    ...text,
    array: true,
    describe: `How the outcome is told, NAME or NAME:FILE; repeatable\n${reporterHelp.map(([name, about]) => `${name}: ${about}`).join("\n")}`,
    defaultDescription: "terminal",
  },
  quiet: { ...flag, describe: "Tell only what did not pass, and one line" },
  "allow-only": { ...flag, describe: "Let only: true leave others out although CI is set" },
  "allow-shell": { ...flag, describe: "Let scenarios run programs of this machine" },
} as const;

const positionals = {
  paths: { type: "string", array: true, describe: "Scenario files, and folders of them" },
} as const;

type Input = CommandInput<typeof options & typeof positionals>;

export const command = defineCommand({
  describe:
    "Run scenarios: a station that is tapped, plugged and cut off as written, against the built-in central system in\nvirtual time, or another one in real time.",
  settings: ["csms", "id", ...CREDENTIAL_SETTINGS, "ocpp", "readers"],
  options,
  positionals,
  examples: [
    ["tapstation run scenarios/", "all scenarios, each in the OCPP versions that it is for"],
    ["tapstation run my.yaml --watch", "while writing one"],
    ["tapstation run scenarios/ --reporter terminal --reporter junit:report.xml", "for a CI server"],
    ["tapstation run scenarios/ --tag whitelisting --ocpp 1.6 --bail", "some of them"],
    [
      "tapstation run scenarios/sessions --csms wss://csms.example.com/ocpp --id CP001",
      "against another central system",
    ],
  ],
  epilogue:
    "How scenarios are written: tapstation steps.\nExit codes: 0 all passed, 1 one did not, 2 a file or the command line is wrong or all were skipped (but for --shard),\n3 a device, 4 the central system, 130 interrupted (143 by SIGTERM).",
  async refused(e, { args, io }) {
    if (args.list === true) return;
    const reporters = await open(args, io, false);
    reporters.on(refusalOf(e, commandOf(args.paths)));
    await reporters.close();
  },
  async run(input) {
    if (input.args.list === true) return list(input, optionsOf(input));
    if (input.args.watch === true) return watch(input, optionsOf(input));
    return once(input);
  },
});

const commandOf = (paths: readonly string[] = []): string => ["tapstation run", ...paths].join(" ");

function optionsOf({ args, settings, io }: Input): RunScenariosOptions {
  const { config, origins } = settings;
  const shard = args.shard === undefined ? undefined : shardOf(args.shard);
  return {
    paths: args.paths ?? [],
    cwd: io.cwd,
    seed: count("seed", args.seed, 0) ?? 1,
    retries: count("retries", args.retries, 0) ?? 0,
    bail: args.bail === true,
    allowOnly: args["allow-only"] === true || !isCi(io.env),
    allowShell: args["allow-shell"] === true,
    signal: io.signal,
    id: config.id,
    version: version(),
    command: commandOf(args.paths),
    flags: againFlags({ args, settings, io }),
    ...(args.grep === undefined ? {} : { grep: grepOf(args.grep) }),
    ...(args.tag === undefined ? {} : { tags: args.tag }),
    ...(shard === undefined ? {} : { shard }),
    ...(args.workers === undefined ? {} : { workers: count("workers", args.workers, 1) ?? 1 }),
    ...(origins.ocpp.from === "default" ? {} : { ocpp: config.ocpp }),
    ...(config.csms === undefined ? {} : { csms: config.csms }),
    ...identityIn(config),
    ...readersOf(config.readers),
    ...(io.stdin.isTTY === true ? { ask: asker(io) } : {}),
  };
}

function identityIn(config: Config): Partial<RunScenariosOptions> {
  const { certificate: _, ...credentials } = credentialsIn(config);
  return { ...credentials, ...certificatesIn(config) };
}

/** `virtual` is what is used without any. */
function readersOf(readers: readonly string[] | undefined): Pick<RunScenariosOptions, "readers"> {
  const real = (readers ?? []).filter((reader) => reader !== "virtual");
  return real.length === 0 ? {} : { readers: real };
}

/** @throws AppError `usage` where nobody looks at what is written */
async function update({ io }: Input, o: RunScenariosOptions): Promise<void> {
  if (isCi(io.env)) {
    throw new AppError("usage", "--update writes into scenario files, and CI is set", {
      hint: "Update them where somebody looks at the changes, and leave --update out here.",
    });
  }
  await updateScenarios(o, ({ at, text }) => {
    io.stderr.write(`${at.file}:${at.line}:${at.col}: ${clean(text)}\n`);
  });
}

const isBad = ({ outcome }: ScenarioResult): boolean => outcome === "failed" || outcome === "error";

const open = (args: Input["args"], io: Io, json: boolean): Promise<Multiplexer> =>
  openReporters(args.reporter ?? [], {
    stdout: io.stdout,
    colors: colorsFor(io.stdout, io.env),
    env: io.env,
    cwd: io.cwd,
    quiet: args.quiet === true,
    json,
    onFault: ({ reporter, error }) => {
      io.stderr.write(`The reporter ${reporter} failed and is left out: ${clean(errorText(error))}\n`);
    },
  });

/** To a person who has pressed Ctrl-C, and may think that nothing comes of it. */
function tellInterrupted({ stderr }: Io): void {
  if (stderr.isTTY !== true) return;
  stderr.write("\nTear-downs run, then reports are written; Ctrl-C again ends at once, without them.\n");
}

interface Once extends Pick<RunScenariosOptions, "ids"> {
  /** Holds the ids of those that did not pass in the end. */
  readonly failed?: Set<string>;
}

/**
 * Gives the exit code: a report that could not be written is 2 where all passed. Reports tell too why nothing could run,
 * so that none of an earlier run, and no empty one, stands for it.
 */
async function once(input: Input, { failed, ...chosen }: Once = {}): Promise<number> {
  const { io, args, settings } = input;
  const reporters = await open(args, io, settings.config.json);
  let code = 0;
  const interrupted = (): void => tellInterrupted(io);
  io.signal.addEventListener("abort", interrupted);
  try {
    const onEvent = (event: RunEvent): void => {
      reporters.on(event);
      if (event.kind === "runBegan") failed?.clear();
      if (event.kind === "scenarioEnded" && isBad(event.result)) failed?.add(event.id);
    };
    if (args.update === true) await update(input, optionsOf(input));
    code = (await runScenarios({ ...optionsOf(input), ...chosen, onEvent })).exitCode;
  } catch (e) {
    reporters.on(refusalOf(e, commandOf(args.paths)));
    throw e;
  } finally {
    io.signal.removeEventListener("abort", interrupted);
    await reporters.close();
  }
  return code === 0 && reporters.faults.length > 0 ? 2 : code;
}

function list({ io, settings }: Input, o: RunScenariosOptions): number {
  for (const { info, skip } of planScenarios(o)) {
    if (settings.config.json) printJson(io, { ...info, source: undefined, skip });
    else {
      const { file, line } = info.at;
      const cell = Object.values(info.cell).join(", ");
      print(io, `${file}:${line}  ${info.name}  (${cell})${skip === undefined ? "" : `  skipped: ${skip}`}`);
    }
  }
  return 0;
}

/** A file that is wrong is told, and the next change or key awaited. */
async function watch(input: Input, { paths }: RunScenariosOptions): Promise<number> {
  const { io, settings } = input;
  // Events have the standard output for themselves.
  const aside = settings.config.json ? { ...io, stdout: io.stderr } : io;
  const failed = new Set<string>();
  let ids: ReadonlySet<string> | undefined;
  while (!io.signal.aborted) {
    const over = new AbortController();
    const change = changed(paths, io.cwd, AbortSignal.any([io.signal, over.signal]));
    try {
      await once(input, { ...(ids === undefined ? {} : { ids }), failed });
    } catch (e) {
      if (!(e instanceof AppError)) throw e;
      print(aside, e.message, ...(e.hint === undefined ? [] : [`  ${e.hint}`]));
    }
    const wish = io.signal.aborted ? undefined : await nextWish(aside, change, failed.size);
    over.abort();
    if (wish === "quit") return 0;
    ids = wish === "failed" ? new Set(failed) : undefined;
  }
  return 0;
}

/** What is wanted next; undefined: a file has changed. */
async function nextWish(io: Io, change: Promise<void>, failed: number): Promise<Wish | undefined> {
  if (!hasKeys(io)) {
    print(io, "Waiting for a file to change; Ctrl-C ends.");
    await change;
    return undefined;
  }
  const again = failed === 0 ? "" : ` · f what did not pass (${failed})`;
  print(
    io,
    colorsFor(io.stdout, io.env).dim(`Waiting for a file to change · Enter all again${again} · q quit`),
  );
  const over = new AbortController();
  const signal = AbortSignal.any([io.signal, over.signal]);
  try {
    for (;;) {
      const wish = await Promise.race([change, wished(io, signal)]);
      if (wish !== "failed" || failed > 0) return wish ?? undefined;
    }
  } finally {
    over.abort();
  }
}

function count(name: string, given: string | undefined, min: number): number | undefined {
  if (given === undefined) return undefined;
  const n = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (n >= min) return n;
  throw new AppError("usage", `--${name}: "${given}" is not a whole number from ${min}`, {
    hint: `Write for example --${name} 2.`,
  });
}

function shardOf(given: string): { index: number; of: number } {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(given) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (shard.index >= 1 && shard.index <= shard.of) return shard;
  throw new AppError("usage", `--shard: "${given}" is no part of the whole`, {
    hint: "Write i/n, for example 1/3 for the first of three parts.",
  });
}
