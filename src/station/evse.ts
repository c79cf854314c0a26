import { type Actor, createActor } from "xstate";
import {
  type ConnectorEvent,
  chargePointStatus,
  connectorMachine,
  connectorStatus,
  isFree,
  isPlugged,
  isUnused,
} from "./connector.machine.ts";
import type { EvseStatus } from "./control.ts";
import { isStoreError } from "./keeper.ts";
import type { Kit } from "./kit.ts";
import type { StatusSource } from "./notifier.ts";
import type { Meter } from "./ports.ts";
import type { Reservations } from "./reservations.ts";
import { type Holder, recoveredEnd, Transaction, type TransactionRecord } from "./transaction.ts";
import type {
  ChargePointStatus,
  ConnectorStatus,
  IdToken,
  MeterValue,
  PowerLimit,
  SampleContext,
  StoppedReason,
  TransactionEvent,
  TriggerReason,
} from "./types.ts";

/** What an EVSE asks of its station. */
export interface EvseHost {
  readonly reservations: Reservations;
  /** Stores the event. */
  enqueue(event: TransactionEvent): void;
  /** Sends what is stored, in its turn: nothing leaves before it is durable. */
  flush(): void;
  /** Something about the status changed. */
  changed(evse: Evse, why?: string): void;
  /** A transaction has begun: its limits are due, before anybody is told that it charges. */
  began(evse: Evse): void;
  /** Authorized and plugged, and yet there is no transaction: it cannot be stored. */
  refused(evse: Evse, token: IdToken, why: string): void;
  /** A transaction ended: what waited for that may go on. */
  idle(evse: Evse): void;
  /** False without power, and while a reset waits: nothing new begins that it would cut off. */
  mayStart(): boolean;
}

const FACT_OF = { Started: "started", Updated: "updated", Ended: "ended" } as const;

/** One EVSE with its one connector: cable, meter, and the transaction on it. */
export class Evse implements StatusSource {
  readonly evseId: number;
  readonly connectorId = 1;
  readonly meter: Meter;
  readonly #kit: Kit;
  readonly #host: EvseHost;
  readonly #connector: Actor<typeof connectorMachine>;
  #holder: Holder | undefined;
  #transaction: Transaction | undefined;
  /** Becomes inoperative when the transaction ends. */
  #scheduledInoperative = false;
  #last = "";

