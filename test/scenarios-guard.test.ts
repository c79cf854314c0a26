import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../src/scenario/types.ts";
import { run } from "./support/bin.ts";

/**
 * Scenarios that cannot fail prove nothing. Here the built program is broken in the way that a scenario guards
 * against, and the scenario has to fail, at the step that says so.
 */

interface Break {
  readonly scenario: string;
  /** A file of dist, what stands there exactly once, and what is put in its place. */
  readonly file: string;
  readonly text: string;
  readonly instead: string;
  /** In the text of the steps that fail. */
  readonly step: string;
}

const BOOTING = `                booting: {
                    entry: "sendBoot",`;

const breaks: Readonly<Record<string, Break>> = {
  "a blocked card starts offline": {
    scenario: "peers/01-blocked-starts-offline.yaml",
    file: "station/authorization/decide.js",
    text: 'when: (s) => s.from === "list" && !valid(s),',
    instead: "when: () => false,",
    step: "verdict: rejected, by: list",
  },
  "LocalPreAuthorize has no effect": {
    scenario: "peers/02-list-is-ignored.yaml",
    file: "station/authorization/decide.js",
    text: "s.online && s.settings.localPreAuthorize && valid(s)",
    instead: "false",
    step: "verdict: accepted, by: list",
  },
  "silence counts as Accepted": {
    scenario: "peers/03-silence-is-consent.yaml",
    file: "station/authorizer.js",
    text: "if (!answer.ok) {",
    instead:
      'if (!answer.ok) { return { do: "accept", by: "csms", status: "Accepted", rule: "", why: "", spec: "" };',
    step: "verdict: rejected",
  },
  "StatusNotification does not wait for BootNotification": {
    scenario: "peers/07-speaks-before-accepted.yaml",
    file: "station/station.machine.js",
    text: BOOTING,
    instead: BOOTING.replace('"sendBoot"', '["sendBoot", "wentOnline"]'),
    step: "message: StatusNotification, absent",
  },
  "a UID's bytes lose their zeros": {
    scenario: "peers/09-mangled-uids.yaml",
    file: "station/card.js",
    text: 'b.toString(16).padStart(2, "0")',
    instead: "b.toString(16)",
    step: "message: Authorize",
  },
  "a contradiction of the list is not reported": {
    scenario: "peers/10-list-conflict.yaml",
    file: "station/authorizer.js",
    text: "if (detail !== undefined)",
    instead: "if (false)",
    step: "event: conflict",
  },
  "a card again at once counts": {
    scenario: "peers/11-held-card-toggles.yaml",
    file: "station/presented-cards.js",
    text: "sinceMs < (station.retapMs ?? RETAP_MS)",
    instead: "false",
    step: "event: ignored",
  },
  "the security profile may stay or fall": {
    scenario: "security/profile-only-rises.yaml",
    file: "station/security/security-settings.js",
    text: "wanted <= profile",
    instead: "wanted < 0",
    step: 'value: "1"',
  },
  "TLS needs no root certificate": {
    scenario: "security/profile-only-rises.yaml",
    file: "station/security/security-settings.js",
    text: 'wanted > 1 && !roots.has("CSMSRootCertificate")',
    instead: "false",
    step: 'value: "2"',
  },
  "reservations are forgotten with the program": {
    scenario: "reservation/survives-kill.yaml",
    file: "station/reservations.js",
    text: "this.#all = values.names(RECORD).map((name) => values.get(name));",
    instead: "this.#all = [];",
    step: "verdict: rejected",
  },
  "a refused reservation is kept all the same": {
    scenario: "reservation/occupied.yaml",
    file: "station/reservations.js",
    text: 'this.#fact("refused", reservation, status);',
    instead: "this.#all = [...this.#all, reservation];",
    step: "CancelReservation",
  },
  "ConnectionTimeOut is ignored": {
    scenario: "peers/12-prepares-for-ever.yaml",
    file: "station/authorization.machine.js",
    text: 'TIMED_OUT: { target: "ended", actions: "timedOut" },',
    instead: "",
    step: "event: timeout",
  },
  "the queue does not wait for BootNotification": {
    scenario: "peers/13-queue-before-boot.yaml",
    file: "station/station.machine.js",
    text: BOOTING,
    instead: BOOTING.replace('"sendBoot"', '["sendBoot", "wentOnline"]'),
    step: "2.0.1: TransactionEvent }, absent",
  },
  "a restart loses the queue": {
    scenario: "peers/14-queue-in-memory.yaml",
    file: "station/outbox.js",
    text: "this.#onAnswer = onAnswer;",
    instead:
      "this.#onAnswer = onAnswer; for (let m; (m = kit.store.queue.head()); ) kit.store.queue.delete(m.id);",
    step: "EVDisconnected",
  },
  "the cache beats the list": {
    scenario: "offline/list-beats-cache.yaml",
    file: "station/authorization/decide.js",
    text: "const entry = q.list ?? q.cache;",
    instead: "const entry = q.cache ?? q.list;",
    step: "verdict: rejected, by: list",
  },
  "the cache forgets refusals": {
    scenario: "offline/cache-refuses.yaml",
    file: "station/authorizer.js",
    text: "this.#cache.record(token, info, now);",
    instead: 'if (info.status === "Accepted") this.#cache.record(token, info, now);',
    step: "verdict: rejected, by: cache",
  },
  "entries never expire": {
    scenario: "offline/expires-in-cache.yaml",
    file: "station/authorization/list.js",
    text: "Date.parse(until) <= now",
    instead: "false",
    step: "because: Expired",
  },
  "StopTransactionOnInvalidId has no effect": {
    scenario: "offline/refused-afterwards.yaml",
    file: "station/transaction.js",
    text: 'if (settings.flag("TxCtrlr.StopTxOnInvalidId")) {',
    instead: "if (false) {",
    step: "transaction: ended",
  },
  "the pause between attempts does not grow": {
    scenario: "offline/retries-then-goes-on.yaml",
    file: "station/outbox.js",
    text: "this.#later(attempts * settings",
    instead: "this.#later(settings",
    step: "count: 0, within: 1 s",
  },
  "a start without an answer leaves its end without a number": {
    scenario: "offline/start-never-answered.yaml",
    file: "ocpp/v16/bindings.js",
    text: "export const unboundId = -1;",
    instead: "export const unboundId = 0;",
    step: "transactionId: -1",
  },
  "the cache cannot be cleared": {
    scenario: "whitelisting/trap-cache-hides-the-tap.yaml",
    file: "station/authorization/cache.js",
    text: "this.#store.clear();",
    instead: "",
    step: "message: Authorize",
  },
  "Roaming mode reads the whitelist": {
    scenario: "whitelisting/roaming-mode-needs-a-contract.yaml",
    file: "central/access.js",
    text: "whitelisted: [WHITELIST_NOT_READ, PAID]",
    instead: "whitelisted: [FREE, PAID]",
    step: "verdict: rejected",
  },
  "two cards at once are the first of them": {
    scenario: "hardware/two-cards-at-once.yaml",
    file: "drivers/readers/virtual.js",
    text: 'const raw = uids.map(String).join(" ");',
    instead: "return this.present(uids[0]); const raw = uids.join();",
    step: "event: ignored",
  },
  "firmware is installed whoever signed it": {
    scenario: "firmware/signature-decides.yaml",
    file: "station/maintenance/firmware.js",
    text: 'if (verdict !== "ok") {',
    instead: "if (false) {",
    step: "expect:",
  },
  "a signer needs no root": {
    scenario: "firmware/unknown-signer.yaml",
    file: "station/maintenance/firmware.js",
    text: "if (problem !== undefined) {",
    instead: "if (false) {",
    step: "csms:",
  },
  "an update does not wait for the session": {
    scenario: "firmware/update-waits-for-the-session.yaml",
    file: "station/maintenance/firmware.js",
    text: "async #outOfService(run) {",
    instead: "async #outOfService(run) { return;",
    step: "status: Installing }, absent",
  },
  "an installed version is forgotten": {
    scenario: "firmware/update-installs.yaml",
    file: "station/maintenance/firmware.js",
    text: "() => this.#kit.store.values.set(FIRMWARE_VERSION, image.version)",
    instead: "() => {}",
    step: "expect:",
  },
  "a failed upload is told as done": {
    scenario: "firmware/diagnostics-upload-fails.yaml",
    file: "station/maintenance/logs.js",
    text: 'status ?? "UploadFailure"',
    instead: '"Uploaded"',
    step: "expect:",
  },
  "an update does not wait for its date": {
    scenario: "firmware/waits-for-its-date.yaml",
    file: "station/maintenance/firmware.js",
    text: "const at = Date.parse(request.retrieveDateTime);",
    instead: "const at = 0;",
    step: "absent: 1 h",
  },
  "profiles do not limit": {
    scenario: "smart-charging/default-profile-limits.yaml",
    file: "station/charging/cap.js",
    text: "if (!isBound(c))",
    instead: "if (true)",
    step: "event: limited",
  },
  "the composite schedule knows the hardware only": {
    scenario: "smart-charging/composite-schedule.yaml",
    file: "station/charging/schedule.js",
    text: "export function transactionCap(",
    instead:
      "export function transactionCap() { return { value: noCap, until: Number.POSITIVE_INFINITY }; }\nfunction unused(",
    step: "csms:",
  },
  "a transaction's profile outlives it": {
    scenario: "smart-charging/transaction-profile-ends-with-it.yaml",
    file: "station/charging/charging.js",
    text: 'const own = this.#profiles.matching({ evseId, chargingProfilePurpose: "TxProfile" });',
    instead: "const own = [];",
    step: "payload: { id: 9 }",
  },
  "a pulled cable ends the session whatever the setting says": {
    scenario: "sessions/pulled-cable-waits.yaml",
    file: "station/evse.js",
    text: 'this.#kit.settings.flag("TxCtrlr.StopTxOnEVSideDisconnect")',
    instead: "true",
    step: "status: SuspendedEV",
  },
  "a reservation of any connector keeps none": {
    scenario: "reservation/any-connector.yaml",
    file: "station/reservations.js",
    text: "if (this.#left(evse) >= floating.length - own)",
    instead: "if (true)",
    step: "verdict: rejected",
  },
  "reservations last for ever": {
    scenario: "reservation/expires-offline.yaml",
    file: "station/reservations.js",
    text: "const LONGEST_MS = 3_600_000;",
    instead:
      "const LONGEST_MS = 2 ** 31 - 1; Math.min = (...n) => (n[1] === LONGEST_MS ? LONGEST_MS : n.sort((a, b) => a - b)[0]);",
    step: "event: expired",
  },
  "security events are lost offline": {
    scenario: "security/events-survive-an-outage.yaml",
    file: "station/security/events.js",
    text: 'rule === "secured" && (extension || this.#o.secured())',
    instead: 'rule === "secured" && (extension || this.#o.secured()) && this.#o.online()',
    step: "message: SecurityEventNotification",
  },
  "a deleted certificate stays": {
    scenario: "security/certificates-come-and-go.yaml",
    file: "station/security/roots.js",
    text: "if (!keeper.tried(() => store.values.delete(name)))",
    instead: "if (false)",
    step: "status: NotFound",
  },
  "a late answer counts": {
    scenario: "faults/answers-out-of-time.yaml",
    file: "ocpp/rpc/outgoing.js",
    text: "pending.resolve(TIMEOUT);",
    instead:
      'pending.resolve({ kind: "result", payload: { idTagInfo: { status: "Accepted" }, idTokenInfo: { status: "Accepted" } } });',
    step: "verdict: rejected",
  },
  "a half-open connection is never found out": {
    scenario: "faults/half-open.yaml",
    file: "ocpp/rpc/link.js",
    text: "this.#socket?.ping();",
    instead: "this.#socket?.ping(); this.#socket?.emit('pong');",
    step: "state: disconnected",
  },
  "an immediate reset is told as another reason": {
    scenario: "sessions/hard-reset.yaml",
    file: "ocpp/v16/transactions.js",
    text: 'ImmediateReset: "HardReset"',
    instead: 'ImmediateReset: "Other"',
    step: "reason: HardReset",
  },
  "the lowest stack level wins": {
    scenario: "smart-charging/higher-level-wins.yaml",
    file: "station/charging/schedule.js",
    text: "b.profile.stackLevel - a.profile.stackLevel",
    instead: "a.profile.stackLevel - b.profile.stackLevel",
    step: "amps: 9",
  },
  "a day lasts a week": {
    scenario: "smart-charging/cheap-nights.yaml",
    file: "station/charging/schedule.js",
    text: "Daily: 86_400_000",
    instead: "Daily: 604_800_000",
    step: "amps: 6",
  },
  "nobody has to plug in": {
    scenario: "sessions/no-cable-in-time.yaml",
    file: "station/taps.js",
    text: 'settings.count("TxCtrlr.EVConnectionTimeOut")',
    instead: "999999",
    step: "event: timeout",
  },
  "a refused message is given up at once": {
    scenario: "faults/refused-messages-are-tried-again.yaml",
    file: "station/outbox.js",
    text: 'attempts >= settings.count("OCPPCommCtrlr.MessageAttempts[TransactionEvent]")',
    instead: "attempts >= 1",
    step: "message: StartTransaction, count: 1",
  },
  "a reservation knows no groups": {
    scenario: "reservation/kept-for-a-group.yaml",
    file: "station/reservation-rules.js",
    text: "[r.groupIdToken, info?.groupIdToken]",
    instead: "[undefined, undefined]",
    step: "verdict: accepted, by: csms",
  },
  "the central system keeps the former password": {
    scenario: "security/new-password.yaml",
    file: "central/credentials-changed.js",
    text: "credentials.setPassword(station, password);",
    instead: ";",
    step: "state: refused",
  },
  "no values are aligned to the clock": {
    scenario: "sessions/samples-are-counted.yaml",
    file: "station/aligned.js",
    text: 'this.#kit.settings.count("AlignedDataCtrlr.Interval")',
    instead: "0",
    step: "context: Sample.Clock",
  },
  "samples come every other time": {
    scenario: "sessions/samples-are-counted.yaml",
    file: "station/transaction.js",
    text: 'const intervalS = this.#kit.settings.count("SampledDataCtrlr.TxUpdatedInterval")',
    instead: "const intervalS = 120",
    step: "context: Sample.Periodic",
  },
  "MaxEnergyOnInvalidId is ignored": {
    scenario: "offline/refused-afterwards.yaml",
    file: "station/transaction.js",
    text: 'settings.count("TxCtrlr.MaxEnergyOnInvalidId")',
    instead: "1e9",
    step: "chargingState: SuspendedEVSE",
  },
  "nothing may flow after a refusal": {
    scenario: "offline/energy-on-invalid-id.yaml",
    file: "station/transaction.js",
    text: 'settings.count("TxCtrlr.MaxEnergyOnInvalidId")',
    instead: "0",
    step: "chargingState: SuspendedEVSE }, since: start, count: 0",
  },
  "a cable goes with whoever pulls it": {
    scenario: "sessions/kept-cable.yaml",
    file: "station/cable.js",
    text: 'reason === "EVDisconnected" && !unlocks',
    instead: "false",
    step: "event: held",
  },
  "any group is the session's": {
    scenario: "sessions/group-ends-it.yaml",
    file: "station/transaction.js",
    text: 'theirs.idToken !== "" && sameToken(theirs, ours)',
    instead: 'theirs.idToken !== ""',
    step: "verdict: rejected",
  },
};

