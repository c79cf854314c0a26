/**
 * The number printed on a card or written into a contract: country, provider, instance and, if it has one, a check
 * digit (eMAID of ISO 15118-1, EVCO ID of DIN 91286), all separated alike or not at all.
 */
export interface Emaid {
  readonly country: string;
  readonly provider: string;
  readonly instance: string;
  readonly check?: string;
  readonly separator: string;
}

const GROUPED = /^([a-z]{2})([-*\s])([a-z0-9]{3})\2([a-z0-9]{1,12})(?:\2([a-z0-9]))?$/i;
const COMPACT = /^([a-z]{2})()([a-z0-9]{3})(c?[a-z0-9]{8})([a-z0-9])?$/i;

/** Reads one; letters of any case. Undefined when the text is none. */
export function parseEmaid(text: string): Emaid | undefined {
  const found = GROUPED.exec(text.trim()) ?? COMPACT.exec(text.trim());
  if (found === null) return undefined;
  const [, country = "", separator = "", provider = "", instance = "", check] = found;
  return { country, provider, instance, separator, ...(check === undefined ? {} : { check }) };
}

/** Does it look like a visible ID, and not like a Hidden ID? Without separators only the letter C tells them apart. */
export function looksVisible(text: string): boolean {
  const emaid = parseEmaid(text);
  if (emaid === undefined) return false;
  return emaid.separator !== "" || (/^c/i.test(emaid.instance) && !/^[0-9a-f]+$/i.test(text.trim()));
}

/** Is it a contract id: an instance of 8 characters, with or without the letter C before it? */
export function isContractId(text: string): boolean {
  const emaid = parseEmaid(text);
  return emaid !== undefined && /^-?$/.test(emaid.separator) && /^c?[a-z0-9]{8}$/i.test(emaid.instance);
}

/** A visible ID as it is compared: upper case, without separators. */
export function visibleKey(text: string): string {
  return text.toUpperCase().replace(/[-*\s]/g, "");
}