  constructor(kit: Kit, evseId: number, meter: Meter, host: EvseHost) {
    this.#kit = kit;
    this.evseId = evseId;
    this.meter = meter;
    this.#host = host;
    this.#connector = createActor(connectorMachine, { clock: kit.clock });
    this.#connector.start();
    meter.onFull(() => this.#transaction?.full());
    this.#restoreService();
  }

  get status(): ConnectorStatus {
    return connectorStatus(this.#snapshot, this.#host.reservations.isReserved(this));
  }

  get chargePointStatus(): ChargePointStatus {
    return chargePointStatus(this.#snapshot, this.#host.reservations.isReserved(this));
  }

  get errorCode(): string {
    return this.#snapshot.context.fault ?? "NoError";
  }

  get plugged(): boolean {
    return isPlugged(this.#snapshot);
  }

  /** May somebody start a transaction here? */
  get free(): boolean {
    return this.#holder === undefined && isFree(this.#snapshot) && this.#host.mayStart();
  }

  /** Nobody's, and to be had sooner or later: also while a reset waits or the power is away. */
  get unused(): boolean {
    return this.#holder === undefined && isUnused(this.#snapshot) && !this.withdrawn;
  }

  /** Out of service by ChangeAvailability, and not merely until a reset. */
  get withdrawn(): boolean {
    return !this.operative && this.#kit.store.values.get(this.#availabilityName) === true;
  }

  get faulted(): boolean {
    return this.#snapshot.value.health === "faulted";
  }

  get operative(): boolean {
    return this.#snapshot.value.service === "operative";
  }

  /** Who is authorized here: waiting for the cable, or charging. */
  get holder(): Holder | undefined {
    return this.#transaction?.holder ?? this.#holder;
  }

  get transaction(): Transaction | undefined {
    return this.#transaction;
  }

  plug(): void {
    if (this.#transaction === undefined && !this.plugged) this.meter.arrive();
    this.#send({ type: "PLUGGED" }, "cable in");
    this.#transaction?.resume();
    this.#begin("CablePluggedIn");
  }

  unplug(): void {
    const transaction = this.#transaction;
    if (transaction === undefined) {
      this.#send({ type: "UNPLUGGED" }, "cable out");
      return;
    }
    if (this.#kit.settings.flag("TxCtrlr.StopTxOnEVSideDisconnect")) {
      this.#connector.send({ type: "UNPLUGGED" });
      this.stop("EVCommunicationLost", "EVDisconnected");
      return;
    }
    this.#connector.send({ type: "UNPLUGGED" });
    transaction.suspendEV();
    this.stateChanged("cable out");
  }

  /** Gives the EVSE to an authorized token; the transaction starts when the cable is in. */
  authorize(holder: Holder): void {
    this.#holder = holder;
    this.#host.reservations.claim(this, holder.token, holder.info);
    this.#send({ type: "AUTHORIZED" }, "authorized");
    this.#begin("Authorized");
  }

  /** The authorization ended without a transaction. */
  release(why: string): void {
    this.#holder = undefined;
    this.#host.reservations.release(this);
    this.#send({ type: "AUTHORIZATION_ENDED" }, why);
  }

  stop(trigger: TriggerReason, reason: StoppedReason, by?: Holder["token"]): void {
    this.#transaction?.stop(trigger, reason, by);
  }

  /** What may flow from now on; `paused`: too little for anything. */
  setLimit(limit: PowerLimit | undefined, paused: boolean): void {
    this.meter.setLimit(limit);
    this.#transaction?.pause(paused);
  }

  /** A power cut in the middle: the record stays, and is ended when power is back. */
  losePower(): void {
    this.#transaction?.abandon();
    this.#transaction = undefined;
    this.#holder = undefined;
    this.meter.setFlow(false);
    this.#kit.keeper.eventually(() => this.#saveMeter());
    const plugged = this.plugged;
    this.#connector.send({ type: "TX_ENDED" });
    this.#connector.send({ type: "AUTHORIZATION_ENDED" });
    if (plugged) {
      this.#connector.send({ type: "UNPLUGGED" });
      this.#connector.send({ type: "PLUGGED" });
    }
    this.#restoreService();
  }

  /**
   * After a start: ends what a power cut or a crash left open (1.6 §4.10, reason PowerLoss).
   * @throws AppError `store.*`: it stays on record
   */
  recover(): void {
    const { keeper, store } = this.#kit;
    keeper.settle();
    const record = store.values.get(this.#recordName) as TransactionRecord | undefined;
    if (record === undefined) return;
    const event = recoveredEnd(this.#kit, record, this.meter);
    keeper.atomically(() => {
      this.#host.enqueue(event);
      store.values.delete(this.#recordName);
    });
    this.#host.flush();
    this.#fact("ended", record, event);
  }

  /** The register moves on by so many Wh at once, durably. */
  advance(wh: number): void {
    this.meter.advance(wh);
    this.#kit.keeper.eventually(() => this.#saveMeter());
  }

  /** What the meter shows now; the register is kept, because after a crash it must not stand below what was told. */
  read(context: SampleContext): MeterValue {
    this.#kit.keeper.eventually(() => this.#saveMeter());
    return this.meter.sample(context);
  }

  fault(errorCode: string): void {
    this.#send({ type: "FAULT", errorCode }, `fault ${errorCode}`);
    this.stop("AbnormalCondition", "Other");
  }

  clear(): void {
    this.#send({ type: "CLEAR" }, "fault cleared");
    this.#begin("Authorized");
  }

  /** Stores what {@link Evse.setOperative} will set. */
  keepOperative(operative: boolean): void {
    if (operative) this.#kit.store.values.delete(this.#availabilityName);
    else this.#kit.store.values.set(this.#availabilityName, true);
  }

  /** ChangeAvailability; during a transaction it waits for the end (1.6 §5.2). */
  setOperative(operative: boolean): "Accepted" | "Scheduled" {
    if (!operative) return this.retire();
    this.#scheduledInoperative = false;
    this.#send({ type: "OPERATIVE" }, "in service");
    this.#begin("Authorized");
    return "Accepted";
  }

  /** Goes out of service, after the transaction if one runs. Not durable: a scheduled reset does this (2.0.1 B12). */
  retire(): "Accepted" | "Scheduled" {
    this.#scheduledInoperative = this.#transaction !== undefined;
    if (this.#scheduledInoperative) return "Scheduled";
    this.#send({ type: "INOPERATIVE" }, "out of service");
    return "Accepted";
  }

  /** Ends what {@link Evse.retire} began; what ChangeAvailability said still counts. */
  resumeService(): void {
    if (this.#transaction === undefined) this.#restoreService();
    else this.#scheduledInoperative = this.#kit.store.values.get(this.#availabilityName) === true;
    this.stateChanged("in service");
    this.#begin("Authorized");
  }

  /** The charging state or something else that shows in the status is new. */
  stateChanged(why?: string): void {
    const now = `${this.status}/${this.chargePointStatus}/${this.errorCode}`;
    if (now === this.#last) return;
    this.#last = now;
    this.#kit.fact({
      kind: "connector",
      evseId: this.evseId,
      connectorId: this.connectorId,
      status: this.status,
      chargePointStatus: this.chargePointStatus,
      ...(why === undefined ? {} : { why }),
    });
    this.#host.changed(this);
  }

  view(): EvseStatus {
    const fault = this.#snapshot.context.fault;
    return {
      evseId: this.evseId,
      connectorId: this.connectorId,
      status: this.status,
      chargePointStatus: this.chargePointStatus,
      plugged: this.plugged,
      operative: this.operative,
      ...(fault === undefined ? {} : { fault }),
      meterWh: Math.round(this.meter.energyWh()),
      powerW: Math.round(this.meter.powerW()),
      ...(this.#transaction === undefined ? {} : { transaction: this.#transaction.view() }),
    };
  }

  /** The power path closes: a holder, a cable, and no transaction yet. */
  #begin(trigger: TriggerReason): void {
    const holder = this.#holder;
    if (holder === undefined || !this.plugged || this.#transaction !== undefined) return;
    if (this.#snapshot.value.use !== "ready" || !this.operative || this.faulted) return;
    if (!this.#host.mayStart()) return;
    this.#holder = undefined;
    const reservationId = this.#host.reservations.claimed(this);
    const entitled = reservationId === undefined ? holder : { ...holder, reservationId };
    // Also when the cable came last: the next event after the request says so (F01.FR.19).
    const why = holder.remoteStartId === undefined ? trigger : "RemoteStart";
    const transaction = new Transaction(this.#kit, this, entitled, why, {
      emit: (event, record) => this.#emit(event, record),
      stateChanged: (state) => this.#send({ type: "TX_STATE", state }),
      over: () => this.#over(),
    });
    try {
      // What is still on record would be overwritten.
      this.recover();
      transaction.start();
    } catch (e) {
      if (!isStoreError(e)) throw e;
      this.release(e.message);
      holder.used();
      this.#host.refused(this, holder.token, e.message);
      return;
    }
    this.#transaction = transaction;
    this.#connector.send({ type: "TX_STARTED" });
    holder.used();
    this.#host.began(this);
    this.stateChanged("transaction started");
  }

  #emit(event: TransactionEvent, record: TransactionRecord): void {
    const { store, keeper } = this.#kit;
    const keep = () => {
      this.#host.enqueue(event);
      if (event.eventType === "Ended") store.values.delete(this.#recordName);
      else store.values.set(this.#recordName, record);
      if (event.eventType === "Started") this.#host.reservations.used(this);
      this.#saveMeter();
    };
    const stored = () => {
      this.#host.flush();
      this.#fact(FACT_OF[event.eventType], record, event);
    };
    if (event.eventType !== "Started") {
      keeper.eventually(keep, stored);
      return;
    }
    keeper.atomically(keep);
    stored();
  }

  #over(): void {
    this.#transaction = undefined;
    this.#connector.send({ type: "TX_ENDED" });
    if (this.#scheduledInoperative) {
      this.#scheduledInoperative = false;
      this.#connector.send({ type: "INOPERATIVE" });
    }
    this.stateChanged("transaction ended");
    this.#host.idle(this);
  }

  #fact(what: "started" | "updated" | "ended", record: TransactionRecord, e: TransactionEvent): void {
    if (!this.#kit.heard) return;
    this.#kit.fact({
      kind: "transaction",
      event: what,
      transactionId: e.transactionId,
      evseId: e.evseId,
      seqNo: e.seqNo,
      trigger: e.triggerReason,
      ...(e.stoppedReason === undefined ? {} : { reason: e.stoppedReason }),
      ...(e.chargingState === undefined ? {} : { chargingState: e.chargingState }),
      idToken: e.idToken ?? record.token,
      meterWh: e.meterWh,
      energyWh: e.meterWh - record.meterStartWh,
      powerW: Math.round(this.meter.powerW()),
      offline: e.offline,
    });
  }

  #send(event: ConnectorEvent, why?: string): void {
    this.#connector.send(event);
    this.stateChanged(why);
  }

  /** As ChangeAvailability left it, also when that came during a transaction that the power cut ended. */
  #restoreService(): void {
    this.#scheduledInoperative = false;
    const { keeper, store } = this.#kit;
    const inoperative = keeper.attempt(
      () => store.values.get(this.#availabilityName) === true,
      !this.operative,
    );
    this.#connector.send({ type: inoperative ? "INOPERATIVE" : "OPERATIVE" });
  }

  #saveMeter(): void {
    this.#kit.store.values.set(`evse.${this.evseId}.meterWh`, this.meter.energyWh());
  }

  get #snapshot() {
    return this.#connector.getSnapshot();
  }

  get #recordName(): string {
    return `evse.${this.evseId}.transaction`;
  }

  get #availabilityName(): string {
    return `evse.${this.evseId}.inoperative`;
  }
}
