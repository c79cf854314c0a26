import path from "node:path";
import { publicUrl } from "../ocpp/rpc/url.ts";
import { AppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";

/**
 * A type of setting. Values come as text from every origin (flag, environment, file), so that `id: 0042` in YAML
 * stays "0042"; `parse` makes the value of it or throws an AppError that names what is wrong with the text.
 */
export interface Kind<T> {
  /** For help and the file's documentation: "URL", "true or false". */
  readonly name: string;
  /** Several values may be given; `parse` then gets each. */
  readonly list?: boolean;
  readonly flag?: boolean;
  readonly choices?: readonly string[];
  parse(texts: readonly string[], base: string): T;
}

function invalid(message: string, hint: string): AppError {
  return new AppError("config.invalid", message, { hint });
}

/** Is any character of the text one that does not show (C0, C1)? */
const unprintable = (text: string): boolean => /\p{Cc}/u.test(text);

function single<T>(
  name: string,
  parse: (text: string, base: string) => T,
  more: Partial<Kind<T>> = {},
): Kind<T> {
  return {
    name,
    ...more,
    parse(texts, base) {
      const [text, ...rest] = texts;
      if (text === undefined || rest.length > 0) {
        throw invalid(`one value is expected, ${texts.length} were given`, `Give one ${name}.`);
      }
      return parse(text, base);
    },
  };
}

/** Text that a check of its own accepts: the check throws an AppError or gives the value back. */
export function text(name: string, check: (text: string) => string = (t) => t): Kind<string> {
  return single(name, (t) => {
    if (t.trim() === "" || t.length > 4096 || unprintable(t)) {
      throw invalid("the text is empty, too long or has characters that do not show", `Give a ${name}.`);
    }
    return check(t);
  });
}

/** Any number of texts, each checked. */
export function texts(name: string, check: (text: string) => string): Kind<readonly string[]> {
  const one = text(name, check);
  return { name, list: true, parse: (all, base) => all.map((t) => one.parse([t], base)) };
}

/** A path; relative ones count from the file's directory, or from where the program was started. */
export const filePath: Kind<string> = single("path", (t, base) => {
  if (t === "" || t.includes("\0")) throw invalid("the path is empty", "Give a directory or file.");
  return path.resolve(base, t);
});

export const onOff: Kind<boolean> = single(
  "true or false",
  (t) => {
    const value = { true: true, false: false }[t.toLowerCase()];
    if (value === undefined) throw invalid(`"${t}" is neither true nor false`, "Write true or false.");
    return value;
  },
  { flag: true },
);

export function integer(name: string, min: number, max: number): Kind<number> {
  return single(name, (t) => {
    const value = /^\d{1,9}$/.test(t) ? Number(t) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw invalid(`"${t}" is not a whole number from ${min} to ${max}`, `Give a ${name}.`);
    }
    return value;
  });
}

function choice<T extends string>(t: string, choices: readonly T[]): T {
  const found = choices.find((c) => c === t);
  if (found !== undefined) return found;
  const meant = nearest(t, choices);
  throw invalid(
    `"${t}" is none of ${choices.join(", ")}`,
    meant === undefined ? `Choose one of ${choices.join(", ")}.` : `Did you mean ${meant}?`,
  );
}

export function oneOf<T extends string>(name: string, choices: readonly T[]): Kind<T> {
  return single(name, (t) => choice(t, choices), { choices });
}

/** Some of the choices, in order of preference, each once. */
export function someOf<T extends string>(name: string, choices: readonly T[]): Kind<readonly T[]> {
  return {
    name,
    list: true,
    choices,
    parse(all) {
      if (all.length === 0) throw invalid("the list is empty", `Give at least one of ${choices.join(", ")}.`);
      return [...new Set(all.map((t) => choice(t, choices)))];
    },
  };
}

/** A WebSocket URL: ws: or wss:, with a host, without a fragment (RFC 6455 §3). */
export const wsUrl: Kind<string> = single("URL", (t) => {
  const hint = "Write it as ws://host:port/path or wss://host/path; the station's id is appended by itself.";
  const url = URL.canParse(t) ? new URL(t) : undefined;
  if (url === undefined || url.host === "" || !/^(ws|wss):$/.test(url.protocol)) {
    throw invalid(`"${publicUrl(t)}" is not a WebSocket URL`, suggestUrl(t) ?? hint);
  }
  if (url.hash !== "")
    throw invalid(`"${publicUrl(t)}" has a fragment (#…), which WebSocket URLs have not`, hint);
  return t;
});

function suggestUrl(t: string): string | undefined {
  const http = /^http(s?):\/\//i.exec(t);
  if (http) return `Did you mean ${publicUrl(`ws${http[1] ?? ""}://${t.slice(http[0].length)}`)}?`;
  if (/^[\w.-]+(:\d+)?(\/\S*)?$/.test(t) && URL.canParse(`ws://${t}`)) return `Did you mean ws://${t}?`;
  return undefined;
}
