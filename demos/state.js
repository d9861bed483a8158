/* A text, coloured by what one unit of the network's state is at each symbol, or by what all units
   together say; and how far the state is moved by a quotation mark that is left out.  Chapter 12. */
"use strict";

Demos.add("state", (() => {
  const LONGEST = 400;

  /** States and probabilities of the next symbol after each symbol, from the start of a line. */
  const read = (network, symbols, text) => {
    let state = network.start();
    const states = [], probs = [];
    for (const symbol of `\n${text}`) {
      state = network.step(symbols.indexOf(symbol), state);
      states.push(state.h);
      probs.push(Demos.softmax(network.logits(state)));
    }
    return { states: states.slice(1), probs: probs.slice(1) }; // without the line break before
  };

  /** What the network knows: the letters, marks and spaces of a text that are symbols. */
  const known = (symbols, text) => [...text.replace(/[“”]/g, '"').replace(/[’‘]/g, "'")]
    .filter(s => s !== "\n" && symbols.includes(s)).join("").slice(0, LONGEST);

  /** Where the quotation marks are. */
  const marks = text => [...text].flatMap((s, i) => (s === '"' ? [i] : []));

  /** The share of the state that differs, for each symbol after a symbol that is left out. */
  const apart = (states, without, index) => states.map((h, i) => {
    if (i <= index) return 0;
    const other = without[i - 1];
    return Math.hypot(...h.map((v, j) => v - other[j])) / Math.hypot(...h);
  });

  /** A track's weights on all units: the number it predicts is mean + Σ (h − centre) weight. */
  const probe = ({ weights, mean }, centre, h) =>
    mean + Demos.sum(h.map((v, j) => (v - centre[j]) * weights[j]));

  const best = (p, count) => Array.from(p.keys()).sort((i, j) => p[j] - p[i]).slice(0, count);

  const shown = s => (s === " " ? "␣" : s === "\n" ? "⏎" : s);
  const spoken = s => ({ " ": "space", "\n": "line break", '"': "quotation mark", ".": "full stop", ",": "comma" })[s] ?? s;
  const signed = v => (v < 0 ? "−" : "+") + Math.abs(v).toFixed(2);
  const percent = p => (p < 0.0005 ? "below 0.1\u00a0%" : `${(100 * p).toFixed(p < 0.0995 ? 1 : 0)}\u00a0%`);

  const mount = (root, data) => {
    const network = Demos.network(data.network), { symbols } = data;
    const centre = Demos.floats(data.mean);
    const tracks = Object.fromEntries(Object.entries(data.tracks).map(([name, t]) => [name, { ...t, weights: Demos.floats(t.probe) }]));
    const { word, quotation } = tracks;
    let text = data.passages[0], reading = null, without = null, left = null, cursor = 0;
    let unit = word.unit, together = null;

    const r = v => v.toFixed(2);
    const WAYS = [
      ["word", `word: unit ${word.unit}`, "the best unit for the letters of the word so far", word.single],
      ["words", "word: all units", "the letters of the word so far, as all units together tell them", word.together],
      ["quotation", `quotation: unit ${quotation.unit}`, "the best unit for inside a quotation or not", quotation.single],
      ["quotations", "quotation: all units", "inside a quotation (1) or not (0), as all units together tell it", quotation.together],
      ["any", "another unit", "", null],
    ];
    let way = WAYS[0];

    /** The number of a symbol, and its shade from −1 to 1. */
    const valueOf = h => (together ? probe(together, centre, h) : h[unit]);
    const shadeOf = v => (together ? Math.max(-1, Math.min(1, (v - together.mean) / (2 * together.spread))) : v);
    const called = v => (together ? `all units say ${v.toFixed(2).replace("-", "−")}` : `unit ${unit} is ${signed(v)}`);

    const page = Demos.el("p", { class: "state-page", "aria-hidden": "true" });
    const note = Demos.el("p", { class: "demo-note state-note" });
    const here = Demos.el("p", { class: "state-here" });
    const guesses = Demos.el("tbody"), effect = Demos.el("p", { class: "state-effect" });
    const marksHere = Demos.el("div", { class: "state-marks" });
    const say = Demos.live(root);

    const point = i => {
      page.children[cursor]?.classList.remove("here");
      cursor = Math.max(0, Math.min(text.length - 1, i));
      page.children[cursor]?.classList.add("here");
      place.set(cursor);
      if (!text) { here.textContent = ""; guesses.replaceChildren(); return; }
      const p = reading.probs[cursor], next = text[cursor + 1] ?? "\n";
      here.textContent = `After “${shown(text[cursor])}”, symbol ${cursor + 1}, ${called(valueOf(reading.states[cursor]))}. Next comes “${shown(next)}”; the five best guesses:`;
      const other = left !== null && cursor > left ? without.probs[cursor - 1] : null;
      guesses.replaceChildren(...best(p, 5).map(id => {
        const bar = Demos.el("i");
        bar.style.width = `${(100 * p[id]).toFixed(1)}%`;
        return Demos.el("tr", { class: symbols[id] === next ? "right" : null },
          Demos.el("th", { scope: "row" }, shown(symbols[id])), Demos.el("td", null, percent(p[id])), Demos.el("td", { class: "state-bar" }, bar),
          Demos.el("td", null, other ? percent(other[id]) : "–"));
      }));
    };

    const label = i => {
      if (!reading || !text) return "";
      const p = reading.probs[i];
      return `${i + 1} of ${text.length}, ${spoken(text[i])}: ${called(valueOf(reading.states[i]))}; next ${best(p, 3).map(id => `${spoken(symbols[id])} ${percent(p[id])}`).join(", ")}`;
    };

    const paint = () => {
      const distances = left === null ? null : apart(reading.states, without.states, left);
      [...page.children].forEach((cell, i) => {
        const shade = shadeOf(valueOf(reading.states[i]));
        cell.style.setProperty("--up", `${(55 * Math.max(0, shade)).toFixed(0)}%`);
        cell.style.setProperty("--down", `${(40 * Math.max(0, -shade)).toFixed(0)}%`);
        cell.classList.toggle("left-out", i === left);
        cell.style.setProperty("--apart", distances ? Math.min(1, distances[i]).toFixed(3) : "0");
      });
      note.textContent = (way[3] === null ? `Unit ${unit}, which nobody has named.` : `${way[2][0].toUpperCase()}${way[2].slice(1)}: correlation ${r(way[3])} on unseen tales.`) +
        " Teal is above, grey below " + (together ? "the mean" : "zero") + "; stronger is further." +
        (left === null ? "" : " The bar under a symbol: the share of the state that differs.");
      if (left === null) effect.textContent = "Leave a quotation mark out, and see for how long the state differs.";
      else {
        const parts = [1, 5, 10, 20].filter(n => left + n < text.length)
          .map(n => `${percent(distances[left + n])} ${n === 1 ? "one symbol later" : `after ${n}`}`);
        effect.textContent = parts.length ? `Without this mark the state differs by ${parts.join(", ")}.` : "Nothing comes after this mark.";
        say(effect.textContent);
      }
      point(cursor);
    };

    const setLeft = index => {
      left = index;
      without = left === null ? null : read(network, symbols, text.slice(0, left) + text.slice(left + 1));
      paint();
    };

    /** Another text: read it, and ask for its marks. */
    const begin = newText => {
      text = known(symbols, newText);
      reading = read(network, symbols, text);
      left = null;
      page.replaceChildren(...[...text].map(s => Demos.el("span", null, shown(s))));
      place.input.max = Math.max(0, text.length - 1);
      const found = marks(text);
      marksHere.replaceChildren(Demos.choice({
        label: found.length ? "Quotation mark to leave out" : "There is no quotation mark in this text; write one into it.",
        options: [[null, "none"], ...found.map((index, k) => [index, `mark ${k + 1}`])], value: null, onInput: setLeft,
      }));
      cursor = Math.min(cursor, Math.max(0, text.length - 1));
      paint();
    };

    const place = Demos.slider({ label: "Symbol to look at, or point at one", min: 0, max: 1, step: 1, value: 0,
      format: label, onInput: v => point(v) });
    place.classList.add("state-place");
    const over = ({ target }) => {
      const i = [...page.children].indexOf(target);
      if (i >= 0) point(i);
    };
    page.addEventListener("pointerover", over);
    page.addEventListener("click", over);

    const choose = key => {
      way = WAYS.find(([k]) => k === key);
      together = key === "words" ? word : key === "quotations" ? quotation : null;
      if (key === "word" || key === "quotation") { unit = tracks[key].unit; units.set(unit); }
      ways.set(key);
      paint();
    };
    const ways = Demos.choice({ label: "Colour the text by", options: WAYS.map(([key, text_]) => [key, text_]), value: "word", onInput: choose });
    const units = Demos.slider({ label: "Unit", min: 0, max: network.hidden - 1, step: 1, value: unit, onInput: v => { unit = v; choose("any"); } });
    const box = Demos.el("textarea", { id: Demos.uniqueId(), rows: 3, maxlength: LONGEST, spellcheck: "false" });
    box.value = text;
    box.addEventListener("input", () => begin(box.value));

    root.append(
      Demos.choice({ label: "A passage that the network has not seen", options: data.passages.map((p, i) => [i, `${i + 1}`]), value: 0,
        onInput: i => { box.value = data.passages[i]; cursor = 0; begin(box.value); } }),
      Demos.el("div", { class: "demo-control demo-text state-box" }, Demos.el("label", { for: box.id }, "The text, to change as you like"), box),
      ways, units, page, note, marksHere, effect, place, here,
      Demos.el("table", { class: "demo-table state-guesses" },
        Demos.el("caption", { class: "demo-hidden" }, "The five best guesses for the next symbol"),
        Demos.el("thead", null, Demos.el("tr", null, Demos.el("th", { scope: "col" }, "guess"), Demos.el("th", { scope: "col" }, "probability"), Demos.el("td", null), Demos.el("th", { scope: "col" }, "without the mark"))),
        guesses));
    begin(text);
    say("");
  };

  return { title: "Read a state: colour a text by a unit, leave out a quotation mark", mount, read, known, marks, apart, probe, best };
})());
