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
}

const ok = <T>(value: T): CsmsAnswer<T> => ({ ok: true, value });

/** A central system behind the Csms port: answers by script, records what it was sent, goes up and down by hand. */
export class ScriptedCsms implements Csms {
  readonly sent: Sent[] = [];
  script: Script = {};
  listener: CsmsListener | undefined;
  up = false;
  /** Connects by itself as soon as the station opens the link. */
  auto = true;

  open(on: CsmsListener): void {
    this.listener = on;
    if (this.auto) queueMicrotask(() => this.listener === on && this.connect());
  }

  close(): Promise<void> {
    this.up = false;
    this.listener = undefined;
    return Promise.resolve();
  }

  connect(): void {
    this.up = true;
    this.listener?.link({ kind: "up", url: "ws://scripted", subprotocol: "scripted" });
  }

  disconnect(): void {
    this.up = false;
    this.listener?.link({ kind: "down", why: "scripted" });
  }

  async request<K extends CsmsRequestName>(
    kind: K,
    payload: CsmsRequests[K]["in"],
  ): Promise<CsmsAnswer<CsmsRequests[K]["out"]>> {
    if (!this.up) return { ok: false, failure: "offline", detail: "not connected" };
    this.sent.push({ kind, payload: payload as Record<string, unknown> });
    const scripted = this.script[kind] as ((p: unknown) => CsmsAnswer<CsmsRequests[K]["out"]>) | undefined;
    if (scripted !== undefined) return scripted(payload);
    return defaults[kind]() as CsmsAnswer<CsmsRequests[K]["out"]>;
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
  dataTransfer: () => ok({ status: "Accepted" }),
  report: () => ok({}),
};
