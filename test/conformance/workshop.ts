import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Issued } from "../../src/security/authority.ts";
import { Files } from "../../src/transfer/files.ts";

/** What was uploaded. */
export interface Upload {
  readonly path: string;
  readonly lines: readonly Record<string, unknown>[];
}

/** A web server that offers images, takes files below /logs, and can be told to keep quiet. */
export class Workshop {
  readonly images = new Map<string, string>();
  readonly uploads: Upload[] = [];
  /** How many requests came, by path. */
  readonly asked = new Map<string, number>();
  /** Paths that are never answered. */
  readonly mute = new Set<string>();
  readonly files: CountedFiles;
  readonly #dir = mkdtempSync(path.join(tmpdir(), "tapstation-workshop-"));
  readonly #server;
  readonly #scheme;
  readonly #answer: RequestListener = async (request, answer) => {
    const at = request.url ?? "";
    this.asked.set(at, (this.asked.get(at) ?? 0) + 1);
    if (this.mute.has(at)) {
      this.files.hangs = true;
      request.resume();
      return;
    }
    let body = "";
    for await (const chunk of request) body += String(chunk);
    if (request.method === "GET") {
      const image = this.images.get(at);
      answer.writeHead(image === undefined ? 404 : 200).end(image);
    } else if (request.method === "PUT" && at.startsWith("/logs/")) {
      const lines = body.split("\n").filter((line) => line !== "");
      this.uploads.push({ path: at, lines: lines.map((line) => JSON.parse(line)) });
      answer.writeHead(201).end();
    } else answer.writeHead(at.startsWith("/closed") ? 403 : 404).end();
  };

  private constructor(tls: Issued | undefined) {
    this.#scheme = tls === undefined ? "http" : "https";
    this.#server =
      tls === undefined
        ? createServer(this.#answer)
        : createTlsServer({ cert: tls.certificate, key: tls.privateKey }, this.#answer);
    this.files = new CountedFiles({ dir: path.join(this.#dir, "files") });
  }

  /** With a certificate by HTTPS. */
  static async open(tls?: Issued): Promise<Workshop> {
    const workshop = new Workshop(tls);
    workshop.#server.listen(0, "127.0.0.1");
    await once(workshop.#server, "listening");
    return workshop;
  }

  url(at: string): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}${at}`;
  }

  async close(): Promise<void> {
    await this.files.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** Real files that know when nothing moves. */
class CountedFiles extends Files {
  /** A transfer is stuck on purpose: nobody waits for it. */
  hangs = false;
  readonly #busy = new Set<Promise<unknown>>();

  async rest(): Promise<void> {
    while (this.#busy.size > 0 && !this.hangs) {
      const turn = new Promise((resolve) => setImmediate(resolve));
      await Promise.race([Promise.allSettled(this.#busy), turn]);
    }
  }

  override download(job: Parameters<Files["download"]>[0]) {
    return this.#count(super.download(job));
  }

  override upload(job: Parameters<Files["upload"]>[0]) {
    return this.#count(super.upload(job));
  }

  override find(name: string) {
    return this.#count(super.find(name));
  }

  override remove(name: string) {
    return this.#count(super.remove(name));
  }

  override async *read(name: string) {
    let done = (): void => {};
    void this.#count(
      new Promise<void>((resolve) => {
        done = resolve;
      }),
    );
    try {
      yield* super.read(name);
    } finally {
      done();
    }
  }

  #count<T>(work: Promise<T>): Promise<T> {
    this.#busy.add(work);
    const over = () => this.#busy.delete(work);
    work.then(over, over);
    return work;
  }
}
