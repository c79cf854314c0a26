import type { Fact, FactKind } from "../../station/facts.ts";
import type { ChargePointStatus, ConnectorStatus } from "../../station/types.ts";
import type { Colors } from "../../util/colors.ts";
import { clean, some } from "../../util/text.ts";
import { frameLine, isDull } from "./frames.ts";

type OfKind<K extends FactKind> = Extract<Fact, { kind: K }>;
type Renderers = { readonly [K in FactKind]: (f: OfKind<K>, c: Colors) => string | undefined };

/** Energy for a person: Wh below one kWh. */
export const energyText = (wh: number): string =>
  wh < 1000 ? `${Math.round(wh)} Wh` : `${(wh / 1000).toFixed(2)} kWh`;

/** Power for a person. */
export const powerText = (w: number): string =>
  w < 1000 ? `${Math.round(w)} W` : `${(w / 1000).toFixed(1)} kW`;

const because = (why: string | undefined): string | undefined =>
  why === undefined ? undefined : `(${clean(why)})`;

const hintOf = (hint: string | undefined, c: Colors): string | undefined =>
  hint === undefined ? undefined : c.yellow(clean(hint));

/** One line for each kind of fact, or nothing where another fact tells the same. */
const renderers: Renderers = {
  card(f, c) {
    const uid = f.uid === undefined ? undefined : c.bold(clean(f.uid));
    if (f.event === "ignored") return some(c.dim("▪ card ignored"), uid, because(f.why));
    if (f.event === "removed") return some(c.dim("▫ card taken away"), uid);
    const type = f.cardType === undefined ? undefined : `${clean(f.cardType)}`;
    return some("▪ card", uid, type, c.dim(`on ${clean(f.reader)}`));
  },
  reader(f, c) {
    // The virtual one is always there.
    if (f.state === "ready" && f.reader === "virtual") return undefined;
    if (f.state === "ready") return some(c.green("reader ready:"), clean(f.reader), because(f.detail));
    return some(c.red("reader lost:"), clean(f.reader), because(f.detail), hintOf(f.hint, c));
  },
  signal(f, c) {
    if (f.signal === "ready") return undefined;
    const paint = { read: c.blue, accepted: c.green, rejected: c.red, fault: c.red }[f.signal];
    const via = f.via.length === 0 ? "(no buzzer)" : `on ${f.via.map(clean).join(", ")}`;
    return some(paint(`♪ ${f.signal}`), c.dim(via));
  },
  verdict(f, c) {
    const outcome = f.outcome === "accepted" ? c.green("✔ accepted") : c.red("✘ rejected");
    // Of a token that is valid in itself, a rejection by the station would say "Accepted".
    const plain = f.outcome === "accepted" ? f.status === "Accepted" : f.by === "station";
    const said = f.info?.personalMessage;
    const why = /^the central system answered \w+$/.test(f.why) ? "central system" : clean(f.why);
    return some(
      outcome,
      clean(f.token.idToken),
      plain ? undefined : f.status,
      said === undefined ? undefined : `"${clean(said)}"`,
      c.dim(`(${why}, ${Math.round(f.ms)} ms)`),
    );
  },
  authorization(f, c) {
    return some(c.yellow(`authorization ${f.event}:`), clean(f.idToken.idToken), because(f.why));
  },
  access(f, c) {
    if (f.status !== "Accepted") return some(c.magenta("central:"), `${f.status}:`, clean(f.why));
    const mode = `${f.mode} (${f.modeFrom === "asset" ? "set at the station" : "from the location"})`;
    const card =
      f.card === undefined ? undefined : `card "${clean(f.card.nickname)}" of ${clean(f.card.user)}`;
    const pays = f.free ? c.green("free of charge") : "the card holder pays";
    return some(
      c.magenta("central:"),
      [f.status, mode, card, pays].filter((part) => part !== undefined).join(" · "),
    );
  },
  newStation(f, c) {
    const where = `is new here: at ${clean(f.location)}, access mode ${f.mode}`;
    return some(c.magenta("central:"), `station ${clean(f.station)}`, where, because(f.subprotocol));
  },
  /** The built-in central system sees the same frames from its side: once is enough. */
  frame: (f, c) => (f.source === "central" || isDull(f) ? undefined : frameLine(f, c)),
  link(f, c) {
    const why = because(f.why);
    if (f.state === "connecting") return some(c.dim("… connecting to"), c.dim(clean(f.url)));
    if (f.state === "connected") {
      return some(c.green("connected"), clean(f.url), because(f.subprotocol));
    }
    const again = f.retryInMs === undefined ? undefined : c.dim(`next try in ${seconds(f.retryInMs)}`);
    return some(c.red(f.state), clean(f.url), why, hintOf(f.hint, c), again);
  },
  registration(f, c) {
    if (f.status === "none") return undefined;
    const every = f.interval === undefined ? undefined : c.dim(`(interval ${f.interval} s)`);
    const paint = f.status === "Accepted" ? c.green : c.yellow;
    return some("registration", paint(f.status), every);
  },
  connector: (f, c) => connectorLine(f, f.chargePointStatus, c),
  transaction: transactionLine,
  whitelist(f, c) {
    const name = f.what === "list" ? "local list" : "cache";
    const version = f.version === undefined ? undefined : `version ${f.version}`;
    const size = f.size === undefined ? undefined : `${f.size} entries`;
    const facts = [version, size].filter((x) => x !== undefined).join(", ");
    const paint = f.event === "refused" || f.event === "conflict" ? c.yellow : c.cyan;
    return some(paint(`${name} ${f.event}`), facts, because(f.detail));
  },
  file(f, c) {
    const way = f.event === "received" ? "file received:" : "file fetched:";
    return some(`${c.magenta("central:")} ${way}`, clean(f.name), c.dim(`${f.bytes} bytes`));
  },
  maintenance(f, c) {
    const what =
      f.what === "firmware" ? "firmware" : f.what === "SecurityLog" ? "security log" : "diagnostics";
    const bad = /Fail|Invalid|Denied|Bad|NotSupported/.test(f.status);
    const paint = bad ? c.red : f.status === "Installed" || f.status === "Uploaded" ? c.green : c.cyan;
    const file = f.file === undefined ? undefined : clean(f.file);
    const request = f.requestId === undefined ? undefined : c.dim(`request ${f.requestId}`);
    return some(paint(`${what} ${f.status}:`), file, request, because(f.detail));
  },
  reservation(f, c) {
    const paint = f.event === "refused" || f.event === "removed" ? c.yellow : c.cyan;
    const where = f.evseId === undefined ? "for any connector" : `of connector ${f.evseId}`;
    const until =
      f.event === "made" || f.event === "replaced" ? c.dim(`until ${clean(f.expiryDateTime)}`) : "";
    const head = paint(`reservation ${f.reservationId} ${f.event}:`);
    return some(head, where, `for ${clean(f.idToken.idToken)}`, until || undefined, because(f.why));
  },
  clock(f, c) {
    const way = f.shiftMs > 0 ? "forward" : "back";
    return some(c.yellow(`clock put ${way}`), `by ${seconds(Math.abs(f.shiftMs))}, as ${f.by} says`);
  },
  power(f, c) {
    const text = {
      up: c.green("power is on"),
      cut: c.red("power is cut"),
      reset: c.yellow("station resets"),
      off: c.dim("station is off"),
    }[f.event];
    return some(text, f.event === "cut" ? undefined : because(f.detail));
  },
  certificate: (f, c) =>
    some(f.event === "refused" ? c.red("certificate refused:") : c.cyan("certificate"), clean(f.detail)),
  /** That the power came or the station resets is told as such. */
  security(f, c) {
    if (f.event === "StartupOfTheDevice" || f.event === "ResetOrReboot") return undefined;
    return some(c.yellow("security:"), f.event, because(f.techInfo));
  },
  setting(f, c) {
    const value = f.value === undefined ? "(not shown)" : `= ${clean(f.value)}`;
    return some(
      c.cyan("setting"),
      clean(f.name),
      value,
      c.dim(f.by === "csms" ? "by the central system" : "by hand"),
    );
  },
  charging(f, c) {
    const where = f.evseId ? `on ${f.evseId}` : undefined;
    if (f.event === "limited") return some(c.cyan("charging limit"), where, clean(f.detail));
    const paint = f.event === "refused" ? c.red : c.cyan;
    return some(paint(`charging profile ${f.event}`), where, because(f.detail));
  },
  lock(f, c) {
    const paint = f.event === "failed" || f.event === "jammed" ? c.red : c.cyan;
    // With every transaction; its own lines say enough.
    if (f.event === "locked" || (f.event === "unlocked" && f.why === "transaction ended")) return undefined;
    const text = {
      unlocked: "open",
      held: "kept closed",
      failed: "does not move",
      jammed: "jammed",
      freed: "well",
    };
    return some(paint(`lock of ${f.evseId} ${text[f.event]}`), because(f.why));
  },
  dataTransfer(f, c) {
    const what = [f.vendorId, f.messageId].flatMap((x) => (x === undefined ? [] : [clean(x)])).join(" ");
    const data =
      f.data === undefined ? undefined : clean(typeof f.data === "string" ? f.data : JSON.stringify(f.data));
    const arrow = f.direction === "in" ? "from the central system" : "to the central system";
    const paint = f.status === "Accepted" ? c.cyan : c.yellow;
    return some(
      paint(`data transfer ${arrow}:`),
      what,
      clean(f.status),
      data === undefined ? undefined : c.dim(data),
    );
  },
  control(f, c) {
    return c.dim(some("›", f.verb, ...f.args.map(clean)));
  },
  fault(f, c) {
    if (f.state === "cleared") return some(c.green("fault cleared:"), clean(f.what), because(f.detail));
    return some(c.red("fault:"), clean(f.what), because(f.detail), hintOf(f.hint, c));
  },
};

