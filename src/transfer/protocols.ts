import type { Readable, Writable } from "node:stream";
import { rootCertificates } from "node:tls";
import { AppError } from "../util/errors.ts";
import { printable, transferError } from "./errors.ts";
import type { Watch } from "./watch.ts";

/** A file on its way out. */
export interface Outgoing {
  readonly fileName: string;
  readonly bytes: number;
  /** The content from its beginning; to be opened anew for each attempt. */
  open(): Readable;
}

/** Authorities beside the machine's own that a server's certificate may come from, as PEM. */
export type Trust = () => readonly string[];

export interface ProtocolJob {
  readonly url: URL;
  readonly watch: Watch;
  readonly trust: Trust;
}

/** One way to move files. Both reject with AppError `transfer.*` or with what the system says. */
export interface Protocol {
  /** Writes the file to `sink`, and ends it. */
  download(job: ProtocolJob, sink: Writable): Promise<void>;
  /** The URL names the directory. */
  upload(job: ProtocolJob, file: Outgoing): Promise<void>;
}

interface ProtocolRow {
  /** As 1.6 SupportedFileTransferProtocols spells it. */
  readonly name: string;
  readonly load: () => Promise<Protocol>;
}

/** Every protocol of this house by its URL scheme. */
export const protocols: Readonly<Record<string, ProtocolRow>> = {
  "ftp:": { name: "FTP", load: async () => (await import("./ftp.ts")).ftp },
  "ftps:": { name: "FTPS", load: async () => (await import("./ftp.ts")).ftp },
  "http:": { name: "HTTP", load: async () => (await import("./http.ts")).http },
  "https:": { name: "HTTPS", load: async () => (await import("./http.ts")).http },
};

export const protocolNames: readonly string[] = Object.values(protocols).map((p) => p.name);

/**
 * The URL and the protocol that it asks for.
 * @throws AppError `transfer.badMessage`, `transfer.notSupported`
 */
export function protocolOf(text: string): { readonly url: URL; readonly row: ProtocolRow } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw transferError("transfer.badMessage", "The location is no URL", `Write one of ${schemes()}.`);
  }
  const row = Object.hasOwn(protocols, url.protocol) ? protocols[url.protocol] : undefined;
  if (row === undefined) {
    throw transferError(
      "transfer.notSupported",
      `This station does not move files by "${printable(url.protocol)}"`,
      `Use one of ${schemes()}.`,
    );
  }
  if (url.hostname === "") throw transferError("transfer.badMessage", "The location names no machine");
  return { url, row };
}

const schemes = (): string => Object.keys(protocols).join(" ");

/** The same chunks; each is a sign of life of who takes them. */
export async function* noticed({ watch }: ProtocolJob, chunks: Readable): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    watch.alive();
    yield chunk as Buffer;
  }
}

/** TLS options: the machine's own authorities, and these. */
export function authorities(more: readonly string[]): { ca?: string[] } {
  return more.length === 0 ? {} : { ca: [...rootCertificates, ...more] };
}

/**
 * A part of a URL as plain text.
 * @throws AppError `transfer.badMessage` when it cannot be, or would break a line of the protocol
 */
export function plain(part: string): string {
  try {
    const text = decodeURIComponent(part);
    if (!/\p{Cc}/u.test(text)) return text;
  } catch (e) {
    if (e instanceof AppError) throw e;
  }
  throw transferError("transfer.badMessage", "The location has characters that no path or name can have");
}
