/* A network writes names: temperature, top-k and top-p tilt and cut what the next letter is drawn
   from.  Chapter 9. */
"use strict";

Demos.add("names", (() => {
  const END = 0, LONGEST = 40;
  const shown = symbol => (symbol === "\n" ? "⏎" : symbol);
  const percent = p => (p > 0 && p < 0.005 ? "below 1 %" : `${Math.round(100 * p)} %`);

  /** The logits after the end mark, which starts a name, and its letters so far. */
  const logitsAfter = (network, symbols, letters) => {
    let state = network.start();
    for (const symbol of `\n${letters}`) state = network.step(symbols.indexOf(symbol), state);
    return network.logits(state);
  };

  /** Draws a name letter by letter, as rnnlib.generate does with stop="\n". */
  const write = (network, symbols, settings, uniform, letters = "") => {
    let state = network.start();
    for (const symbol of `\n${letters}`) state = network.step(symbols.indexOf(symbol), state);
    while (letters.length < LONGEST) {
      const p = Demos.distribution(network.logits(state), settings);
      const id = Demos.sample(p, uniform);
      if (id === END) break;
      letters += symbols[id];
      state = network.step(id, state);
    }
    return letters;
  };

  /** Is a name new?  Its nearest training name, and how far that is. */
  const judge = (name, train, heldOut) => {
    const { name: near, distance } = Demos.nearest(name, train);
    const verdict = distance === 0 ? "copied" : heldOut.includes(name) ? "rediscovered" : "new";
    return { near, distance, verdict };
  };

  const apart = n => (n === 1 ? "1 letter away" : `${n} letters away`);

  const VERDICTS = {
    copied: () => "copied: a training name",
    rediscovered: n => `real, though never shown; ${apart(n)}`,
    new: n => `new, ${apart(n)}`,
  };

  const mount = (root, data) => {
    const { symbols } = data, network = Demos.network(data.network);
    const [train, heldOut] = [data.train.split(" "), data.heldOut.split(" ")];
    const uniform = Demos.random(22); // the same names for everybody who presses the same buttons
    const settings = { temperature: 1, topK: symbols.length, topP: 1 };
    let letters = "tri", ended = false;

    const bars = Demos.bars({
      describe: items => "Probability of the next letter: " + [...items].sort((a, b) => b.value - a.value)
        .slice(0, 5).filter(i => i.value > 0).map(i => `${i.label === "⏎" ? "end" : i.label} ${percent(i.value)}`).join(", "),
    });
    const facts = Demos.el("p", { class: "demo-note names-facts" });
    const verdict = Demos.el("p", { class: "names-verdict" });
    const list = Demos.el("tbody"), caption = Demos.el("caption");
    const say = Demos.live(root);

    const show = () => {
      const logits = logitsAfter(network, symbols, letters);
      const [before, after] = [Demos.softmax(logits), Demos.distribution(logits, settings)];
      bars.update([...symbols].map((s, i) => ({
        label: shown(s), value: after[i], faint: before[i], marked: after[i] > 0,
      })));
      const left = after.filter(p => p > 0).length;
      const held = Demos.sum(before.filter((_, i) => after[i] > 0));
      facts.textContent = `Outlined: what the network says ${letters ? `after “${letters}”` : "first"}. Filled: what is drawn from` +
        (left < symbols.length ? `, ${left} of ${symbols.length} symbols, to which it gave ${percent(held)}.` : ", all 27 symbols.");
      box.set(letters);
    };

    const conclude = text => { verdict.textContent = text; say(text); };

    const finish = () => {
      ended = true;
      if (!letters) { conclude("It drew the end mark at once: a name without letters."); return; }
      const { near, distance, verdict: kind } = judge(letters, train, heldOut);
      const nearest = kind === "copied" ? "" : ` Nearest training name: ${near}.`;
      conclude(`“${letters}” is ${VERDICTS[kind](distance)}.${nearest}`);
    };

    const begin = text => {
      letters = text.toLowerCase().replace(/[^a-z]/g, "");
      ended = false;
      conclude("");
      show();
    };

    const oneLetter = () => {
      if (ended) begin("");
      const logits = logitsAfter(network, symbols, letters);
      const p = Demos.distribution(logits, settings), id = Demos.sample(p, uniform);
      const rank = 1 + p.filter(v => v > p[id]).length;
      if (id === END || letters.length === LONGEST) { finish(); return; }
      letters += symbols[id];
      show();
      const place = rank === 1 ? "the most probable symbol" : `number ${rank} in order of probability`;
      conclude(`Drawn: “${symbols[id]}”, ${percent(p[id])}, ${place}.`);
    };

    const toTheEnd = () => {
      if (ended) begin("");
      letters = write(network, symbols, settings, uniform, letters);
      show();
      finish();
    };

    const ten = () => {
      const rows = Array.from({ length: 10 }, () => {
        const name = write(network, symbols, settings, uniform);
        return { name, ...judge(name, train, heldOut) };
      });
      list.replaceChildren(...rows.map(({ name, near, distance, verdict: kind }) =>
        Demos.el("tr", { class: `names-${kind}` }, Demos.el("th", { scope: "row" }, name || "(no letters)"),
          Demos.el("td", null, kind === "copied" ? "" : near), Demos.el("td", null, VERDICTS[kind](distance)))));
      caption.textContent = `Ten names at temperature ${settings.temperature.toFixed(1)}, top-k ${settings.topK}, top-p ${settings.topP.toFixed(2)}`;
      const copied = rows.filter(r => r.verdict === "copied").length;
      say(`Ten names: ${rows.map(r => r.name || "none").join(", ")}. ${copied} copied.`);
    };

    const set = key => value => { settings[key] = value; show(); };
    const box = Demos.textBox({ label: "The name so far; write your own beginning", maxLength: LONGEST, onInput: begin, onEnter: toTheEnd });

    root.append(
      Demos.el("div", { class: "demo-row" },
        Demos.slider({ label: "Temperature", min: 0, max: 3, step: 0.1, value: 1, format: v => v.toFixed(1), onInput: set("temperature") }),
        Demos.slider({ label: "Top-k", min: 1, max: symbols.length, step: 1, value: symbols.length, onInput: set("topK") }),
        Demos.slider({ label: "Top-p", min: 0.05, max: 1, step: 0.05, value: 1, format: v => v.toFixed(2), onInput: set("topP") })),
      bars, facts,
      Demos.el("div", { class: "demo-row" }, box,
        Demos.button("One letter", oneLetter, { class: "demo-button demo-first" }),
        Demos.button("To the end", toTheEnd), Demos.button("Start again", () => begin(""))),
      verdict,
      Demos.el("div", { class: "demo-row" }, Demos.button("Ten names", ten)),
      Demos.el("table", { class: "demo-table names-list" },
        caption,
        Demos.el("thead", null, Demos.el("tr", null, ["Name", "Nearest training name", "So it is"].map(text => Demos.el("th", { scope: "col" }, text)))),
        list));
    show();
    ten();
    say("");
  };

  return { title: "Choose how the network draws, and let it write", mount, logitsAfter, write, judge };
})());
