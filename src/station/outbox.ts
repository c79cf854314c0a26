import type { TimerHandle } from "../util/clock.ts";
import type { Kit } from "./kit.ts";
import type { CsmsAnswer, CsmsRequests, StoredMessage } from "./ports.ts";
import type { TransactionEvent } from "./types.ts";

type Answered = CsmsRequests["transaction"]["out"];
type OnAnswer = (event: TransactionEvent, value: Answered) => void;

/**
 * Transaction messages in chronological order, one after the other: stored before they are sent, deleted on their
 * CALLRESULT only (1.6 §3.7, 2.0.1 E04, E13). Being offline costs no attempt; a CALLERROR or silence does, and
 * after the last attempt the message is given up and the next one goes.
 */
export class Outbox {
  readonly #kit: Kit;
  readonly #onAnswer: OnAnswer;
  #busy = false;
  #retry: TimerHandle | undefined;
  /** Messages up to this id have waited through an outage: they are sent with offline true (2.0.1 E11.FR.07). */
  #offlineUpTo: number;
  #newest = 0;

  constructor(kit: Kit, onAnswer: OnAnswer) {
    this.#kit = kit;
    this.#onAnswer = onAnswer;
    this.#offlineUpTo = kit.store.queue.head() === undefined ? 0 : Number.MAX_SAFE_INTEGER;
  }

  get size(): number {
    return this.#kit.store.queue.size();
  }

  /** Stores the event; `flush` sends it, after the store transaction that this may be a part of. */
  add(event: TransactionEvent): void {
    const message = this.#kit.store.queue.append(event);
    if (this.#offlineUpTo === Number.MAX_SAFE_INTEGER) this.#offlineUpTo = message.id - 1;
    this.#newest = message.id;
  }

  /** Sends what waits, each as soon as its turn comes. */
  flush(): void {
    void this.#pump();
  }

  /** The station is online: what waited goes now. */
  resume(): void {
    this.#cancelRetry();
    this.flush();
  }

  /** The station went offline: what waits now has been offline. */
  pause(): void {
    this.#cancelRetry();
    this.#offlineUpTo = Math.max(this.#offlineUpTo, this.#newest);
  }

  #cancelRetry(): void {
    if (this.#retry !== undefined) this.#kit.clock.clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  async #pump(): Promise<void> {
    if (this.#busy || this.#retry !== undefined) return;
    this.#busy = true;
    try {
      while (this.#kit.online()) {
        const message = this.#kit.store.queue.head();
        if (message === undefined || !(await this.#send(message))) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Sends one message; false when the queue has to wait. */
  async #send(message: StoredMessage): Promise<boolean> {
    const { store, csms } = this.#kit;
    const offline = message.event.offline || message.id <= this.#offlineUpTo;
    const event = { ...message.event, offline };
    const answer: CsmsAnswer<Answered> = await csms.request("transaction", event);
    if (answer.ok) {
      store.queue.delete(message.id);
      this.#tell("delivered", event);
      this.#onAnswer(event, answer.value);
      return true;
    }
    if (answer.failure === "unsupported") return this.#giveUp(message, event);
    if (answer.failure === "offline" || !this.#kit.online()) return false;
    return this.#failed(message, event);
  }

  #failed(message: StoredMessage, event: TransactionEvent): boolean {
    const { store, settings, clock } = this.#kit;
    const attempts = message.attempts + 1;
    if (attempts >= settings.count("OCPPCommCtrlr.MessageAttempts[TransactionEvent]")) {
      return this.#giveUp(message, event);
    }
    store.queue.attempted(message.id);
    const waitS = attempts * settings.count("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]");
    this.#retry = clock.setTimeout(() => {
      this.#retry = undefined;
      void this.#pump();
    }, waitS * 1000);
    return false;
  }

  #giveUp(message: StoredMessage, event: TransactionEvent): true {
    this.#kit.store.queue.delete(message.id);
    this.#tell("discarded", event);
    return true;
  }

  #tell(what: "delivered" | "discarded", e: TransactionEvent): void {
    if (!this.#kit.heard) return;
    this.#kit.fact({
      kind: "transaction",
      event: what,
      transactionId: e.transactionId,
      evseId: e.evseId,
      seqNo: e.seqNo,
      trigger: e.triggerReason,
      meterWh: e.meterWh,
      energyWh: 0,
      offline: e.offline,
    });
  }
}
