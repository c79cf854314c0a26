/** A text with what is sought in it marked; what is found only in a frame's text is not to be seen here. */
export function Highlight({ text, sought }: { readonly text: string; readonly sought: string }) {
  const word = sought.trim().toLowerCase();
  const at = word === "" ? -1 : text.toLowerCase().indexOf(word);
  if (at < 0) return <>{text}</>;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + word.length)}</mark>
      {text.slice(at + word.length)}
    </>
  );
}
