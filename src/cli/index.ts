import yargs, { type Argv } from "yargs";
import { version } from "../app/version.ts";
import { AppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import { COMMON_SETTINGS, type Command, settingOptions } from "./command.ts";
import { commands } from "./commands/table.ts";
import { reportError } from "./errors.ts";
import type { Io } from "./io.ts";
import { usageText } from "./usage-text.ts";

/** Runs one command line (without node and script). Resolves with the exit code; never rejects. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await new Dispatch(argv, io).run();
  } catch (e) {
    return reportError(e, io, argv.includes("--verbose") || (io.env.DEBUG ?? "") !== "");
  }
}

const COMMON = {
  ...settingOptions(COMMON_SETTINGS),
  config: { type: "string", nargs: 1, requiresArg: true, describe: "A station.yaml with settings" },
} as const;

/** One command line on its way through yargs: what it may be, and what came of it. */
class Dispatch {
  readonly #argv: readonly string[];
  readonly #io: Io;
  /** Flags and commands that are known where parsing stands: what a mistyped word may have meant. */
  #flags = [...Object.keys(COMMON), "help", "version"].map((flag) => `--${flag}`);
  #names = Object.keys(commands);
  #path = "tapstation";
  /** The arguments that the command needs, in their order: what each is. */
  #needed: readonly string[] = [];
  #code = 0;

  constructor(argv: readonly string[], io: Io) {
    this.#argv = argv;
    this.#io = io;
  }

  async run(): Promise<number> {
    const parser = this.#parser();
    for (const [name, { usage = name, describe, load }] of Object.entries(commands)) {
      parser.command(
        usage,
        describe,
        async (y) => this.#configure(y, usage, await load()),
        async (args) => this.#handle(await load(), args),
      );
    }
    let output = "";
    try {
      await parser.parseAsync([...this.#argv], {}, (_error, _args, text) => {
        output = text;
      });
    } catch (e) {
      // A flag without its value passes by yargs' fail hook.
      throw e instanceof Error && e.name === "YError" ? this.#usageError(e.message) : e;
    }
    if (output !== "") this.#io.stdout.write(`${output}\n`);
    return this.#code;
  }

  #parser(): Argv {
    return yargs([])
      .scriptName("tapstation")
      .locale("en")
      .version(version())
      .help()
      .alias("help", "h")
      .exitProcess(false)
      .showHelpOnFail(false)
      .strict()
      .wrap(Math.min(110, this.#io.stdout.columns ?? 100))
      .parserConfiguration({
        "camel-case-expansion": false,
        "dot-notation": false,
        "greedy-arrays": false,
        "parse-numbers": false,
        "parse-positional-numbers": false,
      })
      .usage("$0 <command>\n\nAn EV charging station made of software, with a real card reader on its desk.")
      .options(COMMON)
      .demandCommand(1, "Say which command")
      .epilogue("tapstation <command> --help shows the flags and examples of a command.")
      .fail((message, error) => {
        throw error ?? this.#usageError(message);
      });
  }

  /** Tells yargs about a command: flags, positional arguments, examples, subcommands. */
  #configure(y: Argv, usage: string, command: Command): Argv {
    const {
      settings = [],
      options = {},
      positionals = {},
      examples = [],
      epilogue = "",
      subcommands,
    } = command;
    const own = { ...settingOptions(settings), ...options };
    this.#path += ` ${usage.split(" ", 1)[0]}`;
    this.#needed = [...usage.matchAll(/<([^>.]+)/g)].map(([, key = ""]) =>
      neededText(key, positionals[key]?.describe),
    );
    this.#flags.push(...Object.keys(own).map((flag) => `--${flag}`));
    y.options(own).epilogue([exampleText(examples), epilogue].filter((text) => text !== "").join("\n\n"));
    for (const [key, positional] of Object.entries(positionals)) {
      const { nargs: _, requiresArg: __, array, ...rest } = positional;
      y.positional(key, { ...rest, ...(array === undefined ? {} : { array }) } as Parameters<
        Argv["positional"]
      >[1]);
    }
    if (subcommands === undefined) return y;
    this.#names = Object.keys(subcommands).map((usage) => usage.split(" ", 1)[0] ?? usage);
    for (const [form, sub] of Object.entries(subcommands)) {
      y.command(
        form,
        sub.describe,
        (z) => this.#configure(z, form, sub),
        (args) => this.#handle(sub, args),
      );
    }
    return command.run === undefined ? y.demandCommand(1, `Say what to do: ${this.#names.join(", ")}`) : y;
  }

  async #handle(command: Command, args: Readonly<Record<string, unknown>>): Promise<void> {
    this.#code = (await command.run?.(args, this.#io)) ?? 0;
  }

  /** yargs' message with the word that was probably meant. */
  #usageError(message: string): AppError {
    const unknown = /^Unknown (?:argument|command)s?: "?([^",]*)/.exec(message)?.[1];
    const wasFlag = unknown !== undefined && this.#argv.some((a) => /^-/.test(a) && a.includes(unknown));
    const known = wasFlag ? this.#flags : this.#names;
    const meant = unknown === undefined ? undefined : nearest(wasFlag ? `--${unknown}` : unknown, known);
    const kind = wasFlag ? "flag" : this.#path === "tapstation" ? "command" : "argument";
    const said = wasFlag ? `--${unknown}` : unknown;
    const see = `${this.#path} --help shows what there is.`;
    if (unknown === undefined) {
      const text = usageText(message, this.#flags, this.#needed);
      return new AppError("usage", text.message, { hint: text.hint ?? see });
    }
    return new AppError("usage", `Unknown ${kind}: ${said}`, {
      hint: meant === undefined ? see : `Did you mean ${meant}?`,
    });
  }
}

/** Examples below each other: yargs' own columns break long command lines apart. */
/** "paths (Scenario files, and folders of them)". */
const neededText = (key: string, describe: string | undefined): string =>
  describe === undefined ? key : `${key} (${describe})`;

function exampleText(examples: NonNullable<Command["examples"]>): string {
  const lines = examples.map(([line, what]) => (what === "" ? `  ${line}` : `  ${line}\n      ${what}`));
  return lines.length === 0 ? "" : ["Examples:", ...lines].join("\n");
}
