import { parseDocument, visit } from "yaml";
import { SECRET_SETTING, secretMembers } from "../station/secrets.ts";
import { MASK } from "../util/mask.ts";
import { isRecord } from "../util/record.ts";
import { referencesIn } from "./template.ts";

/** A shorter secret is masked only where it stands as a word of its own. */
const WORD_MAX = 8;
/** A part of one, and what stands in a matcher (`{ not: … }`), counts from this length on. */
const PART_MIN = 4;
/** `<any>`, `<absent>`: no value but a matcher. */
const MATCHER = /^<\w+>$/;
/** The password or token of a URL. */
const USERINFO = /:\/\/(?:[^\s/?#:@]*:)?([^\s/?#@]+)@/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g;

/** Is a value secret? `matched`: it stands in what stands at a secret's place. */
type Standing = false | "plain" | "matched";

/**
 * The secrets of one scenario: passwords, keys and PIN codes. They are known by where they stand, and masked in
 * whatever is told of the scenario. A variable that is used as one is one.
 */
export class Secrets {
  readonly #values = new Set<string>();
  /** Variables that stand where a secret is wanted: "pin", "row.pin". */
  readonly #names = new Set<string>();
  #pattern: RegExp | undefined;

  /** Notes what of it is secret: by the names of its members and by what stands beside them. */
  learn(value: unknown): void {
    this.#look(value, false, []);
  }

  /** Notes what of a variable is secret, by its own name and by how it is used in what was learnt before. */
  learnVariable(name: string, value: unknown): void {
    this.#look(value, SECRET_SETTING.test(name) && "plain", []);
    for (const used of this.#names) {
      const [base, ...members] = used.split(".");
      if (base !== name) continue;
      const inner = members.reduce<unknown>((v, key) => (isRecord(v) ? v[key] : undefined), value);
      this.#look(inner, "plain", []);
    }
  }

  /** How many secrets and names of secrets are known. */
  get size(): number {
    return this.#values.size + this.#names.size;
  }

  /** A text without them. */
  text(text: string): string {
    this.#pattern ??= patternOf(this.#values);
    return this.#pattern === undefined ? text : text.replace(this.#pattern, MASK);
  }

  /** YAML without them, however they are written there. Lines stay where they are. */
  yaml(text: string): string {
    if (this.#values.size === 0) return text;
    let masked = "";
    let from = 0;
    visit(parseDocument(text, { logLevel: "silent", uniqueKeys: false }), {
      Scalar: (_key, { value, source, range }) => {
        if (!range || ![String(value), source].some((one) => one !== undefined && this.#values.has(one)))
          return;
        const [begin, end] = range;
        masked += text.slice(from, begin) + MASK + text.slice(begin, end).replace(/[^\n]/g, "");
        from = end;
      },
    });
    return this.text(masked + text.slice(from));
  }

  /** A value without them. */
  value(value: unknown): unknown {
    if (this.#values.size === 0) return value;
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number") return this.#values.has(String(value)) ? MASK : value;
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.value(item)]));
  }

  /** `members`: those that are secret just here. */
  #look(value: unknown, standing: Standing, members: readonly string[]): void {
    if (typeof value === "string") {
      for (const [, password] of value.matchAll(USERINFO)) this.#note(password ?? "", "plain");
      for (const [key] of value.matchAll(PRIVATE_KEY)) this.#note(key, "plain");
    }
    if (typeof value === "string" || typeof value === "number") this.#note(String(value), standing);
    else if (Array.isArray(value)) for (const item of value) this.#look(item, standing, members);
    else if (isRecord(value)) this.#lookInto(value, standing, members);
  }

  #lookInto(value: Readonly<Record<string, unknown>>, standing: Standing, members: readonly string[]): void {
    const secret = [...members, ...secretMembers(value)];
    // A token that the station knows from the beginning has its PIN code there.
    if (secret.includes("idToken")) secret.push("id");
    for (const [key, item] of Object.entries(value)) {
      // It says where something stands, not what it is.
      if (key === "capture") continue;
      const isSecret = secret.includes(key) || SECRET_SETTING.test(key);
      const inner = standing !== false ? "matched" : isSecret && "plain";
      const isReport = key === "variableAttribute" && secret.includes("attributeValue");
      this.#look(item, inner, isReport ? ["value"] : []);
    }
  }

  #note(text: string, standing: Standing): void {
    if (standing === false) return;
    const names = referencesIn(text);
    for (const name of names) this.#names.add(name);
    if (names.length > 0 || text === "" || MATCHER.test(text)) return;
    if (standing === "matched" && text.length < PART_MIN) return;
    const known = this.#values.size;
    for (const form of [text, text.replaceAll("$$", "$")]) {
      this.#values.add(form);
      // As they stand in JSON and in one line.
      this.#values.add(JSON.stringify(form).slice(1, -1));
      const line = form.replace(/\s+/g, " ").trim();
      if (line.length >= PART_MIN) this.#values.add(line);
    }
    if (this.#values.size > known) this.#pattern = undefined;
  }
}

/** Longer ones first: one may begin with another. */
function patternOf(values: ReadonlySet<string>): RegExp | undefined {
  if (values.size === 0) return undefined;
  const forms = [...values]
    .sort((a, b) => b.length - a.length)
    .map((value) => {
      const literal = value.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
      return value.length >= WORD_MAX ? literal : String.raw`(?<![\p{L}\p{N}_])${literal}(?![\p{L}\p{N}_])`;
    });
  return new RegExp(forms.join("|"), "gu");
}
