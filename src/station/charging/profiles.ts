import type { ValueStore } from "../ports.ts";
import type { ChargingProfile, InstalledProfile, ProfileFilter } from "./types.ts";

const prefix = "charging.profile.";
const none: readonly InstalledProfile[] = [];

/** The installed charging profiles; each is durable on its own. */
export class Profiles {
  readonly #values: ValueStore;
  #all: readonly InstalledProfile[];

  constructor(values: ValueStore) {
    this.#values = values;
    const names = values.names(prefix);
    this.#all = names.length === 0 ? none : names.map((name) => values.get(name) as InstalledProfile);
  }

  get all(): readonly InstalledProfile[] {
    return this.#all;
  }

  /** What a new profile takes the place of: the same id, or the same purpose and level at the same place (§5.16.3). */
  replacedBy(evseId: number, p: ChargingProfile): readonly InstalledProfile[] {
    return this.#all.filter(
      (i) =>
        i.profile.id === p.id ||
        (i.evseId === evseId &&
          i.profile.chargingProfilePurpose === p.chargingProfilePurpose &&
          i.profile.stackLevel === p.stackLevel &&
          i.profile.transactionId === p.transactionId),
    );
  }

  install(installed: InstalledProfile): void {
    this.remove(this.replacedBy(installed.evseId, installed.profile));
    this.#values.set(prefix + installed.profile.id, installed);
    this.#all = [...this.#all, installed];
  }

  /** Those that a ClearChargingProfile means (1.6 §5.5). */
  matching(f: ProfileFilter): readonly InstalledProfile[] {
    if (f.id !== undefined) return this.#all.filter((i) => i.profile.id === f.id);
    return this.#all.filter(
      ({ evseId, profile: p }) =>
        (f.evseId === undefined || f.evseId === evseId) &&
        (f.stackLevel === undefined || f.stackLevel === p.stackLevel) &&
        (f.chargingProfilePurpose === undefined || f.chargingProfilePurpose === p.chargingProfilePurpose),
    );
  }

  remove(gone: readonly InstalledProfile[]): void {
    if (gone.length === 0) return;
    for (const { profile } of gone) this.#values.delete(prefix + profile.id);
    const left = this.#all.filter((i) => !gone.includes(i));
    this.#all = left.length === 0 ? none : left;
  }
}
