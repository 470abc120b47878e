// What the search puts first: pages that say how a thing is done, whose title names it.
// Sphinx puts this behind its own searchtools.js, on the page of the search alone.
(() => {
  const places = [
    [/^howto\/(index|moving\/)/, -3],
    [/^howto\/deploy\/index/, 6],
    [/^(howto\/|learn\/start)/, 5],
    [/^reference\/(export-cases|errors)/, -2],
    [/^(bench|contributing)\//, -4],
  ];
  const stemmer = new Stemmer();
  const stems = (text) =>
    splitQuery(text.toLowerCase()).map((word) => stemmer.stemWord(word));
  const isInIndex = (word) =>
    [Search._index.terms, Search._index.titleterms].some(
      (words) =>
        Object.hasOwn(words, word) ||
        (word.length > 2 && Object.keys(words).some((one) => one.includes(word))),
    );
  let asked = [];
  let isName = false;

  Scorer.score = ([page, title, , , score, , kind]) => {
    const place = places.find(([form]) => form.test(page))?.[1] ?? 0;
    const named = stems(title);
    const found = asked.filter((word) => named.includes(word)).length;
    const share = asked.length ? found / asked.length : 0;
    const isObject = kind === "object";
    return score + place + (isObject ? (isName ? 10 : -12) : Math.round(12 * share));
  };

  const parseQuery = Search._parseQuery;
  // Numbers such as 404 are words here; a word that stands nowhere hides nothing.
  Search._parseQuery = (query) => {
    const parsed = parseQuery(query);
    const [, words, , shown] = parsed;
    for (const number of query.match(/\b\d{3}\b/g) ?? []) {
      words.add(number);
      shown.add(number);
    }
    const unknown = [...words].filter((word) => !isInIndex(word));
    if (unknown.length < words.size) unknown.forEach((word) => words.delete(word));
    asked = [...words];
    isName = /^\S*[a-z][._][a-z]\S*$/i.test(query.trim());
    return parsed;
  };
})();
