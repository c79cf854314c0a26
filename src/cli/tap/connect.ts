import { type Bench, openBench } from "../../app/bench.ts";
import type { Config } from "../../app/config.ts";
import type { StationDefinition } from "../../drivers/definitions.ts";
import type { Fact } from "../../station/facts.ts";
import { Emitter } from "../../util/emitter.ts";
import type { Io } from "../io.ts";
import { Missed } from "../missed.ts";
import { aborted, heard, isSettled } from "../session.ts";

/**
 * A bench whose central system has accepted it.
 * @throws AppError `csms.unreachable`, `csms.refused`, and those of openBench
 */
export async function connectedBench(
  io: Io,
  config: Config,
  model: StationDefinition,
  quiet: boolean,
): Promise<Bench> {
  const facts = new Emitter<Fact>();
  const missed = new Missed();
  facts.on((fact) => missed.hear(fact));
  const settled = heard(facts, isSettled);
  const bench = await openBench(config, model, (fact) => facts.emit(fact));
  try {
    await Promise.race([settled, aborted(io.signal)]);
    const { readers: _, ...rest } = config;
    const error = io.signal.aborted
      ? undefined
      : missed.error({ ...rest, readers: undefined }, bench.status());
    if (error !== undefined) throw error;
  } catch (e) {
    await bench.close();
    throw e;
  }
  if (!quiet) {
    io.stderr.write(`Connected to ${bench.where} as ${config.id}.\n`);
    if (!bench.builtIn)
      io.stderr.write(
        `A station that is connected there as ${config.id} has lost its connection: --id gives an identity of your own.\n`,
      );
  }
  return bench;
}
