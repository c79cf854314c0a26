import type { Readable, Writable } from "node:stream";
import { rootCertificates } from "node:tls";
import { AppError } from "../util/errors.ts";
import { transferError } from "./errors.ts";
import type { Watch } from "./watch.ts";

/** A file on its way out. */
export interface Outgoing {
  readonly fileName: string;
  readonly bytes: number;
  /** The content from its beginning; to be opened anew for each attempt. */
  open(): Readable;
}

export interface ProtocolJob {
  readonly url: URL;
  readonly watch: Watch;
  /** Authorities beside the machine's own that a server's certificate may come from, PEM. */
  readonly trusted: readonly string[];
}

/** One way to move files. Both reject with AppError `transfer.*` or with what the system says. */
export interface Protocol {
  /** Writes the file to `sink`, and ends it. */
  download(job: ProtocolJob, sink: Writable): Promise<void>;
  /** The URL names the directory. */
  upload(job: ProtocolJob, file: Outgoing): Promise<void>;
}

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
