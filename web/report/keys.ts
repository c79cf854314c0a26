import { useLayoutEffect } from "preact/hooks";

/** Does the key go to something that takes text? */
const isTyping = (target: EventTarget | null): target is HTMLInputElement =>
  target instanceof HTMLInputElement;

const isPressable = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("a, button, summary") !== null;

/** Single keys do what the table says, except while somebody types. */
export function useKeys(table: Readonly<Record<string, () => void>>): void {
  // Before it is drawn: who sees the page can use its keys.
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      // Several tables are in use at once: a key is for one of them.
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
        return;
      if (isTyping(event.target)) {
        if (event.key !== "Escape" && event.key !== "Enter") return;
        event.preventDefault();
        if (event.key === "Escape") clearOrLeave(event.target);
        else event.target.blur();
        return;
      }
      // What has the focus takes Enter itself, and an open dialog all but its own keys.
      if (event.key === "Enter" && isPressable(event.target)) return;
      if (document.querySelector("dialog[open]") !== null && event.key !== "?") return;
      const act = table[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
}

/** From a search down to what it found; not while letters are still being composed. */
export const leadsDown = ({ key, isComposing }: KeyboardEvent): boolean =>
  !isComposing && (key === "Enter" || key === "ArrowDown");

/** The first Escape empties the field, the next one leaves it. */
function clearOrLeave(field: HTMLInputElement): void {
  if (field.value === "") {
    field.blur();
    return;
  }
  field.value = "";
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
