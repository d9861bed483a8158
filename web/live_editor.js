/* Naming Dinosaurs, live Python: colouring code and editing it where it is. */
"use strict";
const Live = {};

/* The classes are those of Pygments that `web/book.css` gives a look; what it lacks stays plain. */
Live.kinds = [
  ["c1", /#[^\n]*/],
  ["s", /[rbfuRBFU]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?)/],
  ["mi", /(?:0[xX][\da-fA-F_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)[jJ]?/],
  ["nf", /(?<=\b(?:def|class)\s+)\w+/],
  ["k", /\b(?:and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)\b/],
  ["kc", /\b(?:True|False|None)\b/],
  ["", /\w+/],
];
Live.pattern = new RegExp(Live.kinds.map(([, rule]) => `(${rule.source})`).join("|"), "g");

/* Cut code into pairs of a class, "" for plain, and text. */
Live.tokens = source => {
  const found = [];
  let end = 0;
  for (const match of source.matchAll(Live.pattern)) {
    if (match.index > end) found.push(["", source.slice(end, match.index)]);
    found.push([Live.kinds[match.slice(1).findIndex(part => part !== undefined)][0], match[0]]);
    end = match.index + match[0].length;
  }
  if (end < source.length) found.push(["", source.slice(end)]);
  return found;
};

/* What Enter and Tab do: [start, end, text] says which part of the code becomes what. */
Live.newLine = (source, at, to) => {
  const line = source.slice(source.lastIndexOf("\n", at - 1) + 1, at);
  const inner = /[:([{]\s*(#.*)?$/.test(line) ? "    " : "";
  return [at, to, "\n" + /^ */.exec(line)[0] + inner];
};
Live.indent = (source, at, to, back) => {
  const start = source.lastIndexOf("\n", at - 1) + 1;
  if (at === to && !back) return [at, to, " ".repeat(4 - (at - start) % 4)];
  const lines = source.slice(start, to).split("\n");
  return [start, to, lines.map(l => (back ? l.replace(/^ {1,4}/, "") : l && "    " + l)).join("\n")];
};

/* Put an editor over a cell's code: a text area without ink over the coloured text. */
Live.edit = (pre, { label, source, change, run, leave }) => {
  const ink = document.createElement("code"), area = document.createElement("textarea");
  Object.assign(area, { className: "live-area", value: source, spellcheck: false, autocapitalize: "off", wrap: "off" });
  area.setAttribute("aria-label", label);
  area.setAttribute("autocomplete", "off");
  const paint = () => {
    ink.replaceChildren(...Live.tokens(area.value).map(([kind, text]) => {
      const span = document.createElement(kind ? "span" : "i");
      Object.assign(span, { className: kind, textContent: text });
      return kind ? span : document.createTextNode(text);
    }), "\n");
    area.style.width = "";
    area.style.width = `${pre.scrollWidth}px`;
  };
  const replace = ([start, end, text]) => {
    area.setSelectionRange(start, end);
    /* Deprecated, and the only way that the browser's own undo knows about. */
    if (!(text ? document.execCommand("insertText", false, text) : document.execCommand("delete"))) area.setRangeText(text, start, end, "end");
  };
  area.addEventListener("input", () => { paint(); change(area.value); });
  area.addEventListener("keydown", event => {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    const at = [area.value, area.selectionStart, area.selectionEnd];
    if (key === "Enter" && (shiftKey || ctrlKey || metaKey)) run();
    else if (key === "Escape") leave();
    else if (key === "Enter" && !altKey) replace(Live.newLine(...at));
    else if (key === "Tab" && !ctrlKey && !altKey && !metaKey) replace(Live.indent(...at, shiftKey));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  pre.replaceChildren(ink, area);
  pre.classList.add("live-edited");
  paint();
  return { area, set(text) { area.value = text; paint(); change(text); } };
};
