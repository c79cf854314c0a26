import type { TimerHandle } from "../util/clock.ts";
import { isStoreError } from "./keeper.ts";
import type { Kit } from "./kit.ts";
import type { CsmsAnswer, CsmsRequests, StoredMessage } from "./ports.ts";
import type { QueuedEvent, TransactionEvent } from "./types.ts";

type Answered = CsmsRequests["transaction"]["out"];
type OnAnswer = (event: TransactionEvent, value: Answered) => void;

/** How long to wait when the store could not be read, ms. */
const STORE_RETRY_MS = 5000;

/**
 * Transaction messages in chronological order, one after the other: stored before they are sent, deleted on their
 * CALLRESULT only (1.6 §3.7, 2.0.1 E04, E13). Being offline costs no attempt; a CALLERROR or silence does, and
 * after the last attempt the message is given up and the next one goes.
 */
export class Outbox {
  readonly #kit: Kit;
  readonly #onAnswer: OnAnswer;
  #busy = false;
  /** The first message was answered or given up, and the store could not be told yet. */
  #settling = false;
  /** A hard reset is under way. */
  #held = false;
  #size = 0;
  #retry: TimerHandle | undefined;
  /** Who waits for the queue to come to rest. */
  #resting: (() => void)[] = [];
  /** Messages up to this id have waited through an outage: they are sent with offline true (2.0.1 E11.FR.07). */
  #offlineUpTo: number;
  #newest = 0;

  constructor(kit: Kit, onAnswer: OnAnswer) {
    this.#kit = kit;
    this.#onAnswer = onAnswer;
    this.#offlineUpTo = kit.store.queue.head() === undefined ? 0 : Number.MAX_SAFE_INTEGER;
  }

  /** How many wait; as it was last known when the store cannot be read. */
  get size(): number {
    this.#size = this.#kit.keeper.attempt(() => this.#kit.store.queue.size(), this.#size);
    return this.#size;
  }

  /** Stores the event; `flush` sends it, after the store transaction that this may be a part of. */
  add(event: QueuedEvent): void {
    const message = this.#kit.store.queue.append(event);
    if (this.#offlineUpTo === Number.MAX_SAFE_INTEGER) this.#offlineUpTo = message.id - 1;
    this.#newest = message.id;
  }

  /** Sends what waits, each as soon as its turn comes. */
  flush(): void {
    this.#pump();
  }

  /** Resolves when nothing waits any more, or nothing can be sent now. */
  rest(): Promise<void> {
    return this.#busy ? new Promise((resolve) => this.#resting.push(resolve)) : Promise.resolve();
  }

  /** The station is online: what waited goes now, but what failed before not sooner than it would have (1.6 §3.7.1). */
  resume(): void {
    this.flush();
  }

  /** The station went offline: what waits now has been offline. */
  pause(): void {
    this.#offlineUpTo = Math.max(this.#offlineUpTo, this.#newest);
  }

  /** Nothing more is sent before the power has been away: what is said now would be said again after it. */
  hold(): void {
    this.#held = true;
  }

  /** The power is gone, and what was only in memory with it. */
  powerOff(): void {
    this.#cancelRetry();
    this.#settling = false;
    this.#held = false;
  }

  #cancelRetry(): void {
    if (this.#retry !== undefined) this.#kit.clock.clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  #pump(): void {
    if (!this.#busy && !this.#settling && this.#retry === undefined) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#kit.online() && !this.#held) {
        const message = this.#kit.store.queue.head();
        if (message === undefined || !(await this.#send(message))) return;
      }
    } catch (e) {
      if (!isStoreError(e)) throw e;
      this.#later(STORE_RETRY_MS);
    } finally {
      this.#busy = false;
      for (const resolve of this.#resting.splice(0)) resolve();
    }
  }

  /** Sends one message; false when the queue has to wait. */
  async #send(message: StoredMessage): Promise<boolean> {
    const offline = message.event.offline || message.id <= this.#offlineUpTo;
    const event = message.event.offline === offline ? message.event : { ...message.event, offline };
    const answer = await this.#request(event);
    if (answer.ok) {
      const done = this.#done(message, () => this.#tell("delivered", event), answer.keep);
      if (event.eventType !== "Reading") this.#onAnswer(event, answer.value);
      return done;
    }
    if (answer.failure === "unsupported") return this.#giveUp(message, event);
    if (answer.failure === "offline" || !this.#kit.online()) {
      // Online and yet not sent: what the message needs could not be read.
      if (this.#kit.online()) this.#later(STORE_RETRY_MS);
      return false;
    }
    return this.#failed(message, event);
  }

  #request(event: QueuedEvent): Promise<CsmsAnswer<Answered>> {
    const { csms } = this.#kit;
    if (event.eventType !== "Reading") return csms.request("transaction", event);
    return csms.request("meterValues", { evseId: event.evseId, meterValue: event.meterValue });
  }

  #failed(message: StoredMessage, event: QueuedEvent): boolean {
    const { store, settings, keeper } = this.#kit;
    const attempts = message.attempts + 1;
    if (attempts >= settings.count("OCPPCommCtrlr.MessageAttempts[TransactionEvent]")) {
      return this.#giveUp(message, event);
    }
    keeper.eventually(() => store.queue.attempted(message.id));
    this.#later(attempts * settings.count("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]") * 1000);
    return false;
  }

  #later(ms: number): void {
    this.#cancelRetry();
    this.#retry = this.#kit.clock.setTimeout(() => {
      this.#retry = undefined;
      this.#pump();
    }, ms);
  }

  #giveUp(message: StoredMessage, event: QueuedEvent): boolean {
    return this.#done(message, () => this.#tell("discarded", event));
  }

  /**
   * The message and what hangs on it, as one: a crash finds it answered or not, never half. False when the store
   * cannot be told yet: then nothing is sent, and so nothing twice, until it can.
   */
  #done({ id, event }: StoredMessage, tell: () => void, keep?: () => void): boolean {
    const { store, csms, keeper } = this.#kit;
    this.#settling = true;
    keeper.eventually(
      () => {
        keep?.();
        store.queue.delete(id);
        if (event.eventType === "Ended") csms.forget(event.transactionId);
      },
      () => {
        this.#settling = false;
        tell();
        this.#pump();
      },
    );
    return !this.#settling;
  }

  #tell(what: "delivered" | "discarded", e: QueuedEvent): void {
    if (!this.#kit.heard || e.eventType === "Reading") return;
    this.#kit.fact({
      kind: "transaction",
      event: what,
      transactionId: e.transactionId,
      evseId: e.evseId,
      seqNo: e.seqNo,
      trigger: e.triggerReason,
      meterWh: e.meterWh,
      offline: e.offline,
    });
  }
}
