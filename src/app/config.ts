import path from "node:path";
import { AppError, isAppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import { type FilePosition, positionText } from "./config-position.ts";
import {
  type Config,
  type Environment,
  type SettingName,
  settingNames,
  settingOf,
} from "./config-settings.ts";

export type { Config, SettingName } from "./config-settings.ts";

/** Where a value comes from. */
export type Origin =
  | { readonly from: "default" }
  | ({ readonly from: "file" } & FilePosition)
  | { readonly from: "environment"; readonly name: string }
  | { readonly from: "flag"; readonly name: string };

/** One merged setting, fit to be shown: secrets are masked. */
export interface ShownSetting {
  readonly name: SettingName;
  /** The key in station.yaml and the flag. */
  readonly key: string;
  readonly value: string | number | boolean | readonly string[] | undefined;
  readonly origin: Origin;
  readonly originText: string;
  /** What happens without a value. */
  readonly absent?: string;
}

export interface ResolvedConfig {
  readonly config: Config;
  readonly origins: Readonly<Record<SettingName, Origin>>;
  shown(): ShownSetting[];
}

export interface ConfigSources {
  /** Values of flags by flag name; `config` is the path of a station.yaml. Others are not looked at. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Environment;
  readonly cwd?: string;
}

/** The environment's name for `--config`. */
export const CONFIG_ENV = "TAPSTATION_CONFIG";

/**
 * Merges defaults < station.yaml < environment < flags. There is no station.yaml unless `--config` (or
 * TAPSTATION_CONFIG) names one, so that a program behaves the same wherever it is started.
 * @throws AppError `usage` for flags, `config.invalid` for the file and the environment; the message says where.
 */
export async function resolveConfig(sources: ConfigSources = {}): Promise<ResolvedConfig> {
  const { flags = {}, env = {}, cwd = process.cwd() } = sources;
  mustBeKnown(env);
  const named = textsOfFlag(flags.config)?.at(-1) ?? (env[CONFIG_ENV] || undefined);
  const file = named === undefined ? undefined : path.resolve(cwd, named);
  const inFile =
    file === undefined ? undefined : (await import("./config-file.ts")).readConfigFile(file, named);
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const name of settingNames) {
    const { flag, env: variable } = settingOf(name);
    const texts = textsOfFlag(flags[flag]);
    const inEnv = env[variable];
    const found = inFile?.get(name);
    if (texts !== undefined) {
      origins[name] = { from: "flag", name: `--${flag}` };
      values[name] = parse(name, texts, cwd, origins[name]);
    } else if (inEnv !== undefined && inEnv !== "") {
      origins[name] = { from: "environment", name: variable };
      values[name] = parse(name, splitEnv(name, inEnv), cwd, origins[name]);
    } else if (found !== undefined) {
      origins[name] = { from: "file", ...found.at };
      values[name] = parse(name, found.texts, path.dirname(file ?? cwd), origins[name]);
    } else {
      origins[name] = { from: "default" };
      values[name] = defaultOf(name, env);
    }
  }
  const config = values as unknown as Config;
  const all = origins as Record<SettingName, Origin>;
  return { config, origins: all, shown: () => settingNames.map((name) => show(name, config, all[name])) };
}

/** Every name in the environment that means something to the program or its tests. */
const ENV_NAMES: ReadonlySet<string> = new Set([
  CONFIG_ENV,
  "TAPSTATION_REQUIRE_ALL",
  ...settingNames.map((name) => settingOf(name).env),
]);

/** A mistyped name would have no effect, and nobody would see why. */
function mustBeKnown(env: Environment): void {
  const unknown = Object.keys(env).find(
    (name) => name.startsWith("TAPSTATION_") && (env[name] ?? "") !== "" && !ENV_NAMES.has(name),
  );
  if (unknown === undefined) return;
  const meant = nearest(unknown, ENV_NAMES);
  throw new AppError("config.invalid", `environment ${unknown}: there is no such setting`, {
    hint: meant === undefined ? `There are ${[...ENV_NAMES].join(", ")}.` : `Did you mean ${meant}?`,
  });
}

/** What a flag's value is as text; undefined when the flag was not given. */
function textsOfFlag(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** Lists in the environment are separated by commas. */
function splitEnv(name: SettingName, value: string): string[] {
  if (settingOf(name).kind.list !== true) return [value];
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function defaultOf(name: SettingName, env: Environment): unknown {
  return settingOf(name).default?.(env);
}

/** An error about a setting, with the place that the value comes from in front. */
export function errorAt(name: SettingName, origin: Origin, e: AppError): AppError {
  const code = origin.from === "flag" ? "usage" : "config.invalid";
  const where =
    origin.from === "file" ? `${originText(origin)}: ${settingOf(name).flag}` : originText(origin);
  return new AppError(
    code,
    `${where}: ${e.message}`,
    e.hint === undefined ? { cause: e } : { hint: e.hint, cause: e },
  );
}

function parse(name: SettingName, texts: readonly string[], base: string, origin: Origin): unknown {
  try {
    return settingOf(name).kind.parse(texts, base);
  } catch (e) {
    throw isAppError(e) ? errorAt(name, origin, e) : e;
  }
}

/** An origin as a person reads it: `station.yaml:3:7`, `environment TAPSTATION_ID`, `flag --id`, `default`. */
export function originText(origin: Origin): string {
  if (origin.from === "default") return "default";
  if (origin.from === "file") return positionText(origin);
  return `${origin.from} ${origin.name}`;
}

function show(name: SettingName, config: Config, origin: Origin): ShownSetting {
  const { flag, mask, absent } = settingOf(name);
  const value = config[name];
  return {
    name,
    key: flag,
    value: mask !== undefined && typeof value === "string" ? mask(value) : value,
    origin,
    originText: originText(origin),
    ...(absent === undefined ? {} : { absent }),
  };
}
