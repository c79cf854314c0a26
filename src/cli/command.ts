import { homedir } from "node:os";
import type { InferredOptionTypes, Options } from "yargs";
import { type ResolvedConfig, resolveConfig, type SettingName } from "../app/config.ts";
import { settingOf } from "../app/config-settings.ts";
import type { Io } from "./io.ts";

type OptionTable = Readonly<Record<string, Options>>;

/** What a command gets: its own options by name, and the program's settings. */
export interface CommandInput<O extends OptionTable = OptionTable> {
  readonly args: InferredOptionTypes<O>;
  readonly settings: ResolvedConfig;
  readonly io: Io;
}

/** A command, or a group of them. */
export interface Command {
  /** What is said above the flags; several lines are fine. */
  readonly describe: string;
  /** Settings of the program that this command takes as flags, besides `data`, `json`, `verbose` and `--config`. */
  readonly settings?: readonly SettingName[];
  readonly options?: OptionTable;
  readonly positionals?: OptionTable;
  readonly examples?: readonly (readonly [command: string, what: string])[];
  readonly epilogue?: string;
  /** By usage in yargs' words: `add [hidden-id]`. */
  readonly subcommands?: Readonly<Record<string, Command>>;
  /** Resolves with the exit code. */
  run?(args: Readonly<Record<string, unknown>>, io: Io): Promise<number>;
}

interface Definition<O extends OptionTable, P extends OptionTable>
  extends Omit<Command, "run" | "options" | "positionals"> {
  readonly options?: O;
  readonly positionals?: P;
  /** Hears that settings are wrong, before it is told as an error: `run` is not called. */
  refused?(e: unknown, given: Omit<CommandInput<O & P>, "settings">): Promise<void>;
  run(input: CommandInput<O & P>): Promise<number>;
}

/** Makes a command of a definition whose `run` sees its own options with their types. */
// biome-ignore lint/complexity/noBannedTypes: the empty table is what a command without options has
export function defineCommand<O extends OptionTable = {}, P extends OptionTable = {}>(
  definition: Definition<O, P>,
): Command {
  return {
    ...definition,
    run: async (flags, io) => {
      const given = { args: flags as InferredOptionTypes<O & P>, io };
      const settings = await resolveConfig({ flags, env: io.env, cwd: io.cwd }).catch(async (e) => {
        await definition.refused?.(e, given);
        throw e;
      });
      return definition.run({ ...given, settings });
    },
  };
}

/** What a station shows another central system, and takes of it. */
export const CREDENTIAL_SETTINGS: readonly SettingName[] = [
  "password",
  "authorizationKey",
  "securityProfile",
  "ca",
  "cert",
  "key",
  "csmsSecure",
];

/** The settings that every command takes. */
export const COMMON_SETTINGS: readonly SettingName[] = ["data", "json", "verbose"];

/** A path below the home directory as people write it: short. */
const withTilde = (text: string): string =>
  text.startsWith(`${homedir()}/`) ? `~${text.slice(homedir().length)}` : text;

/** Settings as flags. */
export function settingOptions(names: readonly SettingName[]): Record<string, Options> {
  return Object.fromEntries(
    names.map((name) => {
      const { flag, kind, describe, absent, default: make } = settingOf(name);
      const option: Options = kind.flag
        ? { type: "boolean", describe }
        : {
            type: "string",
            nargs: 1,
            requiresArg: true,
            describe,
            defaultDescription: absent ?? withTilde(String(make?.(process.env))),
            ...(kind.list === true ? { array: true } : {}),
          };
      return [flag, option];
    }),
  );
}
