// What a screen reader says when something happened that it could not see. One region for the whole page.
import { useEffect, useState } from "preact/hooks";

let show: (text: string) => void = () => {};

export function announce(text: string): void {
  show(text);
}

export function LiveRegion() {
  const [text, setText] = useState("");
  useEffect(() => {
    // the same text twice is said twice
    show = (next) => setText((now) => (now === next ? `${next}\u00a0` : next));
  }, []);
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  );
}
