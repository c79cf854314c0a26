import type { JournalEntry } from "../../src/journal/types.ts";
import type { FrameFact } from "../../src/station/facts.ts";
import { Copy } from "./copy.tsx";
import type { Part } from "./data.ts";
import { Json } from "./json.tsx";
import { Long } from "./long.tsx";
import { durationText } from "./time.ts";

interface DetailsProps {
  readonly part: Part;
  readonly index: number;
  readonly showFact: (index: number) => void;
}

/** A fact opened: a frame with what it answers or what answered it, anything else as it was written down. */
export function Details({ part, index, showFact }: DetailsProps) {
  const fact = part.facts[index];
  if (fact === undefined) return null;
  if (fact.kind !== "frame") return <Plain fact={fact} />;
  const pair = part.exchanges.find(({ call, answer }) => call === index || answer === index);
  const call = part.facts[pair?.call ?? index];
  const answer = pair === undefined ? undefined : part.facts[pair.answer];
  const other = pair === undefined ? undefined : pair.call === index ? pair.answer : pair.call;
  return (
    <div class="details">
      <div class="pair">
        {call?.kind === "frame" && <Frame frame={call} />}
        {answer?.kind === "frame" && <Frame frame={answer} />}
      </div>
      {other !== undefined && (
        <button type="button" class="quiet" onClick={() => showFact(other)}>
          Go to {other === pair?.answer ? "its answer" : "what it answers"}
        </button>
      )}
      {pair === undefined && fact.messageType === "CALL" && <p class="dim">It was never answered.</p>}
    </div>
  );
}

function Frame({ frame }: { readonly frame: FrameFact }) {
  const { messageType, action, direction, messageId, payload, raw, ms, problem, injected, length } = frame;
  return (
    <section class="frame-text">
      <h3>
        {direction === "out" ? "→" : "←"} {messageType} {action}
        {ms !== undefined && <span class="dim"> after {durationText(ms)}</span>}
        {injected === true && <b class="warn"> injected</b>}
      </h3>
      {problem !== undefined && <p class="bad">{problem}</p>}
      {payload === undefined ? <Long text={raw} /> : <Json value={payload} />}
      {length !== undefined && <p class="dim">The beginning of {length.toLocaleString()} characters.</p>}
      {payload !== undefined && (
        <details>
          <summary class="dim">as it went over the wire</summary>
          <Long text={raw} />
        </details>
      )}
      <footer>
        <span class="mono dim">{messageId}</span>
        <span>
          {payload !== undefined && (
            <Copy text={JSON.stringify(payload, null, 2)} name="copy payload" title="The payload, indented" />
          )}
          <Copy text={raw} name="copy frame" title="The frame as it went over the wire" />
        </span>
      </footer>
    </section>
  );
}

function Plain({ fact }: { readonly fact: JournalEntry }) {
  const { seq: _, station: __, time, ...rest } = fact;
  return (
    <div class="details">
      <p class="dim mono">{time}</p>
      <Json value={rest} />
      <Copy text={JSON.stringify(fact, null, 2)} name="copy" title="The fact, indented" />
    </div>
  );
}
