import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { stringify } from "csv-stringify/sync";
import { visibleKey } from "../../central/emaid.ts";
import { AppError, errorText } from "../../util/errors.ts";
import { readCardsFile } from "../cards-file.ts";

/** A card as it is written down. */
export interface Enrolled {
  readonly hiddenId: string;
  readonly visibleId?: string;
  readonly nickname?: string;
  readonly uid: string;
  readonly cardType?: string;
  /** ISO 8601. */
  readonly time: string;
}

const columns: Readonly<Record<string, (card: Enrolled) => string>> = {
  hidden_id: (c) => c.hiddenId,
  visible_id: (c) => c.visibleId ?? "",
  nickname: (c) => c.nickname ?? "",
  uid: (c) => c.uid,
  card_type: (c) => c.cardType ?? "",
  time: (c) => c.time,
};
const HEAD = Object.keys(columns).join(",");

/**
 * The CSV file of a session, which may be one that goes on. Each card is on the disk when `add` returns, and no line
 * that stood there is ever touched.
 */
export class EnrolFile {
  readonly path: string;
  readonly #fd: number;
  readonly #hidden = new Map<string, number>();
  readonly #visible = new Map<string, number>();
  #lines: number;

  /** @throws AppError `input.invalid` for a file that is no such CSV, `store.writeFailed` */
  constructor(file: string) {
    this.path = file;
    const before = existsSync(file) ? this.#read() : "";
    this.#fd = opened(file);
    this.#lines = before.split("\n").length - 1;
    try {
      if (before === "") {
        this.#write(`${HEAD}\n`);
        syncFolder(file);
      } else if (!before.endsWith("\n")) this.#write("\n");
    } catch (e) {
      this.close();
      throw e;
    }
  }

  /** How many cards are in it. */
  get size(): number {
    return this.#hidden.size;
  }

  /** The line in which a card stands, by Hidden ID. */
  lineOf(hiddenId: string): number | undefined {
    return this.#hidden.get(hiddenId.toUpperCase());
  }

  lineOfVisible(visibleId: string): number | undefined {
    return this.#visible.get(visibleKey(visibleId));
  }

  /** Writes a card down for good; gives its line. @throws AppError `store.writeFailed`: it is not written then */
  add(card: Enrolled): number {
    const cells = Object.values(columns).map((cell) => cell(card));
    this.#write(stringify([cells], { escape_formulas: true }));
    this.#note(card, this.#lines);
    return this.#lines;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #read(): string {
    const text = attempt(this.path, () => readFileSync(this.path, "utf8"));
    if (text.trim() === "") return text === "" ? "" : notOurs(this.path, "it has no head line");
    if (text.split(/\r?\n/, 1)[0]?.replace("\ufeff", "") !== HEAD)
      notOurs(this.path, "its first line is another one");
    for (const { fields, line } of readCardsFile(text, this.path)) {
      const { hidden_id: hiddenId, visible_id: visibleId } = fields;
      if (hiddenId !== undefined)
        this.#note({ hiddenId, ...(visibleId === undefined ? {} : { visibleId }) }, line);
    }
    return text;
  }

  #note({ hiddenId, visibleId }: Pick<Enrolled, "hiddenId" | "visibleId">, line: number): void {
    this.#hidden.set(hiddenId.toUpperCase(), line);
    if (visibleId !== undefined) this.#visible.set(visibleKey(visibleId), line);
  }

  #write(text: string): void {
    attempt(this.path, () => {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
      fsyncSync(this.#fd);
    });
    this.#lines += text.split("\n").length - 1;
  }
}

function opened(file: string): number {
  try {
    return openSync(file, "a", 0o600);
  } catch (cause) {
    throw new AppError("store.writeFailed", `${file} cannot be written: ${errorText(cause)}`, {
      hint: "Nothing was enrolled. Choose another file, or a directory that you may write to.",
      cause,
    });
  }
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new AppError("store.writeFailed", `${file} cannot be written: ${errorText(cause)}`, {
      hint: "Cards that were told as enrolled are in it. Make room or choose another file.",
      cause,
    });
  }
}

function notOurs(file: string, why: string): never {
  throw new AppError("input.invalid", `${file} is no file of --enrol: ${why}`, {
    hint: `Name a new file, or one whose first line is ${HEAD}.`,
  });
}

/** The file's name is durable too. Not every system lets a folder be opened. */
function syncFolder(file: string): void {
  try {
    const folder = openSync(path.dirname(path.resolve(file)), "r");
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    // Windows: the file system sees to it.
  }
}
