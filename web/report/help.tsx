import { useEffect, useRef } from "preact/hooks";

const keys: readonly (readonly [string, string])[] = [
  ["j / k", "next, previous row"],
  ["Enter", "open the row; in a search: the only one found, or go to the first"],
  ["Esc", "empty the search, leave it, back to the overview"],
  ["[ / ]", "previous, next scenario"],
  ["/", "search"],
  ["l", "time line, item by item: ← → along a lane, ↑ ↓ to another, Home, End; Enter opens"],
  ["+ / − / 0", "time line: closer, farther, whole"],
  ["t", "time line: true time or even spacing"],
  ["f", "next failure: of this scenario, then of the next one"],
  ["?", "these keys"],
];

export function Help({ close }: { readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  // Beside its box a click meets the dialog itself.
  const outside = (event: MouseEvent) => {
    if (event.target === dialog.current) close();
  };
  return (
    <dialog ref={dialog} class="help" onClose={close} onClick={outside} aria-label="Keys">
      <h2>Keys</h2>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={close}>
        Close
      </button>
    </dialog>
  );
}
