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
  const { id, ocpp, readers = [], securityProfile } = config;
  const text = (name: "ca" | "cert" | "key"): string[] => said(name, [config[name] ?? []].flat());
  const url = (name: "csms" | "csmsSecure"): string[] => {
    const value = config[name];
    return value === undefined ? [] : said(name, [publicUrl(value) === value ? value : secret(name)]);
  };
  const hidden = (name: "password" | "authorizationKey"): string[] =>
    config[name] === undefined ? [] : said(name, [secret(name)]);
  return [
    ...(file === undefined ? [] : ["--config", String(file)]),
    ...url("csms"),
    ...said("id", [id]),
    ...hidden("password"),
    ...hidden("authorizationKey"),
    ...said("securityProfile", securityProfile === undefined ? [] : [String(securityProfile)]),
    ...(["ca", "cert", "key"] as const).flatMap(text),
    ...url("csmsSecure"),
    ...said("ocpp", ocpp),
    ...said("readers", readers),
    ...(args["allow-only"] === true ? ["--allow-only"] : []),
    ...(args["allow-shell"] === true ? ["--allow-shell"] : []),
  ];
}