/**
 * One readable line for a fact, without time, or undefined when the fact says nothing new to a person. Text from
 * outside cannot move the cursor. Pure.
 */
export function renderFact(fact: Fact, colors: Colors): string | undefined {
  const renderer = renderers[fact.kind] as ((f: Fact, c: Colors) => string | undefined) | undefined;
  return renderer?.(fact, colors);
}

const seconds = (ms: number): string =>
  ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;

/** A connector's state in the words of one version or the other. */
export function connectorLine(
  f: OfKind<"connector">,
  status: ChargePointStatus | ConnectorStatus,
  c: Colors,
): string {
  const who = f.connectorId === 0 || f.evseId === 0 ? "station" : `connector ${f.evseId}`;
  return some(`${who} is`, paintStatus(status, c), because(f.why));
}

function paintStatus(status: string, c: Colors): string {
  if (status === "Charging") return c.green(status);
  if (status === "Faulted") return c.red(status);
  return c.cyan(status);
}

function transactionLine(f: OfKind<"transaction">, c: Colors): string | undefined {
  const where = `transaction on ${f.evseId}`;
  const energy = f.energyWh === undefined ? "nothing known" : energyText(f.energyWh);
  const power = f.powerW === undefined ? undefined : powerText(f.powerW);
  const offline = f.offline === true ? c.yellow("(offline)") : undefined;
  switch (f.event) {
    case "started":
      return some(
        c.green(`⚡ ${where} started`),
        f.idToken && `by ${clean(f.idToken.idToken)}`,
        c.dim(`(meter ${energyText(f.meterWh)})`),
        offline,
      );
    case "updated":
      return some(`⚡ ${where}:`, `charged ${energy}`, power, f.chargingState, offline);
    case "ended":
      return some(
        c.green(`⚡ ${where} ended:`),
        `charged ${c.bold(energy)}, meter ${energyText(f.meterWh)}`,
        because(f.reason),
        offline,
      );
    case "discarded":
      return some(c.red(`${where}: message discarded`), because(f.trigger));
    default:
      return undefined;
  }
}
