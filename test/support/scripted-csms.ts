import type {
  Csms,
  CsmsAnswer,
  CsmsListener,
  CsmsRequestName,
  CsmsRequests,
} from "../../src/station/ports.ts";

type Script = {
  [K in CsmsRequestName]?: (
    payload: CsmsRequests[K]["in"],
  ) => CsmsAnswer<CsmsRequests[K]["out"]> | Promise<CsmsAnswer<CsmsRequests[K]["out"]>>;
};

export interface Sent {
  readonly kind: CsmsRequestName;
  readonly payload: Record<string, unknown>;
  /** The answer that reached the station. */
  answer?: CsmsAnswer<unknown>;
}

const ok = <T>(value: T): CsmsAnswer<T> => ({ ok: true, value });

/** A central system behind the Csms port: answers by script, records what it was sent, goes up and down by hand. */
export class ScriptedCsms implements Csms {
  readonly sent: Sent[] = [];
  script: Script = {};
  listener: CsmsListener | undefined;
  up = false;
  /** How long an answer is on its way; a broken connection loses it. */
  latency: ((answer: () => void) => void) | undefined;
  readonly #underway = new Set<() => void>();
  /** Connects by itself as soon as the station opens the link. */
  auto = true;

  readonly forgotten: string[] = [];

  forget(transactionId: string): void {
    this.forgotten.push(transactionId);
  }

  open(on: CsmsListener): void {
    this.listener = on;
    if (this.auto) queueMicrotask(() => this.listener === on && this.connect());
  }

  /** How often the station asked for a new connection. */
  reconnects = 0;

  reconnect(): void {
    this.reconnects++;
    this.disconnect();
    if (this.auto) queueMicrotask(() => this.listener !== undefined && this.connect());
  }

  close(): Promise<void> {
    this.#drop();
    this.listener = undefined;
    return Promise.resolve();
  }

  connect(): void {
    this.up = true;
    this.listener?.link({ kind: "up", url: "ws://scripted", subprotocol: "scripted" });
  }

  disconnect(): void {
    this.#drop();
    this.listener?.link({ kind: "down", why: "scripted" });
  }

  async request<K extends CsmsRequestName>(
    kind: K,
    payload: CsmsRequests[K]["in"],
  ): Promise<CsmsAnswer<CsmsRequests[K]["out"]>> {
    if (!this.up) return { ok: false, failure: "offline", detail: "not connected" };
    const sent: Sent = { kind, payload: payload as Record<string, unknown> };
    this.sent.push(sent);
    const scripted = this.script[kind] as ((p: unknown) => CsmsAnswer<CsmsRequests[K]["out"]>) | undefined;
    const answer = scripted === undefined ? defaults[kind]() : await scripted(payload);
    const arrived = await this.#travel();
    sent.answer = arrived ? answer : { ok: false, failure: "timeout", detail: "the connection broke" };
    return sent.answer as CsmsAnswer<CsmsRequests[K]["out"]>;
  }

  #travel(): Promise<boolean> {
    const { latency } = this;
    if (latency === undefined) return Promise.resolve(true);
    return new Promise((resolve) => {
      const lost = () => resolve(false);
      this.#underway.add(lost);
      latency(() => {
        this.#underway.delete(lost);
        resolve(true);
      });
    });
  }

  #drop(): void {
    this.up = false;
    for (const lost of this.#underway) lost();
    this.#underway.clear();
  }

  of(kind: CsmsRequestName): Record<string, unknown>[] {
    return this.sent.filter((s) => s.kind === kind).map((s) => s.payload);
  }

  get commands() {
    if (this.listener === undefined) throw new Error("the station has not opened its link");
    return this.listener.commands;
  }
}

const currentTime = "2030-01-01T00:00:00.000Z";
const defaults: { [K in CsmsRequestName]: () => CsmsAnswer<CsmsRequests[K]["out"]> } = {
  boot: () => ok({ status: "Accepted", interval: 300, currentTime }),
  heartbeat: () => ok({ currentTime }),
  status: () => ok({}),
  authorize: () => ok({ idTokenInfo: { status: "Accepted" } }),
  transaction: () => ok({}),
  meterValues: () => ok({}),
  reservationUpdate: () => ok({}),
  dataTransfer: () => ok({ status: "Accepted" }),
  report: () => ok({}),
  firmwareStatus: () => ok({}),
  logStatus: () => ok({}),
  securityEvent: () => ok({}),
  signCertificate: () => ok({ status: "Accepted" }),
};
