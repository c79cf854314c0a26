import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

/** So much of a text is shown unless somebody asks for all of it, characters: a payload may have millions. */
const SHOWN = 20_000;

interface LongProps {
  readonly text: string;
  readonly class?: string;
  /** Makes more of the text than plain text, as long as it is short. */
  readonly coloured?: (text: string) => ComponentChildren;
}

/** A text over several lines as it is; of a very long one the beginning, and the rest by a click. */
export function Long({ text, class: name, coloured = (plain) => plain }: LongProps) {
  const [isAll, showAll] = useState(false);
  const isCut = text.length > SHOWN && !isAll;
  return (
    <>
      <pre class={name}>{isAll ? text : coloured(text.slice(0, SHOWN))}</pre>
      {isCut && (
        <button type="button" class="quiet" onClick={() => showAll(true)}>
          … all {text.length.toLocaleString()} characters
        </button>
      )}
    </>
  );
}
