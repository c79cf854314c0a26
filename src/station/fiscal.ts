import type { Keeper } from "./keeper.ts";
import { endLetter, ocmfPayload, ocmfText } from "./ocmf.ts";
import type { MeterSigner, Store } from "./ports.ts";
import type { Settings } from "./settings.ts";
import type {
  IdToken,
  MeterValue,
  SampledValue,
  SignedReading,
  StationIdentity,
  StoppedReason,
  Supply,
} from "./types.ts";

/** A model's meter that signs. */
export interface SigningOptions {
  readonly signer: MeterSigner;
  /** 1.6: the OCMF text itself as value, or the envelope of the Open Charge Alliance's application note. */
  readonly form: SignedReading["form"];
}

/** Of what transaction a reading is. */
export interface SignedFor {
  readonly evseId: number;
  readonly token: IdToken;
  readonly remote: boolean;
  readonly current: Supply["current"];
}

/** What it needs of its station. */
interface FiscalKit {
  readonly keeper: Keeper;
  readonly store: Store;
  readonly settings: Settings;
  online(): boolean;
}

const REGISTER = "Energy.Active.Import.Register";

/** Signs the register at begin and end of transactions, as OCMF (2.0.1 SampledDataCtrlr.SignReadings). */
export class FiscalMeter {
  readonly #kit: FiscalKit;
  readonly #o: SigningOptions;
  readonly #id: string;
  readonly #identity: StationIdentity;

  constructor(kit: FiscalKit, o: SigningOptions, id: string, identity: StationIdentity) {
    this.#kit = kit;
    this.#o = o;
    this.#id = id;
    this.#identity = identity;
  }

  /** The signed reading of this sample; undefined while SignReadings is false. `ended`: absent at the begin. */
  sign(all: MeterValue, of: SignedFor, ended?: StoppedReason): SampledValue | undefined {
    const register = all.sampledValue.find((v) => v.measurand === REGISTER);
    if (register === undefined || !this.#kit.settings.flag("SampledDataCtrlr.SignReadings")) return undefined;
    const { signer, form } = this.#o;
    const { vendorName, model, serialNumber, firmwareVersion } = this.#identity;
    const payload = ocmfPayload({
      gateway: {
        id: `${vendorName} ${model}`,
        serial: serialNumber ?? this.#id,
        ...(firmwareVersion === undefined ? {} : { version: firmwareVersion }),
      },
      meterSerial: `${this.#id}-${of.evseId}`,
      chargePoint: `${this.#id} ${of.evseId}`,
      page: this.#nextPage(of.evseId),
      token: of.token,
      remote: of.remote,
      at: all.timestamp,
      synchronized: this.#kit.online(),
      reason: ended === undefined ? "B" : endLetter(ended),
      wh: register.value,
      current: of.current,
    });
    const text = ocmfText(payload, signer.method, signer.sign(payload));
    return { ...register, signed: { text, form, ...this.#publicKey(ended) } };
  }

  /** PublicKeyWithSignedMeterValue: with the first reading of a transaction, with each, or never. */
  #publicKey(ended: StoppedReason | undefined): { publicKey?: string } {
    const when = this.#kit.settings.text("OCPPCommCtrlr.PublicKeyWithSignedMeterValue");
    const now = when === "EveryMeterValue" || (when === "OncePerTransaction" && ended === undefined);
    return now ? { publicKey: this.#o.signer.publicKey } : {};
  }

  #nextPage(evseId: number): number {
    const { keeper, store } = this.#kit;
    const name = `evse.${evseId}.signedPage`;
    const last = keeper.attempt(() => store.values.get(name), 0);
    const page = (typeof last === "number" ? last : 0) + 1;
    keeper.eventually(() => store.values.set(name, page));
    return page;
  }
}

/** These meter values with the signed reading in its place, or as one more. */
export function withSigned(
  values: readonly MeterValue[],
  all: MeterValue,
  signed: SampledValue | undefined,
): readonly MeterValue[] {
  if (signed === undefined) return values;
  const [first = { timestamp: all.timestamp, sampledValue: [] }, ...others] = values;
  const rest = first.sampledValue.filter((v) => v.measurand !== REGISTER);
  return [{ ...first, sampledValue: [signed, ...rest] }, ...others];
}
