// Files that the page hands out, as downloads of the browser.

/** A file's name from an id that may hold any character. */
export function nameFor(id: string): string {
  return id.replace(/[\u0000-\u001f\u007f/\\:*?"<>|]/g, "_").replace(/^\.+/, "_");
}

export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // the browser reads it on after the click
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
