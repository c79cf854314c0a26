import { Cable } from "./cable.ts";
import {
  type ConnectorEvent,
  chargePointStatus,
  connectorStatus,
  connectorSteps,
  isFree,
  isPlugged,
  isUnused,
} from "./connector.machine.ts";
import type { EvseStatus } from "./control.ts";
import { EvseRecord } from "./evse-record.ts";
import { faultReason } from "./fault-reason.ts";
import { isStoreError } from "./keeper.ts";
import type { Kit } from "./kit.ts";
import type { StatusSource } from "./notifier.ts";
import type { Meter } from "./ports.ts";
import type { Reservations } from "./reservations.ts";
import { type Holder, recoveredEnd, Transaction, type TransactionRecord } from "./transaction.ts";
import { transactionFact } from "./transaction-fact.ts";
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
  /** Authorized and plugged, and yet there is no transaction. */
  refused(evse: Evse, token: IdToken, why: string): void;
  /** The hardware has failed. */
  failed(evse: Evse, errorCode: string): void;
  /** A transaction ended: what waited for that may go on. */
  idle(evse: Evse): void;
  /** False without power, and while a reset waits: nothing new begins that it would cut off. */
  mayStart(): boolean;
}

export interface EvseHardware {
  readonly meter: Meter;
  /** A socket whose lock holds the cable; else the cable is fixed, or nothing holds it. */
  readonly locks: boolean;
  /** After a transaction the cable must be pulled before the next (see quirks.ts). */
  readonly replug: boolean;
}

const LOCK_FAILURE = "ConnectorLockFailure";

/** What StatusNotification should say of a cable that was pulled at the car (1.6 §4.9). */
const EV_SIDE = "EV side disconnected";

/** One EVSE with its one connector: cable, meter, and the transaction on it. */
export class Evse implements StatusSource {
  readonly evseId: number;
  readonly connectorId = 1;
  readonly meter: Meter;
  readonly #cable: Cable;
  readonly #kept: EvseRecord;
  readonly #replug: boolean;
  readonly #kit: Kit;
  readonly #host: EvseHost;
  #connector = connectorSteps.start;
  #fault: string | undefined;
  #holder: Holder | undefined;
  #transaction: Transaction | undefined;
  /** Becomes inoperative when the transaction ends. */
  #scheduledInoperative = false;
  /** That has happened, and the cable is still in. */
  #closing = false;
  #last = "";

