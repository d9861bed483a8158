/* Naming Dinosaurs: search, also from a file on disk. What is found comes from found.js (titles,
   headings, terms, functions: tools/page_search.py) and from Sphinx's index of all words, both
   loaded as scripts when somebody searches. */
"use strict";
(() => {
  const root = document.documentElement.dataset.content_root ?? "";
  const el = (tag, attributes = {}, ...children) => {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    e.append(...children);
    return e;
  };

  /* 1. Load. Search.setIndex is what searchindex.js calls. */
  let index = null, loading = null;
  window.Search = { setIndex: i => { index = i; } };
  const script = src => new Promise((done, failed) => {
    document.head.append(Object.assign(document.createElement("script"), { src: root + src, onload: done, onerror: failed }));
  });
  const load = () => loading ??= Promise.all(["_static/found.js", "_static/language_data.js", "searchindex.js"].map(script));

  /* 2. Find: every word of the query has to occur somewhere in what is found. */
  const fold = text => text.toLowerCase().normalize("NFD").replace(/\p{Diacritic}/gu, "").replace(/[–—]/g, "-").replace(/’/g, "'");
  const split = text => fold(text).split(/[^\p{L}\p{N}_.'-]+/u).filter(Boolean);
  const begins = (text, word) => fold(text).split(/[^\p{L}\p{N}]+/u).some(w => w.startsWith(word)) || fold(text).startsWith(word);
  const listed = x => x === undefined ? [] : [].concat(x);
  const pagesWith = word => {
    const stem = new Stemmer().stemWord(word), pages = new Set([...listed(index.terms[stem]), ...listed(index.titleterms[stem])]);
    if (word.length > 2) for (const t in index.terms) if (t.startsWith(word)) listed(index.terms[t]).forEach(p => pages.add(p));
    return pages;
  };
  const find = query => {
    const words = split(query);
    if (!words.length) return { terms: [], pages: [], things: [] };
    const every = test => words.every(test);
    const whole = fold(query.trim());
    const first = (a, b) => b.score - a.score;
    const terms = FOUND.terms.filter(([name]) => every(w => begins(name, w)))
      .map(t => ({ row: t, score: (fold(t[0]) === whole) * 2 - t[0].length / 100 })).sort(first).map(x => x.row);
    const things = FOUND.things.filter(([name]) => every(w => fold(name).includes(w)))
      .map(t => ({ row: t, score: fold(t[0]).split(".").includes(whole) * 2 - t[0].split(".").length - t[0].length / 100 })).sort(first).map(x => x.row);
    const inText = words.map(pagesWith);
    const pages = FOUND.pages.map(([page, title, address, text, headings]) => {
      const number = index.docnames.indexOf(page);
      const hit = headings.filter(([h]) => words.some(w => begins(h, w)));
      const points = words.map((w, i) => 8 * begins(title, w) + 4 * hit.some(([h]) => begins(h, w)) + 3 * begins(text, w) + inText[i].has(number));
      const score = points.includes(0) ? 0 : points.reduce((a, b) => a + b) + hit.length / 10 - 3 * page.startsWith("solutions/");
      return { title, address, text, score, headings: hit.filter(([h]) => every(w => begins(h, w)) || hit.length < 4) };
    }).filter(p => p.score > 0).sort(first);
    return { terms, pages, things };
  };

  /* 3. Show. */
  const mark = (text, words) => {
    const parts = text.split(/([\p{L}\p{N}]+)/u);
    return parts.map(p => p && words.some(w => fold(p).startsWith(w)) ? el("mark", {}, p) : p);
  };
  const item = (words, [title, address], text, more = []) => el("li", {},
    el("a", { href: root + address, class: "found-title" }, ...mark(title, words)),
    ...(text ? [el("p", {}, ...mark(text, words))] : []),
    ...(more.length ? [el("ul", {}, ...more.map(([h, id]) => el("li", {}, el("a", { href: `${root}${address}#${id}` }, ...mark(h, words)))))] : []));
  const group = (name, items) => items.length ? [el("section", { "aria-label": name }, el("h2", {}, name), el("ul", {}, ...items))] : [];
  const count = (found, noun) => `${found.length} ${noun}${found.length === 1 ? "" : "s"}`;
  const show = (box, said, query, most) => load().then(() => {
    const words = split(query), { terms, pages, things } = find(query), all = terms.length + pages.length + things.length;
    box.replaceChildren(
      ...group("Terms", terms.slice(0, Math.min(most, 5)).map(t => item(words, t, t[2]))),
      ...group("Pages", pages.slice(0, most).map(p => item(words, [p.title, p.address], p.text, p.headings.slice(0, 5)))),
      ...group("rnnlib", things.slice(0, most).map(t => item(words, t, t[2]))));
    said.textContent = !words.length ? "" : all ? [count(terms, "term"), count(pages, "page"), count(things, "function")].join(", ") : "Nothing found.";
  });
  const wire = (form, most) => {
    const input = form.querySelector("input"), said = el("p", { class: "found-count", role: "status" }), box = el("div", { class: "found" });
    form.after(said, box);
    const again = () => show(box, said, input.value, most);
    input.addEventListener("focus", load, { once: true });
    input.addEventListener("input", again);
    /* The arrow keys go through what was found, and back to the box. */
    form.parentElement.addEventListener("keydown", e => {
      if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
      const stops = [input, ...box.querySelectorAll("a")], at = stops.indexOf(document.activeElement);
      const next = stops[at + (e.key === "ArrowDown" ? 1 : -1)];
      if (at >= 0 && next) { next.focus(); e.preventDefault(); }
    });
    return [input, again];
  };

  const dialog = document.querySelector("#pst-search-dialog form");
  if (dialog) wire(dialog, 6);
  const page = document.querySelector(".search-page form");
  if (page) {
    const [input, again] = wire(page, 30);
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    again();
    input.focus();
    page.addEventListener("submit", e => e.preventDefault());
  }
})();
