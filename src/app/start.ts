import type { Book, Central } from "../central/index.ts";
import { hasCommands } from "../drivers/buzzers/reader-matched.ts";
import { parseBuzzerSpec } from "../drivers/buzzers/registry.ts";
import { type Definitions, definitionOf } from "../drivers/definitions.ts";
import { parseIndicatorSpec } from "../drivers/indicators/registry.ts";
import { openJournal } from "../journal/journal.ts";
import type { Journal } from "../journal/types.ts";
import { loadDialects } from "../ocpp/versions.ts";
import { CardUid } from "../station/card.ts";
import type { Fact, FactBody, FactSink } from "../station/facts.ts";
import type { CardReader } from "../station/ports.ts";
import { openStationStore } from "../store/station-store.ts";
import { Files } from "../transfer/index.ts";
import { isoTime, systemClock } from "../util/clock.ts";
import { Disposal } from "../util/disposal.ts";
import { Emitter } from "../util/emitter.ts";
import { AppError } from "../util/errors.ts";
import { type Assembled, assembleStation } from "./assemble.ts";
import { commanded, journalFault, keepRoot, openBuiltIn } from "./built-in.ts";
import { openBuzzers, openIndicators } from "./buzzers.ts";
import type { Config } from "./config.ts";
import { DEFAULT_MODEL } from "./config-settings.ts";
import { credentialsIn, secure } from "./credentials.ts";
import { JournalLogs } from "./journal-logs.ts";
import { loadOwnDefinitions } from "./own-definitions.ts";
import { type DataFiles, ensureDataDir } from "./paths.ts";
import { openNamedReaders, ReaderWatch, type UsedReader } from "./readers.ts";
import type { RunningStation } from "./running.ts";

/**
 * Puts a station up as the configuration says: journal, store, central system, readers, buzzers, connection; each
 * is taken down in reverse order.
 * @throws AppError of any part, after everything that stood has been taken down again
 */
export async function startStation(config: Config, hear?: FactSink): Promise<RunningStation> {
  const disposal = new Disposal();
  try {
    return await new Start(config, disposal, hear).run();
  } catch (e) {
    await disposal.dispose().catch(() => {});
    throw e;
  }
}

/** Bytes. */
const LEAST_PASSWORD = 16;

class Start {
  readonly #config: Config;
  readonly #disposal: Disposal;
  readonly #facts = new Emitter<Fact>();
  #journal: Journal | undefined;
  readonly #notes: string[] = [];
  /** Why PC/SC readers cannot be used, when they cannot. */
  #note: string | undefined;

  constructor(config: Config, disposal: Disposal, hear: FactSink | undefined) {
    this.#config = config;
    this.#disposal = disposal;
    if (hear !== undefined) this.#facts.on(hear);
  }