  constructor(kit: Kit, evseId: number, { meter, locks, replug }: EvseHardware, host: EvseHost) {
    this.#kit = kit;
    this.evseId = evseId;
    this.meter = meter;
    this.#kept = new EvseRecord(kit.store.values, evseId, meter);
    this.#replug = replug;
    this.#cable = new Cable(kit, evseId, locks, {
      out: () => this.#step("UNPLUGGED"),
      lockFailed: () => host.failed(this, LOCK_FAILURE),
    });
    this.#host = host;
    meter.onFull(() => this.#transaction?.full());
    this.#restoreService();
  }

  /** None on a fixed cable. */
  get lock() {
    return this.#cable.lock;
  }

  get status(): ConnectorStatus {
    return connectorStatus(this.#connector, this.#host.reservations.isReserved(this));
  }

  /** Out of service after a transaction, the cable is to be taken first (1.6 §4.9, F8); so is one that is kept. */
  get chargePointStatus(): ChargePointStatus {
    const reserved = this.#host.reservations.isReserved(this);
    const status = chargePointStatus(this.#connector, reserved, this.#transaction?.chargingState);
    const closing = status === "Unavailable" && this.#closing && this.#connector.value.use === "finishing";
    return closing || (status === "Preparing" && this.#cable.held) ? "Finishing" : status;
  }

  /** For StatusNotification: why it is suspended or finishing. */
  get info(): string | undefined {
    const { use } = this.#connector.value;
    const out = this.#cable.carOut || (typeof use === "object" && use.transacting === "unplugged");
    return out ? EV_SIDE : undefined;
  }

  get errorCode(): string {
    return this.#fault ?? "NoError";
  }

  /** Is the cable in, at the station and at the car? */
  get plugged(): boolean {
    return isPlugged(this.#connector) && !this.#cable.carOut;
  }

  /** May somebody start a transaction here? */
  get free(): boolean {
    return this.#holder === undefined && isFree(this.#connector) && !this.#mustClear && this.#host.mayStart();
  }

  /** Nobody's, and to be had sooner or later: also while a reset waits or the power is away. */
  get unused(): boolean {
    return this.#holder === undefined && isUnused(this.#connector) && !this.#mustClear && !this.withdrawn;
  }

  /** Out of service by ChangeAvailability, and not merely until a reset. */
  get withdrawn(): boolean {
    return !this.operative && this.#kept.inoperative;
  }

  get faulted(): boolean {
    return this.#connector.value.health === "faulted";
  }

  get operative(): boolean {
    return this.#connector.value.service === "operative";
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
    this.#cable.plug();
    this.#send("PLUGGED", "cable in");
    this.#transaction?.resume();
    this.#begin("CablePluggedIn");
  }

  /** Pulls the cable at the car, and at the socket too where it is free there. */
  unplug(): void {
    const transaction = this.#transaction;
    if (transaction === undefined) {
      this.#cable.pull();
      this.stateChanged("cable out");
      return;
    }
    if (this.#kit.settings.flag("TxCtrlr.StopTxOnEVSideDisconnect")) {
      this.#cable.pull();
      this.stop("EVCommunicationLost", "EVDisconnected");
      this.#cable.drop();
      this.stateChanged("cable out");
      return;
    }
    this.#step("UNPLUGGED");
    transaction.suspendEV();
    this.stateChanged("cable out");
  }

  /** Gives the EVSE to an authorized token; the transaction starts when the cable is in. */
  authorize(holder: Holder): void {
    this.#holder = holder;
    this.#host.reservations.claim(this, holder.token, holder.info);
    this.#send("AUTHORIZED", "authorized");
    this.#begin("Authorized");
  }

  /** The authorization ended without a transaction. */
  release(why: string): void {
    this.#holder = undefined;
    this.#host.reservations.release(this);
    this.#send("AUTHORIZATION_ENDED", why);
  }

  /** A token ends the transaction, or takes a cable that is kept for it. */
  finish(by: IdToken): void {
    if (this.#transaction === undefined) this.unlock("its owner has come");
    else this.stop("StopAuthorized", "Local", by);
  }

  /** Opens the lock; a cable that is pulled at the car already comes out at once. */
  unlock(why: string): void {
    this.#cable.release(why);
    this.stateChanged(why);
  }

  /** Makes the lock's motor fail, or well again: then it does what it could not do. */
  jam(jammed: boolean): void {
    this.lock?.jam(jammed);
    if (!jammed && this.#transaction === undefined && !this.#cable.held) this.unlock("the lock moves again");
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
    this.#kit.keeper.eventually(() => this.#kept.saveMeter());
    const plugged = isPlugged(this.#connector);
    this.lock?.losePower();
    this.#step("TX_ENDED");
    this.#step("AUTHORIZATION_ENDED");
    if (plugged) {
      this.#step("UNPLUGGED");
      this.#step("PLUGGED");
    }
    this.#cable.drop();
    this.#restoreService();
  }

  /**
   * After a start: ends what a power cut or a crash left open (1.6 §4.10, reason PowerLoss).
   * @throws AppError `store.*`: it stays on record
   */
  recover(): void {
    const { keeper } = this.#kit;
    keeper.settle();
    const record = this.#kept.transaction;
    if (record === undefined) return;
    const event = recoveredEnd(this.#kit, record, this.meter);
    keeper.atomically(() => {
      this.#host.enqueue(event);
      this.#kept.transaction = undefined;
    });
    this.#host.flush();
    this.#tell(event, record);
  }

  /** The register moves on by so many Wh at once, durably. */
  advance(wh: number): void {
    this.meter.advance(wh);
    this.#kit.keeper.eventually(() => this.#kept.saveMeter());
  }

  /** What the meter shows now; the register is kept, because after a crash it must not stand below what was told. */
  read(context: SampleContext): MeterValue {
    this.#kit.keeper.eventually(() => this.#kept.saveMeter());
    return this.meter.sample(context);
  }

  fault(errorCode: string): void {
    this.#fault = errorCode;
    this.#send("FAULT", `fault ${errorCode}`);
    this.stop("AbnormalCondition", faultReason(errorCode));
  }

  clear(): void {
    this.#fault = undefined;
    this.#send("CLEAR", "fault cleared");
    this.#begin("Authorized");
  }

  /** Stores what {@link Evse.setOperative} will set. */
  keepOperative(operative: boolean): void {
    this.#kept.inoperative = !operative;
  }

  /** ChangeAvailability; during a transaction it waits for the end (1.6 §5.2). */
  setOperative(operative: boolean): "Accepted" | "Scheduled" {
    if (!operative) return this.retire();
    this.#scheduledInoperative = false;
    this.#closing = false;
    this.#send("OPERATIVE", "in service");
    this.#begin("Authorized");
    return "Accepted";
  }

  /** Goes out of service, after the transaction if one runs. Not durable: a scheduled reset does this (2.0.1 B12). */
  retire(): "Accepted" | "Scheduled" {
    this.#scheduledInoperative = this.#transaction !== undefined;
    this.#closing = false;
    if (this.#scheduledInoperative) return "Scheduled";
    this.#send("INOPERATIVE", "out of service");
    return "Accepted";
  }

  /** Ends what {@link Evse.retire} began; what ChangeAvailability said still counts. */
  resumeService(): void {
    if (this.#transaction === undefined) this.#restoreService();
    else this.#scheduledInoperative = this.#kept.inoperative;
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
    const fault = this.#fault;
    return {
      evseId: this.evseId,
      connectorId: this.connectorId,
      status: this.status,
      chargePointStatus: this.chargePointStatus,
      plugged: this.plugged,
      operative: this.operative,
      ...(fault === undefined ? {} : { fault }),
      ...this.#cable.view(),
      meterWh: Math.round(this.meter.energyWh()),
      powerW: Math.round(this.meter.powerW()),
      ...(this.#transaction === undefined ? {} : { transaction: this.#transaction.view() }),
    };
  }

  /** The power path closes: a holder, a cable, and no transaction yet. */
  #begin(trigger: TriggerReason): void {
    const holder = this.#holder;
    if (holder === undefined || !this.plugged || this.#transaction !== undefined) return;
    if (this.#connector.value.use !== "ready" || !this.operative || this.faulted) return;
    if (!this.#host.mayStart()) return;
    this.#holder = undefined;
    if (this.lock?.lock() === false) {
      this.#host.failed(this, LOCK_FAILURE);
      this.#giveUp(holder, "the cable cannot be locked");
      return;
    }
    const reservationId = this.#host.reservations.claimed(this);
    const entitled = reservationId === undefined ? holder : { ...holder, reservationId };
    // Also when the cable came last: the next event after the request says so (F01.FR.19).
    const why = holder.remoteStartId === undefined ? trigger : "RemoteStart";
    const transaction = new Transaction(this.#kit, this, entitled, why, {
      emit: (event, record) => this.#emit(event, record),
      stateChanged: () => this.stateChanged(),
      over: (reason) => this.#over(transaction, reason),
    });
    try {
      // What is still on record would be overwritten.
      this.recover();
      transaction.start();
    } catch (e) {
      if (!isStoreError(e)) throw e;
      this.#giveUp(holder, `it cannot be stored: ${e.message}`);
      return;
    }
    this.#transaction = transaction;
    this.#step("TX_STARTED");
    holder.used();
    this.#host.began(this);
    this.stateChanged("transaction started");
  }

  #emit(event: TransactionEvent, record: TransactionRecord): void {
    const { keeper } = this.#kit;
    const keep = () => {
      this.#host.enqueue(event);
      this.#kept.transaction = event.eventType === "Ended" ? undefined : record;
      if (event.eventType === "Started") this.#host.reservations.used(this);
      this.#kept.saveMeter();
    };
    const stored = () => {
      this.#host.flush();
      this.#tell(event, record);
    };
    if (event.eventType !== "Started") {
      keeper.eventually(keep, stored);
      return;
    }
    keeper.atomically(keep);
    stored();
  }

  /** The cable has to go before somebody else may come. */
  get #mustClear(): boolean {
    return this.#cable.held || (this.#replug && this.#connector.value.use === "finishing");
  }

  #giveUp(holder: Holder, why: string): void {
    this.release(why);
    holder.used();
    this.#host.refused(this, holder.token, why);
  }

  #over(transaction: Transaction, reason: StoppedReason): void {
    this.#transaction = undefined;
    this.#step("TX_ENDED");
    if (this.#scheduledInoperative) {
      this.#scheduledInoperative = false;
      this.#closing = true;
      this.#step("INOPERATIVE");
    }
    this.#cable.served(transaction, reason);
    this.stateChanged("transaction ended");
    this.#host.idle(this);
  }

  #tell(event: TransactionEvent, record: TransactionRecord): void {
    if (this.#kit.heard) this.#kit.fact(transactionFact(event, record, this.meter.powerW()));
  }

  #send(event: ConnectorEvent["type"], why?: string): void {
    this.#step(event);
    this.stateChanged(why);
  }

  #step(event: ConnectorEvent["type"]): void {
    this.#connector = connectorSteps.next(this.#connector, event).to;
  }

  /** As ChangeAvailability left it, also when that came during a transaction that the power cut ended. */
  #restoreService(): void {
    this.#scheduledInoperative = false;
    const inoperative = this.#kit.keeper.attempt(() => this.#kept.inoperative, !this.operative);
    this.#step(inoperative ? "INOPERATIVE" : "OPERATIVE");
  }
}
