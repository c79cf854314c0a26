import { type AnswerBehaviour, type Central, DEMO } from "../../central/index.ts";
import type { RpcErrorCode } from "../../ocpp/rpc/types.ts";
import type { AnswerChange, BenchCentral, CardSetup, CentralSetup } from "../../scenario/bench.ts";
import { AppError } from "../../util/errors.ts";
import { isRecord } from "../../util/record.ts";

/** The built-in central system in a scenario's hands; it concerns itself with one station. */
export function benchCentral(central: Central, station: string): BenchCentral {
  const { book } = central;
  return {
    answer: (action, change) => void central.setAnswer(action, behaviourOf(change)),
    reset: (action) => central.clearAnswers(action),
    send: async (action, payload, raw) => {
      const outcome = await central.send(station, action, payload, { raw });
      if (outcome.kind === "result") return { answer: outcome.payload };
      if (outcome.kind === "error") {
        return { error: { code: outcome.code, description: outcome.description } };
      }
      if (outcome.kind === "invalid") return { why: `the answer does not fit: ${outcome.problem}` };
      return { why: outcome.kind === "timeout" ? "no answer came" : "the station is not connected" };
    },
    sendText: (text) => {
      if (!central.sendText(station, text)) throw notConnected(station);
    },
    disconnect: () => {
      if (!central.disconnect(station)) throw notConnected(station);
    },
    mode: (mode) => book.setAccessMode({ asset: station }, mode),
    addCard: (card) => addCard(central, card),
    removeCard: (id) => void book.removeCard(id),
    blockCard: (id, blocked) => void book.blockCard(id, { blocked }),
    addRoaming: ({ id, contract }) => void book.addRoaming({ idToken: id, contractId: contract }),
    approve: (approved) => void book.approveAsset(station, approved),
  };
}

/** Writes down what the scenario wants the central system to know. Its demo card goes when cards are named. */
export function furnish(central: Central, station: string, setup: CentralSetup): void {
  const { book } = central;
  book.addAsset({
    id: station,
    ...(setup.approved === undefined ? {} : { approved: setup.approved }),
    ...(setup.mode === undefined ? {} : { accessMode: setup.mode }),
  });
  if (setup.cards !== undefined) book.removeCard(DEMO.card.hiddenId);
  for (const card of setup.cards ?? []) addCard(central, card);
  for (const { id, contract } of setup.roaming ?? []) book.addRoaming({ idToken: id, contractId: contract });
}

function addCard({ book }: Central, card: CardSetup): void {
  const { id, nickname = `Card ${id}`, blocked, visibleId, expiry } = card;
  book.addCard({
    hiddenId: id,
    force: true,
    nickname,
    user: DEMO.email,
    ...(visibleId === undefined ? {} : { visibleId }),
    ...(expiry === undefined ? {} : { expiry }),
  });
  if (blocked === true) book.blockCard(id);
}

function behaviourOf(change: AnswerChange): AnswerBehaviour {
  const { answer, merge, error, ...rest } = change;
  return {
    ...rest,
    ...(answer === undefined
      ? {}
      : {
          answer:
            merge === true
              ? (_: unknown, standard: () => unknown) => merged(standard(), answer)
              : () => answer,
        }),
    ...(error === undefined ? {} : { error: { ...error, code: error.code as RpcErrorCode } }),
  };
}

/** `over` laid over `base`, member by member. */
function merged(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over;
  const all = Object.entries(over).map(([key, value]) => [key, merged(base[key], value)]);
  return { ...base, ...Object.fromEntries(all) };
}

function notConnected(station: string): AppError {
  return new AppError("state.conflict", `${station} is not connected to the central system`, {
    hint: "Let the scenario wait until it is, for example expect: { fact: registration }.",
  });
}
