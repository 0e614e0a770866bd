// The confirmation code, to be written down or copied.
import { useRef, useState } from "preact/hooks";
import t from "texts";
import { announce } from "../parts/announce";
import { Code } from "../parts/code";

export function Confirmation({ code }: { code: string }) {
  const [said, setSaid] = useState("");
  const at = useRef<HTMLParagraphElement>(null);
  const say = (text: string): void => {
    setSaid(text);
    announce(text);
  };
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(code);
      say(t.vote.sealed.copied);
    } catch {
      getSelection()?.selectAllChildren(at.current!);
      say(t.vote.sealed.copyFailed);
    }
  }
  return (
    <div class="confirmation">
      <h3>{t.vote.sealed.code}</h3>
      <p ref={at}>
        <Code code={code} />
      </p>
      <p>
        <button type="button" onClick={() => void copy()}>
          {t.vote.sealed.copy}
        </button>{" "}
        <span class="quiet">{said}</span>
      </p>
    </div>
  );
}