const root = fileURLToPath(new URL("..", import.meta.url));

/** Copies of the program, two, to be broken at the same time: those that nobody uses now, and who waits for one. */
const idle: string[] = [];
const waiting: ((copy: string) => void)[] = [];

/** @returns what `use` makes of a copy that nobody else uses meanwhile */
async function withCopy<T>(use: (copy: string) => Promise<T>): Promise<T> {
  const copy = idle.pop() ?? (await new Promise<string>((resolve) => waiting.push(resolve)));
  try {
    return await use(copy);
  } finally {
    const next = waiting.shift();
    if (next === undefined) idle.push(copy);
    else next(copy);
  }
}

/** The text of the step that begins in this line: all that is further in. */
function stepAt(lines: readonly string[], line: number): string {
  const [first = "", ...rest] = lines.slice(line - 1);
  const end = rest.findIndex((other) => other.search(/\S/) <= first.search(/\S/));
  return [first, ...rest.slice(0, end < 0 ? undefined : end)].join("\n");
}

/** The program's copy plays the scenario. */
async function play(
  copy: string,
  scenario: string,
): Promise<{ code: number | null; steps: string[]; stderr: string }> {
  const path = join(root, "scenarios", scenario);
  const { code, stdout, stderr } = await run(["run", path, "--json"], {
    main: join(copy, "dist/main.js"),
    cwd: root,
  });
  const events = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RunEvent);
  const lines = readFileSync(path, "utf8").split("\n");
  const failures = events.flatMap((e) => (e.kind === "scenarioEnded" ? e.result.failures : []));
  return { code, stderr, steps: failures.map((f) => stepAt(lines, f.at.line)) };
}

