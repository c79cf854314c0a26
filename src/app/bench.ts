import type { StationDefinition } from "../drivers/definitions.ts";
import { openJournal } from "../journal/journal.ts";
import { publicUrl } from "../ocpp/rpc/url.ts";
import { loadDialects } from "../ocpp/versions.ts";
import { idTokenOf } from "../station/card.ts";
import type { StationStatus } from "../station/control.ts";
import type { Fact, FactBody, FactSink } from "../station/facts.ts";
import type { CsmsAnswer } from "../station/ports.ts";
import { toldFact } from "../station/secrets.ts";
import type { IdToken, IdTokenInfo } from "../station/types.ts";
import { memoryStore } from "../store/memory.ts";
import { openStationStore } from "../store/station-store.ts";
import { isoTime, systemClock } from "../util/clock.ts";
import { Disposal } from "../util/disposal.ts";
import { Emitter } from "../util/emitter.ts";
import { AppError } from "../util/errors.ts";
import { type Assembled, assembleStation } from "./assemble.ts";
import type { Tapped } from "./card-source.ts";
import type { Config } from "./config.ts";
import { credentialsIn, secure } from "./credentials.ts";
import { ensureDataDir, isThere } from "./paths.ts";

/** What a central system said about a card. */
export interface BenchAnswer {
  readonly token: IdToken;
  /** OCPP version that was spoken. */
  readonly ocpp: string;
  readonly answer: CsmsAnswer<{ readonly idTokenInfo: IdTokenInfo }>;
  /** From the card to the answer, milliseconds. */
  readonly ms: number;
  /** The built-in central system's own words on it. */
  readonly why?: string;
}

/**
 * A station for cards only: it connects, boots and answers commands as any other, but every card goes out as
 * Authorize, whatever list, cache, settings or a cable would make of it. OCPP wants Authorize for charging only
 * (1.6 §4.1 SHOULD): a person at a desk who needs the card in the central system's log bends that.
 */
export class Bench {
  readonly #assembled: Assembled;
  readonly #model: StationDefinition;
  readonly #disposal: Disposal;
  readonly #say: (fact: FactBody) => void;
  /** Where it is connected, fit to be shown. */
  readonly where: string;
  /** Is it the built-in central system? */
  readonly builtIn: boolean;
  #why: string | undefined;

  /** Use {@link openBench}. */
  constructor(o: {
    assembled: Assembled;
    model: StationDefinition;
    disposal: Disposal;
    say: (fact: FactBody) => void;
    facts: Emitter<Fact>;
    where: string;
    builtIn: boolean;
  }) {
    this.#assembled = o.assembled;
    this.#model = o.model;
    this.#disposal = o.disposal;
    this.#say = o.say;
    this.where = o.where;
    this.builtIn = o.builtIn;
    o.facts.on((fact) => {
      if (fact.kind === "access") this.#why = fact.why;
    });
  }

  status(): StationStatus {
    return this.#assembled.host.status();
  }

  /** Sends Authorize for a card and tells what came of it; what happened stands in the journal. */
  async authorize({ uid, reader, cardType }: Tapped): Promise<BenchAnswer> {
    const { kit } = this.#assembled.host.station;
    const ocpp = this.status().ocpp;
    const typed = ocpp !== "1.6";
    const made = idTokenOf(uid, this.#model.idToken, Number.POSITIVE_INFINITY);
    const token: IdToken = typed ? made : { ...made, type: "ISO14443" };
    const type = cardType === undefined ? {} : { cardType };
    this.#say({ kind: "card", event: "presented", reader, uid: uid.hex, ...type });
    this.#why = undefined;
    const began = systemClock.now();
    const answer = await kit.csms.request("authorize", { idToken: token });
    const ms = systemClock.now() - began;
    if (answer.ok) this.#tell(token, answer.value.idTokenInfo, ms);
    return { token, ocpp, answer, ms, ...(this.#why === undefined ? {} : { why: this.#why }) };
  }

  close(): Promise<void> {
    return this.#disposal.dispose();
  }

  #tell(token: IdToken, info: IdTokenInfo, ms: number): void {
    this.#say({
      kind: "verdict",
      token,
      outcome: info.status === "Accepted" ? "accepted" : "rejected",
      by: "csms",
      status: info.status,
      why: `asked by tapstation tap: the central system answered ${info.status}`,
      info,
      spec: "1.6 §4.1, 2.0.1 C01",
      ms,
    });
  }
}

/**
 * Puts the bench up and begins to connect: to the central system of the configuration, else to the built-in one on
 * the records of the data directory, whether or not a station runs there. `hear` gets every fact.
 * @throws AppError `store.locked` when a station of this id runs here: two connections of one id push each other out
 */
export async function openBench(config: Config, model: StationDefinition, hear: FactSink): Promise<Bench> {
  const disposal = new Disposal();
  const { id, data, csms, ocpp } = config;
  const facts = new Emitter<Fact>();
  try {
    const files = ensureDataDir(data);
    const journal = openJournal({ path: files.journal });
    disposal.defer(() => journal.close());
    facts.on((fact) => journal.append(fact));
    facts.on(hear);
    const emit: FactSink = (fact) => facts.emit(fact);
    if (csms !== undefined) disposal.defer(holdIdentity(files.station(id), id));
    const central = csms === undefined ? await builtIn(files.central, emit) : undefined;
    if (central !== undefined) disposal.defer(() => central.close());
    const url = central?.url ?? csms ?? "";
    const assembled = assembleStation({
      id,
      csms: url,
      dialects: await loadDialects(ocpp),
      model,
      store: memoryStore(),
      clock: systemClock,
      hear: emit,
      ...credentialsIn(config),
    });
    disposal.defer(() => assembled.host.close());
    await secure(assembled.host.station.kit.security, config, central);
    assembled.host.station.start();
    const say = (body: FactBody): void =>
      emit({ ...toldFact(body), time: isoTime(systemClock), station: id, source: "station" });
    const where = central === undefined ? publicUrl(url) : `the built-in central system of ${data}`;
    return new Bench({ assembled, model, disposal, say, facts, where, builtIn: central !== undefined });
  } catch (e) {
    await disposal.dispose().catch(() => {});
    throw e;
  }
}

async function builtIn(path: string, onFact: FactSink) {
  const { createCentral } = await import("../central/index.ts");
  return createCentral({ data: path, onFact });
}

/** Keeps a station of this id from starting meanwhile. Gives what lets it go. */
function holdIdentity(file: string, id: string): () => void {
  if (!isThere(file)) return () => {};
  try {
    const store = openStationStore(file);
    return () => store.close();
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== "store.locked") throw cause;
    throw new AppError("store.locked", `The station ${id} runs on this data directory`, {
      hint: `Two connections of one id push each other out: tap the card there and look with tapstation log --action Authorize, or give another --id.`,
      cause,
    });
  }
}
