// All there is on the page before it has started, or when it cannot.
export function Notice({ title, text, detail }: { title: string; text: string; detail?: string }) {
  return (
    <main class="notice">
      <h1>{title}</h1>
      <p role="status">{text}</p>
      {detail && <p class="quiet">{detail}</p>}
    </main>
  );
}
