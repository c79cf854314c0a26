import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, open, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { FILE_HEAD_BYTES, type FileTransfer, type ReceivedFile, type TransferJob } from "../station/ports.ts";
import type { Clock } from "../util/clock.ts";
import { asTransferError, shownUrl, transferError } from "./errors.ts";
import type { Protocol, ProtocolJob } from "./protocol.ts";
import { protocolNames, protocolOf } from "./protocols.ts";
import { LIMITS, type Limits, Watch } from "./watch.ts";

export interface FilesOptions {
  /** Where files are kept; made when it is needed. Absent: a directory of its own that goes on `close`. */
  readonly dir?: string;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
}

/** Files in a directory, moved by the protocols of the table. Nothing is made or opened before it is used. */
export class Files implements FileTransfer {
  readonly protocols = protocolNames;
  readonly #o: FilesOptions;
  readonly #limits: Limits;
  readonly #closed = new AbortController();
  #dir: Promise<string> | undefined;
  #downloads = 0;

  constructor(o: FilesOptions = {}) {
    this.#o = o;
    this.#limits = { ...LIMITS, ...o.limits };
  }

  async download(job: TransferJob & { readonly name: string }): Promise<ReceivedFile> {
    const file = await this.#pathOf(job.name);
    // Whole or not at all: what a crash or a failure leaves behind is never taken for the file. A name of its own: a
    // download that was cancelled may still be clearing away.
    const part = await this.#pathOf(path.join("incoming", `${job.name}-${++this.#downloads}`));
    await this.#transfer("download", job, async (protocol, at) => {
      await protocol.download(at, createWriteStream(part, { mode: 0o600, flush: true }));
      await rename(part, file);
    }).catch(async (e: unknown) => {
      await rm(part, { force: true });
      throw e;
    });
    const found = await this.find(job.name);
    if (found === undefined) throw transferError("transfer.failed", `The downloaded file is not at ${file}`);
    return found;
  }

  /** The lines are written to a file first: many receivers want to know its length. */
  async upload(
    job: TransferJob & { readonly fileName: string; readonly lines: Iterable<string> },
  ): Promise<void> {
    const { fileName } = job;
    const file = await this.#pathOf(path.join("outgoing", fileName));
    try {
      await this.#transfer("upload", job, async (protocol, at) => {
        const { maxBytes } = this.#limits;
        await pipeline(Readable.from(bounded(job.lines, maxBytes)), createWriteStream(file, { mode: 0o600 }));
        const { size } = await stat(file);
        await protocol.upload(at, { fileName, bytes: size, open: () => createReadStream(file) });
      });
    } finally {
      await rm(file, { force: true });
    }
  }

  async find(name: string): Promise<ReceivedFile | undefined> {
    const file = await open(await this.#pathOf(name)).catch((e: NodeJS.ErrnoException) => {
      if (e.code === "ENOENT") return undefined;
      throw asTransferError(e, "The file cannot be opened");
    });
    if (file === undefined) return undefined;
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(FILE_HEAD_BYTES), 0, FILE_HEAD_BYTES, 0);
      return { bytes: size, head: buffer.toString("latin1", 0, bytesRead) };
    } finally {
      await file.close();
    }
  }

  async *read(name: string): AsyncIterable<Uint8Array> {
    yield* createReadStream(await this.#pathOf(name));
  }

  async remove(name: string): Promise<void> {
    await rm(await this.#pathOf(name), { force: true });
  }

  async close(): Promise<void> {
    this.#closed.abort(transferError("transfer.failed", "The station stops"));
    if (this.#o.dir === undefined && this.#dir !== undefined) {
      const dir = await this.#dir.catch(() => undefined);
      if (dir !== undefined) await rm(dir, { recursive: true, force: true });
    }
    this.#dir = undefined;
  }

  async #transfer(
    what: "download" | "upload",
    { url: text, signal, progress, trusted = [] }: TransferJob,
    work: (protocol: Protocol, job: ProtocolJob) => Promise<void>,
  ): Promise<void> {
    const { url, row } = protocolOf(text);
    const { clock } = this.#o;
    const watch = new Watch({
      limits: this.#limits,
      signal: AbortSignal.any([signal, this.#closed.signal]),
      ...(clock === undefined ? {} : { clock }),
      ...(progress === undefined ? {} : { progress }),
    });
    try {
      watch.signal.throwIfAborted();
      await work(await row.load(), { url, watch, trusted });
    } catch (e) {
      throw asTransferError(
        watch.signal.aborted ? watch.signal.reason : e,
        `The ${what} of ${shownUrl(url)} failed`,
      );
    } finally {
      watch.end();
    }
  }

  async #pathOf(name: string): Promise<string> {
    this.#dir ??= this.#make();
    try {
      return path.join(await this.#dir, name);
    } catch (e) {
      this.#dir = undefined;
      throw asTransferError(e, "There is no place for files");
    }
  }

  /** What was on its way when the process ended is of no use any more. */
  async #make(): Promise<string> {
    const dir = this.#o.dir ?? (await mkdtemp(path.join(tmpdir(), "tapstation-files-")));
    for (const way of ["incoming", "outgoing"]) {
      await rm(path.join(dir, way), { recursive: true, force: true });
      await mkdir(path.join(dir, way), { recursive: true, mode: 0o700 });
    }
    return dir;
  }
}

function* bounded(lines: Iterable<string>, maxBytes: number): Iterable<string> {
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > maxBytes)
      throw transferError(
        "transfer.failed",
        `The log has more than ${maxBytes} bytes`,
        "Ask for a shorter period.",
      );
    yield `${line}\n`;
  }
}