/** Two processes at a time and no more: what they take is the machine's, not the test's. */
const copies = [0, 1].map(() => mkdtempSync(join(tmpdir(), "tapstation-broken-")));

beforeAll(() => {
  for (const copy of copies) {
    cpSync(join(root, "dist"), join(copy, "dist"), {
      recursive: true,
      filter: (path) => !/\.(map|d\.ts)$/.test(path),
    });
    for (const name of ["node_modules", "devices", "package.json"])
      symlinkSync(join(root, name), join(copy, name));
  }
  idle.push(...copies);
});

afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

describe.concurrent("a scenario fails when", () => {
  it.each(Object.entries(breaks))("%s", (_, { scenario, file, text, instead, step }) =>
    withCopy(async (copy) => {
      const path = join(copy, "dist", file);
      const sound = readFileSync(path, "utf8");
      expect(sound.split(text), `"${text}" in ${file}`).toHaveLength(2);
      writeFileSync(
        path,
        sound.replace(text, () => instead),
      );
      try {
        const { code, steps, stderr } = await play(copy, scenario);
        expect(code, stderr).toBe(1);
        expect(steps.join("\n"), "what failed").toContain(step);
      } finally {
        writeFileSync(path, sound);
      }
    }),
  );

  it("nothing else is: the copies pass", () =>
    withCopy(async (copy) => {
      const { code, steps } = await play(copy, "peers/01-blocked-starts-offline.yaml");
      expect({ code, steps }).toEqual({ code: 0, steps: [] });
    }));
});
