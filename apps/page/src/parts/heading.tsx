// A heading that takes the focus when what it heads appears: where a keyboard and a screen reader go on.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function Heading({ level, focus = false, children }: { level: 1 | 2; focus?: boolean; children: ComponentChildren }) {
  const at = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focus) {
      at.current?.focus();
    }
  }, []);
  const Tag = `h${level}` as "h1" | "h2";
  return (
    <Tag ref={at} tabIndex={-1}>
      {children}
    </Tag>
  );
}
