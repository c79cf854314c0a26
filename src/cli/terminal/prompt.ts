/** A key as node:readline tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

/** A line that is being typed. */
export interface Prompt {
  readonly label: string;
  readonly text: string;
  /** Position in the text, in characters. */
  readonly cursor: number;
}

export const emptyPrompt = (label: string): Prompt => ({ label, text: "", cursor: 0 });

/** What a key does to a prompt: it changes it, hands it in, or gives it up. */
export type Edited =
  | { readonly kind: "edit"; readonly prompt: Prompt }
  | { readonly kind: "enter"; readonly text: string }
  | { readonly kind: "escape" };

const MAX_TEXT = 500;

type Edit = (text: string, cursor: number) => readonly [text: string, cursor: number];

const edits: Readonly<Record<string, Edit>> = {
  backspace: (t, c) => (c === 0 ? [t, c] : [t.slice(0, c - 1) + t.slice(c), c - 1]),
  delete: (t, c) => [t.slice(0, c) + t.slice(c + 1), c],
  left: (t, c) => [t, Math.max(0, c - 1)],
  right: (t, c) => [t, Math.min(t.length, c + 1)],
  home: (t) => [t, 0],
  end: (t) => [t, t.length],
  "ctrl-a": (t) => [t, 0],
  "ctrl-e": (t) => [t, t.length],
  "ctrl-u": (t, c) => [t.slice(c), 0],
  "ctrl-k": (t, c) => [t.slice(0, c), c],
  "ctrl-w": (t, c) => {
    const kept = t.slice(0, c).replace(/\S+\s*$/, "");
    return [kept + t.slice(c), kept.length];
  },
};

/** What a key does to the prompt. Pure; keys that mean nothing leave it as it is. */
export function editPrompt(prompt: Prompt, key: Key): Edited {
  const name = key.ctrl === true ? `ctrl-${key.name ?? ""}` : (key.name ?? "");
  if (name === "return" || name === "enter") return { kind: "enter", text: prompt.text };
  if (name === "escape" || name === "ctrl-c" || name === "ctrl-d") return { kind: "escape" };
  const { text, cursor } = prompt;
  const edit = Object.hasOwn(edits, name) ? edits[name] : typed(key);
  const [next, at] = edit?.(text, cursor) ?? [text, cursor];
  return { kind: "edit", prompt: { ...prompt, text: next, cursor: at } };
}

/** Printable ASCII goes into the text: verbs and UIDs need no more, and each takes one column. */
function typed(key: Key): Edit | undefined {
  const { sequence } = key;
  if (key.ctrl === true || key.meta === true || sequence === undefined || !/^[\x20-\x7e]$/.test(sequence))
    return undefined;
  return (t, c) => (t.length >= MAX_TEXT ? [t, c] : [t.slice(0, c) + sequence + t.slice(c), c + 1]);
}
