import { CONFIG_ENV, type ResolvedConfig, type SettingName } from "../app/config.ts";
import { settingOf } from "../app/config-settings.ts";
import { publicUrl } from "../ocpp/rpc/url.ts";
import type { Io } from "./io.ts";

interface Given {
  readonly args: {
    readonly config?: unknown;
    readonly "allow-only"?: boolean | undefined;
    readonly "allow-shell"?: boolean | undefined;
  };
  readonly settings: ResolvedConfig;
  readonly io: Pick<Io, "env">;
}

/**
 * What has to be said again, besides the file and the seed, for the same surroundings. A secret stands as the variable
 * of the environment that it may be put into: `$TAPSTATION_PASSWORD`. What comes from a station.yaml comes from it again.
 */
export function againFlags({ args, settings: { config, origins }, io }: Given): string[] {
  const file = [args.config].flat().at(-1) ?? (io.env[CONFIG_ENV] || undefined);
  const say = (name: SettingName, value: string): string[] => [`--${settingOf(name).flag}`, value];
  const said = (name: SettingName, values: readonly string[]): string[] =>
    ["flag", "environment"].includes(origins[name].from) ? values.flatMap((value) => say(name, value)) : [];
  const secret = (name: SettingName): string => `$${settingOf(name).env}`;
  const { csms, id, password, ocpp, readers = [] } = config;
  const isPublic = csms === undefined || publicUrl(csms) === csms;
  return [
    ...(file === undefined ? [] : ["--config", String(file)]),
    ...said("csms", csms === undefined ? [] : [isPublic ? csms : secret("csms")]),
    ...said("id", [id]),
    ...said("password", password === undefined ? [] : [secret("password")]),
    ...said("ocpp", ocpp),
    ...said("readers", readers),
    ...(args["allow-only"] === true ? ["--allow-only"] : []),
    ...(args["allow-shell"] === true ? ["--allow-shell"] : []),
  ];
}
