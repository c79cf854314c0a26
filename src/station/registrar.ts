import { type Actor, createActor } from "xstate";
import type { TimerHandle } from "../util/clock.ts";
import type { Kit } from "./kit.ts";
import type { StatusNotifier } from "./notifier.ts";
import type { Outbox } from "./outbox.ts";
import type { CsmsListener, DialectTraits, LinkEvent, StationCommands } from "./ports.ts";
import { DEFAULT_BOOT_RETRY_S, type Registration, stationMachine } from "./station.machine.ts";
import type { BootReason, StationIdentity } from "./types.ts";

interface RegistrarOptions {
  readonly kit: Kit;
  readonly identity: () => StationIdentity;
  readonly traits: () => DialectTraits;
  readonly notifier: StatusNotifier;
  readonly outbox: Outbox;
  readonly commands: () => StationCommands;
  readonly ready: () => void;
  /** Puts the station's clock forward by so much, or back. */
  readonly setTime: (shiftMs: number, by: "BootNotification" | "Heartbeat") => void;
}

/** A clock that is off by less is left alone, ms. */
const TOLERATED_MS = 1000;

/** Drives the station machine: power, connection, BootNotification, and the heartbeat while all is well. */
export class Registrar implements CsmsListener {
  readonly #o: RegistrarOptions;
  readonly #kit: Kit;
  readonly #machine: Actor<typeof stationMachine>;
  #registration: Registration = "none";
  #online = false;
  #linked = false;
  #offlineSince: number | undefined;
  #fresh = false;
  #silent = false;
  #heartbeat: TimerHandle | undefined;
  #commands: StationCommands | undefined;

  constructor(o: RegistrarOptions) {
    this.#o = o;
    this.#kit = o.kit;
    this.#machine = createActor(stationMachine, { clock: o.kit.clock, input: { do: this.#effects() } });
    this.#machine.start();
  }

  get powered(): boolean {
    return this.#machine.getSnapshot().value !== "off";
  }

  /** Connected and registered. */
  get online(): boolean {
    return this.#online;
  }

  get registration(): Registration {
    return this.#registration;
  }

  powerOn(reason: BootReason): void {
    this.#machine.send({ type: "POWER_ON", reason });
  }

  powerOff(): void {
    this.#machine.send({ type: "POWER_OFF" });
  }

  triggerBoot(): void {
    this.#machine.send({ type: "TRIGGER_BOOT" });
  }

