// The one place that a page may post cast ballots to.

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** null for none: { url, source }, the address and what the policy says of it. Throws for one that would not do. */
export function castTarget(text) {
  if (text === "") {
    return null;
  }
  const wrong = (why) => new Error(`CAST_URL: ${why}`);
  let url;
  try {
    url = new URL(text);
  } catch {
    throw wrong("no address; it would be https://host/path");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && LOCAL.has(url.hostname))) {
    throw wrong("https alone, but for this machine");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw wrong("host and path alone: names, pass words, queries and fragments do not belong into a page");
  }
  // what a policy would read as the end of the address
  if (!/^[\w.~%/-]*$/.test(url.pathname)) {
    throw wrong("a path of letters, digits and -._~%/ alone");
  }
  return { url: url.href, source: url.href };
}
