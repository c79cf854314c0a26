import { describe, expect } from "vitest";
import type { OcppVersion } from "../../src/ocpp/rpc/types.ts";
import type { Payload } from "./central.ts";
import { cardNo, type Rig } from "./rig.ts";
import { rule } from "./row.ts";

/*
 * Who may start: the whole decision of 1.6 §3.5, §4.1 and §9.1, and of 2.0.1 C10 to C15, as a table. Rows are what list and cache know of the
 * card; an entry past its expiry counts as Expired. Columns are the settings that matter:
 * P LocalPreAuthorize, L LocalAuthorizeOffline, U AllowOfflineTxForUnknownId (2.0.1 OfflineTxForUnknownIdEnabled); a small letter is false.
 */
const table = `
  list      cache      online-P online-p offline-LU offline-Lu offline-lU offline-lu
  -         -          ask      ask      accept     reject     accept     reject
  -         Accepted   accept   ask      accept     accept     accept     reject
  -         Blocked    ask      ask      reject     reject     reject     reject
  -         expired    ask      ask      reject     reject     reject     reject
  Accepted  -          accept   ask      accept     accept     accept     reject
  Accepted  Accepted   accept   ask      accept     accept     accept     reject
  Accepted  Blocked    accept   ask      accept     accept     accept     reject
  Accepted  expired    accept   ask      accept     accept     accept     reject
  Blocked   -          ask      ask      reject     reject     reject     reject
  Blocked   Accepted   ask      ask      reject     reject     reject     reject
  Blocked   Blocked    ask      ask      reject     reject     reject     reject
  Blocked   expired    ask      ask      reject     reject     reject     reject
  expired   -          ask      ask      reject     reject     reject     reject
  expired   Accepted   ask      ask      reject     reject     reject     reject
  expired   Blocked    ask      ask      reject     reject     reject     reject
  expired   expired    ask      ask      reject     reject     reject     reject
`;

type Cell = Readonly<Record<string, string>>;

const [head = [], ...lines] = table
  .trim()
  .split("\n")
  .map((line) => line.trim().split(/\s+/));
const cells: readonly Cell[] = lines.map((line) =>
  Object.fromEntries(head.map((name, i) => [name, line[i] ?? ""])),
);

const bools = [true, false];
const combinations = bools.flatMap((online) =>
  bools.flatMap((P) => bools.flatMap((L) => bools.map((U) => ({ online, P, L, U })))),
);

/** What the versions call the same things. */
const words: Record<
  OcppVersion,
  { info(status: string, until?: string): Payload; list(known: Known[]): Payload }
> = {
  "1.6": {
    info: (status, until) => ({ idTagInfo: { status, ...(until && { expiryDate: until }) } }),
    list: (known) => ({
      listVersion: 1,
      updateType: "Full",
      localAuthorizationList: known.map(({ card, info }) => ({ idTag: card, ...info })),
    }),
  },
  "2.0.1": {
    info: (status, until) => ({ idTokenInfo: { status, ...(until && { cacheExpiryDateTime: until }) } }),
    list: (known) => ({
      versionNumber: 1,
      updateType: "Full",
      localAuthorizationList: known.map(({ card, info }) => ({
        idToken: { idToken: card, type: "ISO14443" },
        ...info,
      })),
    }),
  },
};

interface Known {
  readonly card: string;
  readonly info: Payload;
}

/** The cache learns from the answers to Authorize, then the list is sent, then a minute ends what expires. */
async function fill({ central, station, clock, pass }: Rig, ocpp: OcppVersion): Promise<void> {
  const { info, list } = words[ocpp];
  const soon = new Date(clock.now() + 60_000).toISOString();
  const infoOf = (state: string) => (state === "expired" ? info("Accepted", soon) : info(state));
  for (const [i, { cache = "" }] of cells.entries()) {
    if (cache === "-") continue;
    central.answer("Authorize", infoOf(cache));
    if ((await station.tap(cardNo(i))) === "accepted by csms") await station.tap(cardNo(i));
  }
  const known = cells.flatMap(({ list: state = "" }, i) =>
    state === "-" ? [] : [{ card: cardNo(i), info: infoOf(state) }],
  );
  await central.send("SendLocalList", list(known), { status: "Accepted" });
  await pass(61);
  central.answer("Authorize", info("Accepted"));
  central.skip();
}

for (const ocpp of ["1.6", "2.0.1"] as const) {
  describe(`who may start, OCPP ${ocpp} (1.6 §3.5, §4.1, §9.1; 2.0.1 C10 to C15)`, () => {
    for (const { online, P, L, U } of combinations) {
      const column = online ? `online-${P ? "P" : "p"}` : `offline-${L ? "L" : "l"}${U ? "U" : "u"}`;
      const keys = { LocalPreAuthorize: P, LocalAuthorizeOffline: L, AllowOfflineTxForUnknownId: U };
      const set = Object.entries(keys).flatMap(([name, on]) => (on ? [name] : []));
      const says = `${set.join(", ") || "nothing set"}: ${cells.length} cards`;
      rule(online ? "online" : "offline", says, { ocpp, keys }, async (rig) => {
        const { central, station } = rig;
        await fill(rig, ocpp);
        if (!online) await station.offline();
        const seen: Cell[] = [];
        for (const [i, { list = "", cache = "" }] of cells.entries()) {
          const before = central.all("Authorize").length;
          const verdict = await station.tap(cardNo(i));
          const asked = central.all("Authorize").length > before;
          const said = asked ? "ask" : verdict.startsWith("accepted") ? "accept" : "reject";
          if (asked) expect(verdict).toBe("accepted by csms");
          seen.push({ list, cache, [column]: said });
          // Taken back, so that the next card finds the station free.
          if (verdict.startsWith("accepted")) await station.tap(cardNo(i));
        }
        expect(seen).toEqual(cells.map((c) => ({ list: c.list, cache: c.cache, [column]: c[column] })));
        central.skip();
      });
    }
  });
}
