/* What the front page computes: the network's and the counter's next letters, and what is known of
   a name. The arithmetic is that of demos/shared.js; the data are demos/data/names.json. */
"use strict";

const FrontModel = (data) => {
  const { symbols } = data, END = 0, V = symbols.length;
  const network = Demos.network(data.network);
  const trained = data.train.split(" "), heldOut = data.heldOut.split(" ");

  /** Reads a beginning, start mark first; returns the state after each symbol. */
  const read = (prefix) => {
    const states = [network.step(END, network.start())];
    for (const letter of prefix) states.push(network.step(symbols.indexOf(letter), states.at(-1)));
    return states;
  };

  /* A counter of order 4 with Witten–Bell smoothing, as rnnlib.NGram, counted here from the names. */
  const ORDER = 4, counts = new Map();
  for (const name of trained) {
    const padded = "\n".repeat(ORDER - 1) + name + "\n";
    for (let i = ORDER - 1; i < padded.length; i++)
      for (let back = 0; back < ORDER; back++) {
        const context = padded.slice(i - back, i);
        if (!counts.has(context)) counts.set(context, new Float64Array(V));
        counts.get(context)[symbols.indexOf(padded[i])]++;
      }
  }
  const smoothed = (context) => {
    const p = context ? smoothed(context.slice(1)) : new Float64Array(V).fill(1 / V);
    const c = counts.get(context);
    if (!c) return p;
    const total = Demos.sum(c), kinds = c.filter((x) => x).length;
    return p.map((x, k) => (c[k] + kinds * x) / (total + kinds));
  };
  const counter = (prefix) => smoothed(("\n".repeat(ORDER) + prefix).slice(1 - ORDER));

  /** What both expect after a beginning, at a temperature. */
  const expected = (prefix, state, temperature) => ({
    network: Demos.distribution(network.logits(state), { temperature }),
    counter: Demos.distribution(counter(prefix).map(Math.log), { temperature }),
  });

  /** What is known of a name: new, seen or unseen, and its nearest real neighbour. */
  const seen = new Set(trained), unseen = new Set(heldOut), real = [...trained, ...heldOut];
  const judge = (name) => {
    const { name: nearest, distance } = Demos.nearest(name, real.filter((other) => other !== name));
    return { kind: seen.has(name) ? "seen" : unseen.has(name) ? "unseen" : "new", nearest, distance };
  };

  /** Draws the next symbol; a name has two letters at least. */
  const draw = (p, length, uniform) => {
    let k;
    do k = Demos.sample(p, uniform); while (k === END && length < 2);
    return k;
  };

  /** A name from its beginning to its end mark, at once. */
  const name = (prefix, temperature, uniform) => {
    let letters = prefix;
    for (let state = read(prefix).at(-1); letters.length < 24;) {
      const k = draw(Demos.distribution(network.logits(state), { temperature }), letters.length, uniform);
      if (k === END) break;
      letters += symbols[k];
      state = network.step(k, state);
    }
    return letters;
  };

  /** The three likeliest next symbols in words. */
  const inWords = (prefix, p) => {
    const best = Array.from(p.keys()).sort((a, b) => p[b] - p[a]).slice(0, 3);
    const said = best.map((k) => `${symbols[k].trim() || "end"} ${Math.round(100 * p[k])} percent`);
    return `after ${prefix || "the start"}: ${said.join(", ")}`;
  };

  const KINDS = { new: "New", seen: "A real dinosaur, seen in training", unseen: "A real dinosaur that it has never seen" };
  /** The verdict on a name, as [text, important?] parts. */
  const verdict = (name) => {
    const { kind, nearest, distance } = judge(name);
    return [[KINDS[kind], true], [kind === "new" ? ". Nearest real name: " : ". Nearest other name: ", false],
      [capital(nearest), true], [`, ${distance} ${distance === 1 ? "letter" : "letters"} away.`, false]];
  };
  const capital = (text) => text && text[0].toUpperCase() + text.slice(1);

  return { symbols, END, network, read, counter, expected, judge, draw, name, inWords, verdict, capital };
};
