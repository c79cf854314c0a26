import { homedir } from "node:os";
import type { OcppVersion } from "../ocpp/rpc/types.ts";
import { publicUrl } from "../ocpp/rpc/url.ts";
import { AppError } from "../util/errors.ts";
import { filePath, integer, type Kind, oneOf, onOff, someOf, text, texts, wsUrl } from "./config-kinds.ts";
import { defaultDataDir } from "./paths.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Makes the value that a setting has when nobody gives one. */
export type MakeDefault<T> = (env: Environment) => T;

/** One setting of the program: a row makes the flag, the environment variable, the key in station.yaml and the help. */
export interface Setting<T = unknown, D = MakeDefault<unknown> | undefined> {
  readonly kind: Kind<T>;
  /** The flag without its dashes; the key in station.yaml is the same. */
  readonly flag: string;
  readonly env: string;
  readonly describe: string;
  /** Absent: the setting has no value unless somebody gives one. */
  readonly default?: D;
  /** What happens without a value, for help and `tapstation config`. */
  readonly absent?: string;
  /** How the value may be shown; absent: as it is. */
  readonly mask?: (value: string) => string;
}

const OCPP_VERSIONS = ["1.6", "2.0.1"] as const satisfies readonly OcppVersion[];

/** 2.0.1 part 4 §3.1.1: at most 48 characters; no slash, because the id is a part of the URL's path. */
function stationId(id: string): string {
  if (/^[\p{L}\p{N} *\-_=:+|@.]{1,48}$/u.test(id) && id.trim() === id && !/^\.{1,2}$/.test(id)) return id;
  throw new AppError("config.invalid", `"${id}" cannot be the identity of a station`, {
    hint: "Use 1 to 48 letters, digits, blanks and * - _ = : + | @ . characters.",
  });
}

/** Security white paper §7.2. */
function authorizationKey(key: string): string {
  if (/^(?:[0-9a-f]{2}){16,20}$/i.test(key)) return key;
  throw new AppError("config.invalid", "this is no AuthorizationKey", {
    hint: "Give 32 to 40 hex digits, an even number; a password that is a text goes with --password.",
  });
}

function row<T>(setting: Setting<T, never>): Setting<T, undefined>;
function row<T>(setting: Setting<T, MakeDefault<T>>): Setting<T, MakeDefault<T>>;
function row<T>(setting: Setting<T, MakeDefault<T> | undefined>): Setting<T, MakeDefault<T> | undefined> {
  return setting;
}

/** The model that a station is when nobody names one. */
export const DEFAULT_MODEL = "generic-ac";

