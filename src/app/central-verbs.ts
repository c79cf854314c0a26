import type { ConnectedStation } from "../central/index.ts";
import type { CommandAnswer } from "../station/control.ts";
import {
  type Arg,
  bad,
  jsonPayload,
  type VerbResult,
  type VerbRow,
  Vocabulary,
  verbsOf,
  waitVerb,
} from "./vocabulary.ts";

/** What a person or a script can do at a central system that stands alone. */
export interface CentralControl {
  stations(): readonly ConnectedStation[];
  /**
   * Sends a command to a station; without a name to the one that is connected.
   * @throws AppError `input.invalid` for a payload that does not fit, `state.conflict` when it is not clear which station
   * is meant, `csms.unreachable` when it is not connected or does not answer
   */
  command(station: string | undefined, action: string, payload: unknown): Promise<CommandAnswer>;
}

interface Command {
  readonly station: string | undefined;
  readonly action: string;
  readonly payload: unknown;
}

/** The station, of which a name may have blanks but no bracket, is whatever stands before the action. */
const COMMAND = /^(?:([^{[]+?)\s+)?([A-Za-z]\w{0,49})(?:\s+([{[].*))?$/s;

const command = {
  name: "[station] action [payload]",
  rest: true,
  parse(text: string): Command {
    const [, station, action, payload = "{}"] = COMMAND.exec(text) ?? [];
    if (action === undefined)
      throw bad(`"${text}" is no command`, 'Write for example csms Reset {"type":"Soft"}.');
    return { station, action, payload: jsonPayload.parse(payload) };
  },
} satisfies Arg<Command>;

const verb = verbsOf<CentralControl>();

function helped(): VerbResult {
  return { kind: "help", lines: centralVerbs.help() };
}

/** What lines to a central system are read against. */
export const centralVerbs = new Vocabulary<CentralControl>({
  csms: verb(
    [command],
    'send a command to the station that is connected, or to the named one: csms Reset {"type":"Soft"}',
    async (c, { station, action, payload }) => ({
      kind: "answer",
      action,
      said: await c.command(station, action, payload),
    }),
  ),
  wait: waitVerb,
  status: verb([], "show which stations are connected", (c) => ({
    kind: "stations",
    stations: c.stations(),
  })),
  help: verb([], "show this", helped),
  quit: verb([], "stop the central system", () => ({ kind: "quit" })),
} satisfies Record<string, VerbRow<CentralControl>>);
