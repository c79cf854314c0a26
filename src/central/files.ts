import { createReadStream, createWriteStream, mkdirSync, readdirSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { RequestListener } from "node:http";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type { FileFact } from "../station/facts.ts";
import { AppError, errorText } from "../util/errors.ts";

/** A log larger than this is no log. */
const UPLOAD_MAX = 256 * 1024 * 1024;

/** One segment, of characters that mean the same everywhere; a name that begins with a dot stays hidden. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9 ._-]{0,199}$/;

/** Offers the files of a directory by GET, and takes files by PUT or POST into its sub-directory `uploads`. */
export class FileDesk {
  /** Below this path of the central system's server. */
  readonly path = "/files";
  readonly #dir: string;
  readonly #uploads: string;
  /** Hears what was fetched and what was put here. */
  onFile: (fact: FileFact) => void = () => {};
  readonly listener: RequestListener;

  /** @throws AppError `config.invalid` when the directory cannot be used */
  constructor(dir: string) {
    this.#dir = dir;
    this.#uploads = path.join(dir, "uploads");
    try {
      mkdirSync(this.#uploads, { recursive: true });
    } catch (e) {
      throw new AppError("config.invalid", `The directory of files ${dir} cannot be used: ${errorText(e)}`, {
        hint: "Give a directory that you may write to.",
        cause: e,
      });
    }
    const app = new Hono().basePath(this.path);
    app.get("/:name", (c) => this.#give(c, this.#dir));
    app.get("/uploads/:name", (c) => this.#give(c, this.#uploads));
    app.put("/uploads/:name", (c) => this.#take(c));
    app.post("/uploads/:name", (c) => this.#take(c));
    app.notFound((c) =>
      c.text(`Files are at ${this.path}/<name>, uploads go to ${this.path}/uploads/.\n`, 404),
    );
    this.listener = getRequestListener(app.fetch);
  }

  /** The names of what was uploaded, in alphabetical order. */
  uploads(): readonly string[] {
    return readdirSync(this.#uploads)
      .filter((name) => !name.startsWith("."))
      .sort();
  }

  #give(c: Context, dir: string): Response {
    const file = path.join(dir, nameOf(c) ?? "");
    const found = nameOf(c) === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
    if (found === undefined || !found.isFile()) return c.text("There is no such file.\n", 404);
    this.onFile({ kind: "file", event: "fetched", name: path.basename(file), bytes: found.size });
    const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
    return c.body(body, 200, {
      "Content-Length": String(found.size),
      "Content-Type": "application/octet-stream",
    });
  }

  /** Whole or not at all; a second file of the same name takes the place of the first. */
  async #take(c: Context): Promise<Response> {
    const name = nameOf(c);
    if (name === undefined) return c.text("A file's name has letters, digits and . _ - only.\n", 400);
    if (c.req.raw.body === null) return c.text("There is no file in the request.\n", 400);
    const part = path.join(this.#uploads, `.${name}.${crypto.randomUUID()}.part`);
    try {
      await pipeline(
        Readable.fromWeb(c.req.raw.body as never),
        limited,
        createWriteStream(part, { mode: 0o600 }),
      );
      const { size: bytes } = statSync(part);
      await rename(part, path.join(this.#uploads, name));
      this.onFile({ kind: "file", event: "received", name, bytes });
      return c.text("", 201);
    } catch (e) {
      await rm(part, { force: true });
      return c.text(`The file was not taken: ${errorText(e)}\n`, e instanceof TooLarge ? 413 : 500);
    }
  }
}

class TooLarge extends Error {}

async function* limited(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > UPLOAD_MAX) throw new TooLarge(`it has more than ${UPLOAD_MAX} bytes`);
    yield chunk;
  }
}

function nameOf(c: Context): string | undefined {
  const name = c.req.param("name");
  return name !== undefined && NAME.test(name) ? name : undefined;
}