/** Every setting of the program, in the order in which they are shown. */
export const settings = {
  csms: row({
    kind: wsUrl,
    flag: "csms",
    env: "TAPSTATION_CSMS",
    describe: "Central system to connect to; the station's id is appended",
    absent: "the built-in central system",
    mask: publicUrl,
  }),
  id: row({
    kind: text("station id", stationId),
    flag: "id",
    env: "TAPSTATION_ID",
    describe: "Identity of the station, case-sensitive",
    default: () => "CP001",
  }),
  password: row({
    kind: text("password"),
    flag: "password",
    env: "TAPSTATION_PASSWORD",
    describe: "Password for HTTP Basic authentication (OCPP security profiles 1 and 2)",
    absent: "no authentication",
    mask: () => "***",
  }),
  authorizationKey: row({
    kind: text("key", authorizationKey),
    flag: "authorization-key",
    env: "TAPSTATION_AUTHORIZATION_KEY",
    describe:
      "Instead of --password: OCPP 1.6's AuthorizationKey, 32 to 40 hex digits; its bytes are the password",
    absent: "none",
    mask: () => "***",
  }),
  securityProfile: row({
    kind: integer("security profile", 0, 3),
    flag: "security-profile",
    env: "TAPSTATION_SECURITY_PROFILE",
    describe: "OCPP security profile: 0 none, 1 password, 2 TLS and password, 3 TLS and certificate",
    absent: "follows from --csms, --password and --cert",
  }),
  ca: row({
    kind: filePath,
    flag: "ca",
    env: "TAPSTATION_CA",
    describe: "Root certificates of the central system (PEM file)",
    absent: "those that are installed, else those that Node trusts",
  }),
  cert: row({
    kind: filePath,
    flag: "cert",
    env: "TAPSTATION_CERT",
    describe: "The station's certificate for TLS, with those up to the root (PEM file); with --key",
    absent: "the one that is installed",
  }),
  key: row({
    kind: filePath,
    flag: "key",
    env: "TAPSTATION_KEY",
    describe: "Private key of --cert (PEM file)",
    absent: "none",
  }),
  csmsSecure: row({
    kind: wsUrl,
    flag: "csms-secure",
    env: "TAPSTATION_CSMS_SECURE",
    describe: "Where to connect from security profile 2 on, wss://",
    absent: "--csms with wss:// instead of ws://",
    mask: publicUrl,
  }),
  tls: row({
    kind: onOff,
    flag: "tls",
    env: "TAPSTATION_TLS",
    describe: "The built-in central system speaks TLS too, on the same port, with an authority of its own",
    default: () => false,
  }),
  ocpp: row({
    kind: someOf("OCPP version", OCPP_VERSIONS),
    flag: "ocpp",
    env: "TAPSTATION_OCPP",
    describe: "OCPP version to offer; repeat for several, the preferred one first",
    default: () => OCPP_VERSIONS,
  }),
  model: row({
    kind: text("station model"),
    flag: "model",
    env: "TAPSTATION_MODEL",
    describe: "Station model, one of devices/stations/",
    absent: "the house's own model",
  }),
  readers: row({
    kind: texts("reader", (t) => t),
    flag: "reader",
    env: "TAPSTATION_READER",
    describe:
      "Card reader: pcsc, serial:/dev/ttyUSB0, wedge:/dev/input/by-id/…, fifo:/path, http:PORT or virtual; repeatable",
    absent: "whatever is plugged in, else the virtual one",
  }),
  buzzers: row({
    kind: texts("buzzer", (t) => t),
    flag: "buzzer",
    env: "TAPSTATION_BUZZER",
    describe: "What sounds the signals; repeatable",
    absent: "the reader's own, else the terminal bell",
  }),
  indicators: row({
    kind: texts("indicator", (t) => t),
    flag: "indicator",
    env: "TAPSTATION_INDICATOR",
    describe: "What shows the signals: reader, serial:/dev/ttyACM0 or terminal; repeatable",
    absent: "none",
  }),
  data: row({
    kind: filePath,
    flag: "data",
    env: "TAPSTATION_DATA",
    describe: "Directory of journal and databases",
    default: (env) => defaultDataDir({ env, platform: process.platform, home: homedir() }),
  }),
  control: row({
    kind: oneOf("control", ["-"]),
    flag: "control",
    env: "TAPSTATION_CONTROL",
    describe: "Take verbs from standard input (-), one a line; its end stops the station",
    absent: "none",
  }),
  json: row({
    kind: onOff,
    flag: "json",
    env: "TAPSTATION_JSON",
    describe: "Machine-readable result: one JSON object a line on standard output",
    default: () => false,
  }),
  port: row({
    kind: integer("port number", 0, 65535),
    flag: "port",
    env: "TAPSTATION_PORT",
    describe: "Port of the built-in central system on 127.0.0.1 (0: any that is free)",
    default: () => 0,
  }),
  files: row({
    kind: filePath,
    flag: "files",
    env: "TAPSTATION_FILES",
    describe: "Directory that the built-in central system offers by HTTP, and takes uploads into",
    absent: "none",
  }),
  verbose: row({
    kind: onOff,
    flag: "verbose",
    env: "TAPSTATION_VERBOSE",
    describe: "Say more: diagnostics, and where unexpected errors come from",
    default: () => false,
  }),
} as const;

export type SettingName = keyof typeof settings;

type ValueOf<N extends SettingName> =
  (typeof settings)[N] extends Setting<infer T, infer D> ? (D extends undefined ? T | undefined : T) : never;

/** The program's settings, merged and checked. */
export type Config = { readonly [N in SettingName]: ValueOf<N> };

export const settingNames = Object.keys(settings) as readonly SettingName[];

/** The row of a setting, without its own type. */
export const settingOf = (name: SettingName): Setting => settings[name] as Setting;
