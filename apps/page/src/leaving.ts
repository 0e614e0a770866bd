// What would be lost if the page were left: its browser then asks first.
const held = new Set<string>();

window.addEventListener("beforeunload", (event) => {
  if (held.size > 0) {
    event.preventDefault();
    event.returnValue = true;
  }
});

export function holdPage(what: string, isHeld: boolean): void {
  if (isHeld) {
    held.add(what);
  } else {
    held.delete(what);
  }
}
