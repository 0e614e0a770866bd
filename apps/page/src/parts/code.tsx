// A confirmation code or fingerprint, in groups that can be read aloud.
export function grouped(code: string): string[] {
  return code.match(/.{1,4}/g) ?? [];
}

export function Code({ code, id }: { code: string; id?: string }) {
  return (
    <code class="code" id={id}>
      {grouped(code).map((group, i) => (
        <>
          {i > 0 && " "}
          <span key={i}>{group}</span>
        </>
      ))}
    </code>
  );
}
