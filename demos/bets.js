/* You bet on the letters of a name that nobody trained on, against a counter and a network.
   Chapter 11, which has the rule of the house. */
"use strict";

Demos.add("bets", (() => {
  const SYMBOLS = "abcdefghijklmnopqrstuvwxyz."; // a full stop is the end mark
  const HOUSE = 0.1; // the share that the house spreads evenly
  const PLAYERS = { you: "You", counter: "The counter", network: "The network" };

  /** What a text bets on: letters and full stops, each as often as it is there. */
  const chipsOf = text => [...text.toLowerCase()].filter(s => SYMBOLS.includes(s));

  /** The probabilities (27) that chips give to the symbols; no chips are an even bet. */
  const bet = text => {
    const chips = chipsOf(text);
    return [...SYMBOLS].map(s => {
      const share = chips.length ? chips.filter(c => c === s).length / chips.length : 1 / SYMBOLS.length;
      return (1 - HOUSE) * share + HOUSE / SYMBOLS.length;
    });
  };

  /** Nats: how surprised a bet is by what came. */
  const surprise = (text, symbol) => -Math.log(bet(text)[SYMBOLS.indexOf(symbol)]);

  const mean = nats => (nats.length ? Demos.sum(nats) / nats.length : null);
  const say2 = v => (v === null ? "–" : v.toFixed(2));

  const mount = (root, data) => {
    const names = data.names.split(" "), { el } = Demos;
    const past = { you: [], counter: [], network: [] };
    let number = 0, finished = 0, yours = [];

    const symbolsNow = () => `${names[number]}.`;
    const nats = who => (who === "you" ? yours : data[who][number].slice(0, yours.length));
    const over = () => yours.length === symbolsNow().length;

    const bars = Demos.bars({
      kind: "you",
      describe: items => `Your bet: ${[...items].sort((a, b) => b.value - a.value).slice(0, 5)
        .map(i => `${i.label === "." ? "end" : i.label} ${Math.round(100 * i.value)} %`).join(", ")}`,
    });
    const head = el("p", { class: "bets-name" });
    const strip = el("ol", { class: "bets-strip" });
    const body = el("tbody");
    const speak = Demos.live(root);

    const showBet = () => {
      const p = bet(box.input.value);
      bars.update([...SYMBOLS].map((s, i) => ({ label: s, value: p[i], marked: p[i] > HOUSE / 26 })), Math.max(0.3, ...p));
    };

    const show = () => {
      const read = symbolsNow().slice(0, yours.length);
      head.replaceChildren(`Name ${number + 1} of ${names.length}: `, el("b", null, read || " "), over() ? "" : "?");
      strip.replaceChildren(...[...read].map((s, t) => {
        const each = Object.keys(PLAYERS).map(who => [who, nats(who)[t]]);
        const words = each.map(([who, v]) => `${PLAYERS[who]} ${v.toFixed(1)}`).join(", ");
        return el("li", null, el("span", { class: "demo-hidden" }, `${s === "." ? "end" : s}: ${words} nats`),
          el("div", { class: "bets-columns", "aria-hidden": "true" }, each.map(([who, v]) =>
            el("i", { class: `demo-${who}`, style: `height:${Math.min(100, v / 0.06).toFixed(1)}%` }))),
          el("span", { "aria-hidden": "true" }, s));
      }));
      body.replaceChildren(...Object.entries(PLAYERS).map(([who, label]) =>
        el("tr", null, el("th", { scope: "row", class: `demo-${who}` }, label),
          el("td", null, say2(mean(nats(who)))), el("td", null, say2(mean(past[who]))))));
      counted.textContent = `All names so far (${finished})`;
      place.disabled = over();
      skip.disabled = over();
      next.disabled = !over();
      showBet();
    };

    const placeBet = () => {
      if (over()) { nextName(); return; }
      const symbol = symbolsNow()[yours.length];
      yours.push(surprise(box.input.value, symbol));
      box.set("");
      const last = Object.keys(PLAYERS).map(who => `${PLAYERS[who]} ${nats(who).at(-1).toFixed(1)}`).join(", ");
      if (over()) {
        finished += 1;
        for (const who of Object.keys(PLAYERS)) past[who].push(...nats(who));
      }
      show();
      speak(`${symbol === "." ? "The name ends" : `The letter is ${symbol}`}. ${last} nats.`);
      if (over() && document.activeElement === place) next.focus();
    };

    const nextName = () => {
      number = (number + 1) % names.length;
      yours = [];
      box.set("");
      show();
      box.input.focus();
    };

    const box = Demos.textBox({
      label: "Your chips on the next letter; a full stop bets on the end", placeholder: "aaccdpst",
      maxLength: 40, onEnter: placeBet,
      onInput: text => { // a space ends a bet
        if (text.includes(" ") && chipsOf(text).length) placeBet();
        else showBet();
      },
    });
    const place = Demos.button("Place the bet", placeBet, { class: "demo-button demo-first" });
    const skip = Demos.button("I know this name: leave it out", nextName);
    const next = Demos.button("Next name", nextName);
    const counted = el("th", { scope: "col" });

    root.append(head, Demos.el("div", { class: "bets-box" }, strip), bars,
      el("div", { class: "demo-row" }, box, place, next, skip),
      el("table", { class: "demo-table bets-scores" },
        el("caption", null, "Mean surprise, nats per symbol: the lower, the better"),
        el("thead", null, el("tr", null, el("td"), el("th", { scope: "col" }, "This name"), counted)), body));
    show();
  };

  return { title: "Bet on the letters of a name, against a counter and a network", mount, bet, chipsOf, surprise };
})());
