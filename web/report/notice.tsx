import { useLayoutEffect, useState } from "preact/hooks";

let show: (text: string) => void = () => {};

/** Tells whoever pressed a key that it found nothing to do. */
export const say = (text: string): void => show(text);

/** What was said last, until the next key or click. */
export function Notice() {
  const [text, setText] = useState("");
  useLayoutEffect(() => {
    show = setText;
    const forget = () => setText("");
    const events = ["keydown", "pointerdown", "hashchange"];
    // Before anybody else hears the key: what it makes somebody say stays.
    for (const event of events) addEventListener(event, forget, { capture: true });
    return () => {
      for (const event of events) removeEventListener(event, forget, { capture: true });
    };
  }, []);
  return (
    <p class="notice" role="status">
      {text}
    </p>
  );
}