  /** Sends a Heartbeat now, also while Pending when it was triggered, and the next one an interval later. */
  beat(): void {
    const asked = this.#kit.ticks();
    void this.#kit.csms.request("heartbeat", {}).then((answer) => {
      if (answer.ok) this.#compareTime(answer.value.currentTime, asked, "Heartbeat");
    });
    this.scheduleHeartbeat();
  }

  /** From now on by the present HeartbeatInterval. */
  scheduleHeartbeat(): void {
    this.#cancelHeartbeat();
    const seconds = this.#kit.settings.count("OCPPCommCtrlr.HeartbeatInterval");
    if (this.#online && seconds > 0)
      this.#heartbeat = this.#kit.clock.setTimeout(() => this.beat(), seconds * 1000);
  }

  dispose(): void {
    this.#machine.stop();
  }

  #effects() {
    return {
      openLink: () => this.#kit.csms.open(this),
      closeLink: () => {
        this.#linked = false;
        this.#registration = "none";
        void this.#kit.csms.close();
      },
      sendBoot: (reason: BootReason) => void this.#boot(reason),
      wentOnline: () => this.#wentOnline(),
      wentOffline: () => this.#wentOffline(),
      registrationChanged: (registration: Registration, interval: number) =>
        this.#registered(registration, interval),
      now: () => this.#kit.ticks(),
    };
  }

  /** {@link CsmsListener}; made for the first command: most stations of a fleet get none. */
  get commands(): StationCommands {
    this.#commands ??= this.#o.commands();
    return this.#commands;
  }

  /** {@link CsmsListener} */
  isRejected(): boolean {
    return this.#registration === "Rejected";
  }

  /** {@link CsmsListener} */
  invalid(problem: string): void {
    this.#kit.security.tell("InvalidMessages", problem);
  }

  /** {@link CsmsListener} */
  link(event: LinkEvent): void {
    this.#kit.security.link(event);
    if (event.kind === "failed") return;
    this.#linked = event.kind === "up";
    this.#machine.send({ type: event.kind === "up" ? "LINK_UP" : "LINK_DOWN" });
  }

  async #boot(reason: BootReason): Promise<void> {
    const asked = this.#kit.ticks();
    const answer = await this.#kit.csms.request("boot", { reason, identity: this.#o.identity() });
    if (!answer.ok && !this.#linked) return;
    this.#tellSilence(answer.ok ? undefined : answer.detail);
    if (answer.ok && answer.value.status === "Accepted")
      this.#compareTime(answer.value.currentTime, asked, "BootNotification");
    if (answer.ok)
      this.#machine.send({
        type: "BOOT_ANSWER",
        status: answer.value.status,
        interval: answer.value.interval,
      });
    else this.#machine.send({ type: "BOOT_FAILED" });
  }

  /** Raised once and cleared once, however often BootNotification is repeated. */
  #tellSilence(detail: string | undefined): void {
    if (this.#silent === (detail !== undefined)) return;
    this.#silent = detail !== undefined;
    const hint = `The central system does not register this station; asking again every ${DEFAULT_BOOT_RETRY_S} s.`;
    if (detail === undefined) this.#kit.fact({ kind: "fault", what: "BootNotification", state: "cleared" });
    else this.#kit.fact({ kind: "fault", what: "BootNotification", state: "raised", detail, hint });
  }

  #registered(registration: Registration, interval: number): void {
    this.#registration = registration;
    // A triggered BootNotification changes nothing: what was told stands.
    if (!this.#online) this.#fresh = true;
    this.#kit.fact({ kind: "registration", status: registration, interval });
    if (registration !== "Accepted") return;
    const { keeper, store, settings } = this.#kit;
    const known = keeper.attempt(() => store.values.get("registered") === true, false);
    if (!known) keeper.eventually(() => store.values.set("registered", true));
    // 0 leaves it to the station (1.6 §4.2): its own interval stays.
    if (interval > 0) {
      settings.adopt("OCPPCommCtrlr.HeartbeatInterval", String(interval), (keep) => keeper.eventually(keep));
    }
  }

  /**
   * Sets the clock when it is off by more than a second and what the way there and back may have taken. currentTime often
   * has no fraction of a second.
   */
  #compareTime(currentTime: string, asked: number, by: "BootNotification" | "Heartbeat"): void {
    const halfWayMs = (this.#kit.ticks() - asked) / 2;
    const shiftMs = Math.round(Date.parse(currentTime) + halfWayMs - this.#kit.clock.now());
    if (Math.abs(shiftMs) > TOLERATED_MS + halfWayMs) this.#o.setTime(shiftMs, by);
  }

  #wentOnline(): void {
    this.#online = true;
    const offlineS = this.#offlineSince === undefined ? 0 : (this.#kit.ticks() - this.#offlineSince) / 1000;
    const thresholdS = this.#kit.settings.count("OCPPCommCtrlr.OfflineThreshold");
    const all = this.#fresh || (this.#o.traits().offlineThreshold && offlineS > thresholdS);
    if (all) this.#o.notifier.tellAll();
    else this.#o.notifier.tellChanged();
    this.#fresh = false;
    this.#o.ready();
    this.#o.outbox.resume();
    this.scheduleHeartbeat();
  }

  #wentOffline(): void {
    this.#online = false;
    this.#offlineSince = this.#kit.ticks();
    this.#o.outbox.pause();
    this.#o.notifier.pause();
    this.#cancelHeartbeat();
  }

  #cancelHeartbeat(): void {
    if (this.#heartbeat !== undefined) this.#kit.clock.clearTimeout(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
