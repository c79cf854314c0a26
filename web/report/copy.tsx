import { useState } from "preact/hooks";

interface CopyProps {
  readonly text: string;
  readonly name: string;
  readonly title: string;
}

/** A button that puts a text where it can be pasted from, and says whether it could. */
export function Copy({ text, name, title }: CopyProps) {
  const [done, setDone] = useState<boolean>();
  const copy = async () => setDone(await copied(text));
  return (
    <button type="button" class="quiet copy" onClick={copy} title={title}>
      <span aria-live="polite">{done === undefined ? name : done ? "copied" : "not allowed here"}</span>
    </button>
  );
}

/** Some browsers refuse the clipboard to a page from the disk, but not what somebody selected. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelecting(text);
  }
}

function copiedBySelecting(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "aside";
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
