// What the scripts say, in the language of the page: it brings the words (data-words), by their English.
let known = null;

export function said(english, ...values) {
  known ??= JSON.parse(document.body.dataset.words || "{}");
  let at = 0;
  return (known[english] ?? english).replace(/%s/g, () => values[at++]);
}
