import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** Writes all of a text to an open file: one write may take a part of it only. @throws what the system says */
export function writeAll(fd: number, text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest));
}

/**
 * A file that stands in its place whole or not at all: what was there stays until `finish` puts the new one in its
 * place. `inPlace` is for what is read while it grows, and for devices. All methods throw what the system says; after
 * that `discard` is due.
 */
export class WholeFile {
  readonly #path: string;
  readonly #part: string;
  readonly #mode: number;
  #fd: number | undefined;

  constructor(path: string, { inPlace = false, mode = 0o666 } = {}) {
    this.#path = path;
    this.#part = inPlace ? path : `${path}.${process.pid}.part`;
    this.#mode = mode;
  }

  /** Can it be written? A file that is not begun leaves nothing behind. */
  check(): void {
    closeSync(openSync(this.#part, "w", this.#mode));
    this.#removePart();
  }

  write(text: string): void {
    this.#fd ??= openSync(this.#part, "w", this.#mode);
    writeAll(this.#fd, text);
  }

  /** What was written is on the disk, and stands where it was wanted. */
  finish(): void {
    this.write("");
    const fd = this.#fd as number;
    // A device has nothing to be written through to.
    if (this.#part !== this.#path) fsyncSync(fd);
    this.#close();
    if (this.#part !== this.#path) renameSync(this.#part, this.#path);
  }

  /** As if it had never been begun; what was written in place stays. */
  discard(): void {
    this.#close();
    this.#removePart();
  }

  #close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) closeSync(fd);
  }

  #removePart(): void {
    if (this.#part !== this.#path) rmSync(this.#part, { force: true });
  }
}
