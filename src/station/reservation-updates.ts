import { isStoreError } from "./keeper.ts";
import type { Kit } from "./kit.ts";

type Status = "Expired" | "Removed";

const UPDATE = "reservationUpdate.";
/** So many wait for a central system that does not take them; then one makes room. */
const MAX = 100;

/** The ReservationStatusUpdates that are to be sent: durable until they are answered (2.0.1 H01.FR.16, H04.FR.01). */
export class ReservationUpdates {
  readonly #kit: Kit;
  #telling = false;

  constructor(kit: Kit) {
    this.#kit = kit;
  }

  /** Stores an update; may be part of a store transaction. {@link tell} sends it. */
  add(reservationId: number, status: Status): void {
    const { values } = this.#kit.store;
    const waiting = values.names(UPDATE);
    const [first] = waiting;
    if (first !== undefined && waiting.length >= MAX) values.delete(first);
    values.set(UPDATE + reservationId, status);
  }

  /** Sends what waits, one after the other. What gets no answer waits for the next time. */
  async tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let name = this.#next(); name !== undefined; name = this.#next()) {
        if (!(await this.#send(name))) return;
      }
    } catch (e) {
      // The store cannot be read: what waits there is sent another time.
      if (!isStoreError(e)) throw e;
    } finally {
      this.#telling = false;
    }
  }

  /** False when there was no answer. A refusal, or a version without this message, settles it as well as an answer. */
  async #send(name: string): Promise<boolean> {
    const { csms, store, keeper } = this.#kit;
    const status = store.values.get(name) as Status;
    const reservationId = Number(name.slice(UPDATE.length));
    const answer = await csms.request("reservationUpdate", { reservationId, status });
    if (!answer.ok && (answer.failure === "offline" || answer.failure === "timeout")) return false;
    return keeper.tried(() => store.values.delete(name));
  }

  #next(): string | undefined {
    return this.#kit.online() ? this.#kit.store.values.names(UPDATE)[0] : undefined;
  }
}
