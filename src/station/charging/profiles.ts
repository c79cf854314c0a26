import type { ValueStore } from "../ports.ts";
import type { ChargingProfile, InstalledProfile, ProfileFilter } from "./types.ts";

const prefix = "charging.profile.";
const none: readonly InstalledProfile[] = [];

/** Does the writing, all of it or nothing; false when it cannot. */
export type Durably = (write: () => void) => boolean;

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

  /** Installs it in place of those it replaces, as one; false when that could not be made durable. */
  install(installed: InstalledProfile, durably: Durably): boolean {
    const gone = this.replacedBy(installed.evseId, installed.profile);
    const stored = durably(() => {
      this.#forget(gone);
      this.#values.set(prefix + installed.profile.id, installed);
    });
    if (stored) this.#all = [...this.#all.filter((i) => !gone.includes(i)), installed];
    return stored;
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

  remove(gone: readonly InstalledProfile[], durably: Durably): boolean {
    if (gone.length === 0) return true;
    const stored = durably(() => this.#forget(gone));
    if (!stored) return false;
    const left = this.#all.filter((i) => !gone.includes(i));
    this.#all = left.length === 0 ? none : left;
    return true;
  }

  #forget(gone: readonly InstalledProfile[]): void {
    for (const { profile } of gone) this.#values.delete(prefix + profile.id);
  }
}
