import { onTestFinished } from "vitest";
import { OcppCsms, type OcppCsmsOptions } from "../../src/ocpp/csms.ts";
import type { Dialect } from "../../src/ocpp/dialect.ts";
import type { OcppVersion } from "../../src/ocpp/rpc/types.ts";
import { loadDialects } from "../../src/ocpp/versions.ts";
import type { FrameFact, LinkFact } from "../../src/station/facts.ts";
import type { LinkEvent, StationCommands } from "../../src/station/ports.ts";
import { systemClock } from "../../src/util/clock.ts";
import { BareCentral, Waiting } from "./central.ts";
import { mapValues, obligingStation } from "./support.ts";

export interface Setup {
  readonly versions?: OcppVersion[];
  readonly choose?: (offered: readonly string[]) => string;
  readonly commands?: StationCommands;
  readonly password?: string;
  /** The central system has rejected the station. */
  readonly isRejected?: boolean;
  /** Nobody wants facts. */
  readonly deaf?: boolean;
  readonly options?: Partial<OcppCsmsOptions>;
}

/** Plain options: real time, message ids "id-1", "id-2"…, reconnection at once. */
export function csmsOptions(url: string, dialects: readonly Dialect[]): OcppCsmsOptions {
  let id = 0;
  return {
    url,
    dialects,
    values: mapValues(),
    clock: systemClock,
    ids: { next: () => `id-${++id}` },
    random: () => 0,
    backOff: { waitMinimumS: 0, randomRangeS: 0, repeatTimes: 0 },
    messageTimeoutMs: 20_000,
    connectTimeoutMs: 10_000,
  };
}

/** A station's end and a bare central system, connected over a real socket until the test is over. */
export async function connected(setup: Setup = {}) {
  const { versions = ["1.6"], choose, commands = obligingStation().commands, password } = setup;
  const central = await BareCentral.start(choose);
  const links = new Waiting<LinkEvent>();
  const facts: (FrameFact | LinkFact)[] = [];
  const url = password === undefined ? central.url : central.url.replace("//", `//CP001:${password}@`);
  const options = {
    ...csmsOptions(url, await loadDialects(versions)),
    ...(setup.deaf ? {} : { fact: (f: FrameFact | LinkFact) => void facts.push(f) }),
    ...setup.options,
  };
  const csms = new OcppCsms(options);
  onTestFinished(async () => {
    await csms.close();
    await central.close();
  });
  const listener = {
    link: (e: LinkEvent) => links.push(e),
    commands,
    isRejected: () => setup.isRejected === true,
  };
  csms.open(listener);
  const up = await links.next("the connection");
  return { central, csms, links, facts, listener, values: options.values, up };
}
