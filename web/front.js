/* The front page: 1 the stage, where a name grows  2 asking for a name  3 real or invented?
   4 the ledger's fold and the ticks.  The page is complete without; what is computed is in
   front_model.js, what is drawn in front_drawing.js. */
"use strict";

document.addEventListener("DOMContentLoaded", () => Demos.load("names", "", (names) => {
  const $ = (id) => document.getElementById(id);
  const model = FrontModel(names), { el } = Demos, { capital } = model;
  const store = { // localStorage, where a browser grants it
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private window */ } },
  };
  const rest = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  /* 1  The stage ----------------------------------------------------------------------------- */
  const hero = $("hero"), stages = [...hero.querySelectorAll("svg.stage")];
  const state = { letters: hero.dataset.letters, given: +hero.dataset.given, at: 0, next: null, ended: true, busy: false };
  state.states = model.read(state.letters);
  let temperature = +$("temperature").value;

  for (const stage of stages) {
    const neck = stage.querySelector(".neck");
    for (const [key, value] of Object.entries({ role: "slider", tabindex: 0, "aria-label": "Step along the name", "aria-valuemin": 0 }))
      neck.setAttribute(key, value);
    const step = (event) => {
      const bead = event.target.closest(".bead");
      if (bead && !state.busy) look([...bead.parentNode.children].indexOf(bead));
    };
    stage.addEventListener("pointerover", step);
    stage.addEventListener("click", step);
    stage.addEventListener("pointerleave", () => { if (!state.busy) look(resting()); });
    neck.addEventListener("keydown", (event) => {
      const far = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -99, End: 99 }[event.key];
      if (!far || state.busy) return;
      event.preventDefault();
      look(Math.max(0, Math.min(state.letters.length, state.at + far)));
    });
  }

  /** Where the chart rests: at the end of what was typed, or where the network took over. */
  const resting = () => (state.ended ? state.given : state.letters.length);

  /** Draws the neck anew, then what was expected after its last bead. */
  function show(grown = false) {
    const n = state.letters.length;
    state.at = n;
    for (const stage of stages) {
      const name = stage.dataset.layout, now = FrontDrawing.posture(name, n);
      stage.querySelector(".beads").innerHTML = FrontDrawing.beads(name, state);
      if (grown) stage.querySelector(".bead:last-child").classList.add("pop");
      stage.querySelector(".neckline").style.strokeDasharray = FrontDrawing.neckStyle(now);
      stage.querySelector(".head").style.transform = FrontDrawing.headStyle(name, now);
      stage.querySelector(".walk").style.transform = FrontDrawing.walkStyle(now);
      stage.querySelector(".neck").setAttribute("aria-valuemax", n);
    }
    return look(n);
  }

  /** Looks at step t: what was expected after its first t letters, and what came? */
  function look(t, next = null) {
    state.at = t;
    const prefix = state.letters.slice(0, t), p = model.expected(prefix, state.states[t], temperature);
    if (next === null && t < state.letters.length) next = model.symbols.indexOf(state.letters[t]);
    if (next === null && state.ended) next = model.END;
    const words = model.inWords(prefix, p.network);
    for (const stage of stages) {
      const g = FrontDrawing.LAYOUTS[stage.dataset.layout];
      const shown = FrontDrawing.heights(stage.dataset.layout, p.network, p.counter, next);
      [...stage.querySelectorAll(".tree")].forEach((tree, k) => {
        const column = shown.columns[k], [rect, count, label] = tree.children;
        rect.style.transform = `scaleY(${Math.max(0.004, column.network)})`;
        count.style.transform = `translateY(${-column.counter * g.tall}px)`;
        count.style.opacity = +(column.counter > 0);
        label.textContent = column.label;
        label.setAttribute("y", FrontDrawing.labelY(g, column));
        tree.classList.toggle("next", k === next);
      });
      const full = stage.querySelector(".full");
      full.textContent = shown.top;
      full.setAttribute("opacity", +!shown.crowded);
      [...stage.querySelectorAll(".bead")].forEach((bead, i) => bead.classList.toggle("here", i === t));
      stage.querySelector(".grove").setAttribute("aria-label", `Next letter ${words}`);
      const neck = stage.querySelector(".neck");
      neck.setAttribute("aria-valuenow", t);
      neck.setAttribute("aria-valuetext", words);
    }
    return p.network;
  }

  /** Lets the drawn letter fly from its bar to the neck. */
  async function fly(k, milliseconds) {
    const stage = stages.find((s) => s.getBoundingClientRect().width), name = stage.dataset.layout, g = FrontDrawing.LAYOUTS[name];
    const now = FrontDrawing.posture(name, state.letters.length + 1), bead = now.beads.at(-1);
    const text = Demos.svg("text", { class: "fly", "font-size": g.letter[0] }, model.symbols[k]);
    stage.append(text);
    const from = `translate(${FrontDrawing.center(g, k)}px, ${g.base - 14}px)`;
    await text.animate([{ transform: from, opacity: 0.2 }, { opacity: 1, offset: 0.3 },
      { transform: `translate(${bead.x - now.shift}px, ${bead.y}px)` }],
    { duration: milliseconds, easing: "ease-in-out" }).finished.catch(() => {});
    text.remove();
  }

  /* 2  Asking for a name --------------------------------------------------------------------- */
  const prompt = $("prompt");
  let run = 0, timer; // a new wish ends the walk of the last

  const clean = (text) => text.normalize("NFD").toLowerCase().replace(/[^a-z]/g, "");

  /** Writes the name: the reader's letters in ink, the network's in teal. */
  function write(tail = "") {
    const text = capital(state.letters);
    $("name").style.setProperty("--letters", Math.max(12, state.letters.length));
    $("name").replaceChildren(el("span", { class: "given" }, text.slice(0, state.given)),
      el("span", { class: "drawn" }, text.slice(state.given)), el("span", { class: "wait" }, tail));
  }

  /** Shows a beginning without going on: what the reader has typed so far. */
  function type(prefix) {
    run++;
    const grown = prefix.length > state.letters.length;
    Object.assign(state, { letters: prefix, given: prefix.length, states: model.read(prefix), ended: false, busy: false });
    show(grown);
    write("…");
    $("verdict").textContent = "Stop typing, or press Enter, and the network goes on from here.";
  }

  /** The walk: read, predict, draw, feed the letter back, until the end mark. */
  async function nameIt(aloud = true) {
    clearTimeout(timer);
    const mine = ++run, prefix = clean(prompt.value), pace = Demos.calm() ? 0 : 150;
    const append = (k, given) => {
      state.letters += model.symbols[k];
      if (given) state.given = state.letters.length;
      state.states.push(model.network.step(k, state.states.at(-1)));
    };
    if (state.ended || state.letters !== prefix) { // what was just typed is there already
      Object.assign(state, { letters: "", given: 0, states: model.read(""), ended: false, busy: true });
      show();
      for (const letter of prefix) { // the letters that were given walk in first
        append(model.symbols.indexOf(letter), true);
        if (pace) { show(true); write("…"); await rest(pace * 0.6); }
        if (mine !== run) return;
      }
    }
    state.busy = true;
    $("verdict").textContent = "";
    while (state.letters.length < 24) {
      const p = pace ? show() : model.expected(state.letters, state.states.at(-1), temperature).network;
      const k = model.draw(p, state.letters.length, Math.random);
      if (pace) {
        look(state.letters.length, k);
        await (k === model.END ? rest(pace) : fly(k, pace * 1.3));
        if (mine !== run) return;
      }
      if (k === model.END) break;
      append(k);
      if (pace) { show(true); write("…"); }
    }
    state.ended = true;
    state.busy = false;
    show();
    write();
    const parts = model.verdict(state.letters);
    $("verdict").replaceChildren(...parts.map(([text, important]) => (important ? el("b", null, text) : text)));
    if (aloud) $("status").textContent = `${capital(state.letters)}: ${parts.map(([text]) => text).join("")}`;
    await rest(pace && 900);
    if (mine === run) look(state.given); // rest where the network took over, not at "end, 100 %"
  }

  $("ask").addEventListener("submit", (event) => { event.preventDefault(); nameIt(); });
  prompt.addEventListener("input", () => {
    const text = clean(prompt.value);
    if (text !== prompt.value.toLowerCase()) prompt.value = text;
    type(text);
    clearTimeout(timer);
    timer = setTimeout(nameIt, 1200);
  });
  const degree = () => {
    temperature = +$("temperature").value;
    const mood = temperature < 0.55 ? "careful" : temperature < 1.05 ? "natural" : temperature < 1.35 ? "daring" : "wild";
    $("degree").textContent = `${temperature.toFixed(1)}, ${mood}`;
    $("temperature").setAttribute("aria-valuetext", $("degree").textContent);
  };
  $("temperature").addEventListener("input", () => { degree(); look(state.at); });
  prompt.value = state.letters.slice(0, state.given); // a browser may remember another
  $("temperature").value = $("temperature").defaultValue;
  degree();
  look(state.given);
  setTimeout(() => { // one name without being asked, so that nobody takes it for a picture
    const touched = run > 0 || state.at !== state.given || document.activeElement?.closest("#hero") || document.hidden;
    if (!touched && scrollY < 200 && !Demos.calm()) nameIt(false);
  }, 2500);

  /* 3  Real or invented? --------------------------------------------------------------------- */
  const ROUND = 10, panel = $("panel");
  let cases, now;

  const count = (what) => cases.filter(what).length;
  const right = (c) => c.guess === c.truth;

  function begin(pool, focus = false) {
    const pick = (list) => list.splice(Math.floor(Math.random() * list.length), 1)[0];
    const pools = { true: [...pool.real], false: [...pool.invented] };
    cases = Array.from({ length: ROUND }, () => {
      const truth = Math.random() < 0.5;
      return { truth, entry: pick(pools[truth]), guess: null };
    });
    ask(pool, 0, focus);
  }

  function score() {
    const asked = count((c) => c.guess !== null);
    return el("div", { class: "score" },
      el("ol", { "aria-label": `${count(right)} of ${asked} right` }, cases.map((c, i) => {
        const kind = c.guess === null ? (i === now ? "now" : null) : right(c) ? "right" : "wrong";
        return el("li", { class: kind }, { right: "✓", wrong: "×" }[kind] ?? "");
      })),
      el("span", null, asked ? `${count(right)} of ${asked}` : ""));
  }

  function ask(pool, i, focus = true) {
    now = i;
    const name = el("p", { class: "case", tabindex: -1 }, capital(cases[i].entry[0]));
    const choice = (truth, label, key) => el("button", { class: "button", type: "button", onClick: () => answer(pool, truth) },
      label, el("kbd", { "aria-hidden": "true" }, key));
    panel.replaceChildren(score(), name, el("div", { class: "choices" }, choice(true, "Real", "R"), choice(false, "Invented", "I")),
      el("p", { class: "feedback" }));
    if (focus) name.focus({ preventScroll: true });
  }

  function answer(pool, guess) {
    const c = cases[now], [name, fact, distance] = c.entry, last = now === ROUND - 1;
    c.guess = guess;
    const next = el("button", { class: "button ink", type: "button", onClick: () => (last ? finish(pool) : ask(pool, now + 1)) },
      last ? "How did I do?" : "Next name");
    const truth = c.truth ? ` ${capital(name)} is real: ${fact}.`
      : ` The network made it up. Nearest real name: ${capital(fact)}, ${distance} ${distance === 1 ? "letter" : "letters"} away.`;
    const word = right(c) ? "Right." : "Wrong.";
    panel.replaceChild(score(), panel.firstChild);
    panel.querySelector(".choices").replaceChildren(next);
    panel.querySelector(".feedback").replaceChildren(el("b", { class: right(c) ? "right" : "wrong" }, word), truth);
    $("game-says").textContent = word + truth;
    next.focus({ preventScroll: true });
  }

  /** Compares with a coin: the binomial distribution, the reader's score in ink. */
  function finish(pool) {
    const mine = count(right), past = store.get("nd-game") ?? { right: 0, asked: 0 };
    const sum = { right: past.right + mine, asked: past.asked + ROUND };
    store.set("nd-game", sum);
    const choose = (k) => (k ? (choose(k - 1) * (ROUND - k + 1)) / k : 1);
    const p = Array.from({ length: ROUND + 1 }, (_, k) => choose(k) / 2 ** ROUND);
    const percent = Math.max(1, Math.round(100 * Demos.sum(p.slice(mine))));
    const drawing = Demos.svg("svg", { viewBox: "0 0 264 132", role: "img",
      "aria-label": `How often a coin gets each score of ten. Yours, ${mine}, or more: in ${percent} percent of rounds.` });
    p.forEach((share, k) => {
      const tall = Math.max(1.5, share * 330), you = k === mine ? "you" : "chance";
      drawing.append(Demos.svg("rect", { class: you, x: k * 24 + 3, width: 18, y: 104 - tall, height: tall, rx: 2 }),
        Demos.svg("text", { class: you, x: k * 24 + 12, y: 120 }, k));
      if (k === mine) drawing.append(Demos.svg("text", { class: you, x: Math.min(250, Math.max(14, k * 24 + 12)), y: 98 - tall }, "you"));
    });
    const average = sum.asked > ROUND ? `; you, in ${sum.asked / ROUND} rounds, ${((10 * sum.right) / sum.asked).toFixed(1)}.` : ".";
    const head = el("p", { class: "outcome", tabindex: -1 }, el("b", null, `${mine} of ${ROUND}. `),
      `Tossing a coin does as well or better in ${percent} % of rounds. `,
      `A detective that only counts letters gets ${(10 * pool.detective).toFixed(1)} of ten${average}`);
    panel.replaceChildren(score(), head,
      el("div", { class: "result" }, drawing, el("ul", null, cases.map((c) => el("li", { class: right(c) ? null : "wrong" },
        `${capital(c.entry[0])} `, el("span", null, (c.truth ? "real" : "invented") + (right(c) ? "" : ", missed")))))),
      el("div", { class: "choices" }, el("button", { class: "button", type: "button", onClick: () => begin(pool, true) }, "Ten more")));
    head.focus({ preventScroll: true });
  }

  Demos.load("quiz", "", (pool) => {
    begin(pool);
    panel.closest("section").addEventListener("keydown", (event) => { // R and I, while the focus is in the game
      const guess = { r: true, i: false }[event.key.toLowerCase()];
      if (event.ctrlKey || event.metaKey || event.altKey || guess === undefined || cases[now].guess !== null) return;
      answer(pool, guess);
    });
  });

  /* 4  The ledger's fold and the ticks ------------------------------------------------------- */
  const more = $("more"), labels = [more.textContent, more.dataset.less];
  more.addEventListener("click", () => {
    const open = $("rows").classList.toggle("open");
    more.setAttribute("aria-expanded", open);
    more.textContent = labels[+open];
  });

  const ticks = [...document.querySelectorAll(".part input")];
  const read = new Set(store.get("nd-read") ?? []);
  function tally() {
    for (const part of document.querySelectorAll(".part")) {
      const boxes = [...part.querySelectorAll("input")];
      part.querySelector(".count").textContent = `${boxes.filter((box) => box.checked).length} of ${boxes.length} read`;
    }
    const next = ticks.find((box) => !box.checked), done = ticks.filter((box) => box.checked).length;
    $("progress").replaceChildren(...(done ? [`You have read ${done} of ${ticks.length}. `] : []),
      ...(done && next ? [el("a", { href: next.parentNode.querySelector("a").getAttribute("href") }, `Go on with chapter ${next.dataset.number}`), "."] : []));
  }
  for (const tick of ticks) {
    tick.disabled = false;
    tick.checked = read.has(tick.value);
    tick.addEventListener("change", () => {
      read[tick.checked ? "add" : "delete"](tick.value);
      store.set("nd-read", [...read]);
      tally();
    });
  }
  tally();
}));