  async run(): Promise<RunningStation> {
    mustBeNameable(this.#config);
    const { id, data, model: modelId = DEFAULT_MODEL, ocpp } = this.#config;
    const definitions = await loadOwnDefinitions(data);
    const model = definitionOf(definitions, "stations", modelId);
    const buzzers = this.#config.buzzers?.map(parseBuzzerSpec);
    const indicators = (this.#config.indicators ?? []).map(parseIndicatorSpec);
    const files = ensureDataDir(data);
    const journal = openJournal({ path: files.journal, onFault: (fault) => this.#say(journalFault(fault)) });
    this.#journal = journal;
    this.#disposal.defer(() => journal.close());
    const store = openStationStore(files.station(id));
    this.#disposal.defer(() => store.close());
    const fileTransfer = new Files({ dir: files.transfers(id) });
    this.#disposal.defer(() => fileTransfer.close());
    const central = this.#config.csms === undefined ? await this.#central(files) : undefined;
    const csms = central?.url ?? this.#config.csms ?? "";
    const assembled = assembleStation({
      id,
      csms,
      dialects: await loadDialects(ocpp),
      model,
      store,
      clock: systemClock,
      hear: this.#hear,
      ...credentialsIn(this.#config),
      files: fileTransfer,
      logs: new JournalLogs(journal, id),
    });
    if (central !== undefined)
      assembled.host.command = (action, payload) =>
        commanded(central, id, action, payload, "Look with status; network up connects it.");
    this.#disposal.defer(() => assembled.sounds.close());
    this.#disposal.defer(() => assembled.host.close());
    const root = central === undefined ? undefined : await keepRoot(central, files);
    if (root !== undefined)
      this.#notes.push(`The built-in central system speaks TLS too; its root certificate: ${root}`);
    const { security } = assembled.host.station.kit;
    await secure(security, this.#config, central);
    this.#noteShort(security.connection().password);
    const readers = await this.#readers(assembled, definitions);
    const devices = { definitions, clock: systemClock, readers: readers.map((r) => r.reader) };
    const terminal = process.stderr.isTTY === true;
    await openBuzzers(assembled.sounds, { ...devices, named: buzzers, terminal });
    await openIndicators(assembled.sounds, indicators, devices);
    assembled.host.station.start();
    return this.#running(assembled, readers, journal, central);
  }

  /** Most central systems take what is shorter than OCPP wants (white paper A00.FR.205), until one does not. */
  #noteShort(password: string | undefined): void {
    const bytes = (password ?? "").length / 2;
    if (password !== undefined && bytes < LEAST_PASSWORD)
      this.#notes.push(`The password has ${bytes} bytes; OCPP wants at least ${LEAST_PASSWORD}`);
  }

  #running(
    { host, sounds }: Assembled,
    readers: readonly UsedReader[],
    journal: Journal,
    central: Central | undefined,
  ): RunningStation {
    const { id, data, ocpp, model = DEFAULT_MODEL } = this.#config;
    let done = () => {};
    const stopped = new Promise<void>((resolve) => {
      done = resolve;
    });
    const used = readers.map((r) => ({ name: r.reader.name, why: r.why }));
    const knownCard = central === undefined ? undefined : firstCard(central.book);
    return {
      control: host,
      journal,
      summary: {
        id,
        ocpp: ocpp.join(", "),
        model,
        csms: host.status().csms,
        builtIn: central !== undefined,
        ...(central?.files === undefined ? {} : { files: central.files.url("") }),
        readers: used.length > 0 ? used : [{ name: "virtual", why: this.#whyVirtual() }],
        buzzers: sounds.names,
        notes: this.#note === undefined ? this.#notes : [...this.#notes, this.#note],
        data,
      },
      ...(knownCard === undefined ? {} : { knownCard }),
      onFact: (listener) => this.#facts.on(listener),
      stopped,
      stop: () => this.#disposal.dispose().finally(done),
    };
  }

  async #central(files: DataFiles): Promise<Central> {
    const central = await openBuiltIn(this.#config, files, this.#hear);
    this.#disposal.defer(() => central.close());
    return central;
  }

  async #readers({ host, sounds }: Assembled, definitions: Definitions): Promise<UsedReader[]> {
    const named = this.#config.readers;
    const watch = new ReaderWatch({
      definitions,
      clock: systemClock,
      attach: ({ reader }) => {
        host.attach(reader);
        if (this.#config.buzzers === undefined && hasCommands(reader))
          void this.#addOwnBuzzer(sounds, definitions, reader);
      },
      failed: (what, detail, hint) =>
        this.#say({
          kind: "fault",
          what: `reader ${what}`,
          state: "raised",
          detail,
          ...(hint === undefined ? {} : { hint }),
        }),
    });
    const used =
      named === undefined
        ? await watch.start()
        : await openNamedReaders(named, { definitions, clock: systemClock });
    this.#note = watch.note;
    this.#disposal.defer(() => watch.close());
    for (const { reader } of used) host.attach(reader);
    return used;
  }

  async #addOwnBuzzer(
    sounds: Assembled["sounds"],
    definitions: Definitions,
    reader: CardReader,
  ): Promise<void> {
    await openBuzzers(sounds, {
      definitions,
      clock: systemClock,
      named: [{ kind: "reader" }],
      readers: [reader],
      terminal: false,
    });
  }

  #whyVirtual(): string {
    return this.#config.readers === undefined ? "no reader is plugged in" : "named by --reader virtual";
  }

  readonly #hear: FactSink = (fact) => {
    this.#journal?.append(fact);
    this.#facts.emit(fact);
  };

  #say(body: FactBody): void {
    this.#hear({ ...body, time: isoTime(systemClock), station: this.#config.id, source: "station" });
  }
}

/** HTTP Basic authentication ends the user name at the first colon (RFC 7617 §2). */
function mustBeNameable({ id, password }: Config): void {
  if (password === undefined || !id.includes(":")) return;
  throw new AppError(
    "usage",
    `The id "${id}" has a colon, which a user name of HTTP Basic authentication cannot have`,
    {
      hint: "Leave the password out, or use an id without a colon.",
    },
  );
}

/** A card that the central system knows and that a reader could read: the terminal's known card. */
function firstCard(book: Book): string | undefined {
  return book.cards().find((card) => !card.blocked && isUid(card.hiddenId))?.hiddenId;
}

function isUid(text: string): boolean {
  try {
    return CardUid.parse(text).hex === text.toUpperCase();
  } catch {
    return false;
  }
}
