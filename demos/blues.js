/* The blues: a network told intervals writes on from four bars, in any key, and the page plays it.
   Chapter 20.  A chord is a number: 6 × the semitones of its root above C + its quality; symbol 0
   of the network is the end mark, symbol 1 + chord the chord, as if the key were C. */
"use strict";

{
  const KEYS = ["C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B"];
  const QUALITIES = ["7", "maj7", "m7", "m6", "m7♭5", "dim7"];
  const TONES = [[0, 4, 7, 10], [0, 4, 7, 11], [0, 3, 7, 10], [0, 3, 7, 9], [0, 3, 6, 10], [0, 3, 6, 9]];
  const DEGREES = ["I", "♭II", "II", "♭III", "III", "IV", "♯IV", "V", "♭VI", "VI", "♭VII", "VII"];
  const HOME = { 0: "home", 5: "away", 2: "away", 7: "back", 1: "back" };
  const BARS = 12;

  const root = chord => Math.floor(chord / 6);
  const quality = chord => chord % 6;
  const transpose = (piece, up) => piece.map(chord => (chord + 6 * up + 72) % 72);
  const degree = chord => DEGREES[root(chord)] + QUALITIES[quality(chord)];

  /* Spelling, as rnnlib.music.spell does it */
  const NATURAL = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
  const STEPS = [0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6];
  const SHARP = { "D♭": "C♯", "G♭": "F♯", "A♭": "G♯" };

  /** The key as players write it: D♭ is C♯ if the tonic is minor wherever it comes. */
  const writtenKey = (tonic, chords) => {
    const home = chords.filter(chord => root(chord) === tonic).map(quality);
    const minor = home.some(q => q === 2 || q === 3) && !home.some(q => q <= 1);
    return (minor && SHARP[KEYS[tonic]]) || KEYS[tonic];
  };

  /** A chord's name in a key: A♭7 in C minor, but G♯7 in C♯ minor. */
  const spell = (chord, key) => {
    const sign = { "♭": -1, "♯": 1 }, tonic = NATURAL[key[0]] + (sign[key[1]] ?? 0);
    const above = (root(chord) - tonic + 24) % 12;
    let steps = STEPS[above];
    if (quality(chord) === 5 && (above === 1 || above === 8)) steps -= 1;
    if (quality(chord) <= 1 && above === 6) steps = 4;
    const letter = "CDEFGAB"[("CDEFGAB".indexOf(key[0]) + steps) % 7];
    const lift = (root(chord) - NATURAL[letter] + 18) % 12 - 6;
    let name = letter + (lift === -1 ? "♭" : lift === 1 ? "♯" : "");
    const plainer = ["C♭", "F♭", "E♯", "B♯"].includes(name) && above !== 5;
    if (Math.abs(lift) > 1 || plainer) name = KEYS[root(chord)];
    return name + QUALITIES[quality(chord)];
  };

  /* Writing and judging */
  /** What the network expects first and after each chord of a piece in C: a row for each. */
  const expects = (network, piece) => {
    let state = network.step(0, network.start());
    const rows = [network.logits(state)];
    for (const chord of piece) {
      state = network.step(1 + chord, state);
      rows.push(network.logits(state));
    }
    return rows;
  };

  /** Writes on from a head in C until the end mark is drawn, at most 12 bars more, as the chapter. */
  const writeOn = (network, head, temperature, uniform) => {
    let state = network.step(0, network.start());
    for (const chord of head) state = network.step(1 + chord, state);
    const piece = [...head];
    for (let n = 0; n < BARS; n++) {
      const id = Demos.sample(Demos.distribution(network.logits(state), { temperature }), uniform);
      if (id === 0) break;
      piece.push(id - 1);
      state = network.step(id, state);
    }
    return piece;
  };

  /** Follows a piece in C through the rules' states; in each, what may come and how probable.
      violation is the first bar that no blues has there, counted from 0, or null. */
  const judge = (rules, piece) => {
    const allowed = [];
    let at = rules.start;
    for (let bar = 0; bar <= piece.length; bar++) {
      const ways = rules.states[at];
      allowed.push(new Map(ways.map(([chord, p]) => [chord, p])));
      if (bar === piece.length) return { violation: ways.length ? bar : null, allowed };
      const way = ways.find(([chord]) => chord === piece[bar]);
      if (!way) return { violation: bar, allowed };
      at = way[2];
    }
  };

  /* Arranging, as rnnlib.datasets.music.sound does it */
  const LOW = 28, HIGH = 55, LEFT = 50, RIGHT = 76;
  const SWUNG = 2 / 3;
  const COMPING = [[[0, 1.5], [1 + SWUNG, 2]], [[SWUNG, 1], [2 + SWUNG, 1.2]]];
  const RIDE = [0, 1, 1 + SWUNG, 2, 3, 3 + SWUNG], HI_HAT = [1, 3];

  const less = (a, b) => { // as Python compares tuples
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i];
    return false;
  };
  const least = (list, cost) => list.reduce((best, item) => {
    const key = [cost(item), ...[item].flat()];
    return best === null || less(key, best.key) ? { key, item } : best;
  }, null).item;
  const range = (from, to, step) => {
    const out = [];
    for (let v = from; v < to; v += step) out.push(v);
    return out;
  };

  /** The four voices of each chord, which move as little as they can. */
  const voicings = piece => {
    let before = null;
    return piece.map(chord => {
      const tones = TONES[quality(chord)].map(tone => root(chord) + tone);
      const inversions = [3, 4, 5].flatMap(octave => [0, 1, 2, 3].map(lifted =>
        tones.map((tone, i) => tone + 12 * (octave + (i < lifted))).sort((a, b) => a - b)));
      before = least(
        inversions.filter(v => Math.min(...v) >= LEFT && Math.max(...v) <= RIGHT),
        voices => Demos.sum(voices.map((v, i) => Math.abs(v - (before ?? voices)[i])))
          + Math.abs(Demos.sum(voices) / 4 - 62));
      return before;
    });
  };

  /** The roots, each in the octave next to the one before, not far from the middle. */
  const bassRoots = piece => {
    let before = 38;
    return piece.map(chord => {
      before = range(LOW + 1 + (root(chord) - LOW - 1 + 36) % 12, HIGH - 6, 12).reduce((best, note) => {
        const cost = n => Math.abs(n - before) + 0.7 * Math.abs(n - 38);
        return best === null || cost(note) < cost(best) ? note : best;
      }, null);
      return before;
    });
  };

  const effort = (line, following, tones) => {
    const [first, second, third, fourth] = line;
    const leaps = line.map((note, i) => Math.abs(note - (line[i + 1] ?? following)));
    if (Math.max(...leaps) > 9 || leaps[2] > 5 || fourth < LOW || fourth > HIGH) return Infinity;
    const away = !tones.includes((fourth - first + 24) % 12) && Math.abs(fourth - following) === 2;
    const turned = (second - first) * (third - second) < 0;
    const back = 6 * (fourth === first || fourth === second) + 3 * (third === first);
    return Demos.sum(leaps) + 12 * leaps.filter(leap => leap === 0).length + back + 3 * away + turned;
  };

  /** Four notes a bar that lead to the next root; of such lines, the one that moves least. */
  const walkingBass = (piece, final) => {
    const roots = bassRoots([...piece, final]), used = new Map();
    return piece.map((chord, bar) => {
      const tones = TONES[quality(chord)], first = roots[bar], following = roots[bar + 1];
      const inner = [...tones, 2].flatMap(tone => [-12, 0, 12].map(shift => first + tone + shift))
        .filter(note => note >= Math.max(LOW, first - 9) && note <= Math.min(HIGH, first + 9));
      const shape = line => `${quality(chord)} ${line[1] - line[0]} ${line[2] - line[0]}`;
      let best = null;
      for (const second of inner) for (const third of inner) for (const step of [-1, 1, -2, 2]) {
        const line = [first, second, third, following + step];
        const key = [effort(line, following, tones) + 8 * (used.get(shape(line)) ?? 0), ...line];
        if (best === null || less(key, best)) best = key;
      }
      const line = best.slice(1);
      used.set(shape(line), (used.get(shape(line)) ?? 0) + 1);
      return line;
    });
  };

  /** The last tonic of a piece, on which it comes to rest. */
  const finalChord = (piece, tonic, minor) => {
    const rest = minor ? [2, 3] : [0, 1];
    return piece.findLast(chord => root(chord) === tonic && rest.includes(quality(chord)))
      ?? 6 * tonic + rest[0];
  };

  /** All notes of bar `bar` of an arrangement: [player, beat, beats, MIDI numbers]. */
  const notesOf = ({ bass, voices }, bar) => {
    if (bar === bass.length) {
      return [["bass", 0, 8, [bass.rest]], ["piano", 0, 8, voices[bar]], ["crash", 0, 8, []]];
    }
    return [
      ...bass[bar].map((note, beat) => ["bass", beat, 1, [note]]),
      ...COMPING[bar % 2].map(([beat, beats]) => ["piano", beat, beats, voices[bar]]),
      ...RIDE.map(beat => ["ride", beat, 1, []]),
      ...HI_HAT.map(beat => ["hat", beat, 1, []]),
    ];
  };

  const arrange = (piece, tonic, minor) => {
    const final = finalChord(piece, tonic, minor), bass = walkingBass(piece, final);
    bass.rest = bassRoots([...piece, final]).at(-1);
    return { bass, voices: voicings([...piece, final]) };
  };

  /* Playing */
  /** A trio of Web Audio: play(arrangement, { tempo(), there(), onBar(bar or null) }) and stop(). */
  const trio = () => {
    let context = null, timer = null, finish = () => {};
    const hertz = note => 440 * 2 ** ((note - 69) / 12);

    const tone = (out, start, length, note, { harmonics, slope, decay, volume }) => {
      const imag = Float32Array.from({ length: harmonics + 1 }, (_, k) => (k ? 1 / k ** slope : 0));
      const source = context.createOscillator(), gain = context.createGain(), filter = context.createBiquadFilter();
      source.setPeriodicWave(context.createPeriodicWave(new Float32Array(harmonics + 1), imag));
      source.frequency.value = hertz(note);
      filter.type = "lowpass"; // high harmonics die first, as on a string
      filter.frequency.setValueAtTime(Math.min(9000, 14 * hertz(note)), start);
      filter.frequency.exponentialRampToValueAtTime(Math.max(120, 2 * hertz(note)), start + 0.9);
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(volume, start + 0.008);
      gain.gain.setTargetAtTime(0, start + 0.008, 1 / decay);
      gain.gain.setTargetAtTime(0, start + length - 0.05, 0.02);
      source.connect(filter).connect(gain).connect(out);
      source.start(start);
      source.stop(start + length + 0.1);
    };

    const stroke = (out, noise, start, seconds, volume) => {
      const source = context.createBufferSource(), gain = context.createGain(), filter = context.createBiquadFilter();
      source.buffer = noise;
      filter.type = "highpass";
      filter.frequency.value = 6500;
      gain.gain.setValueAtTime(volume, start);
      gain.gain.setTargetAtTime(0, start + 0.002, seconds / 2);
      source.connect(filter).connect(gain).connect(out);
      source.start(start, 0, 4 * seconds);
    };

    const players = {
      bass: (out, noise, start, length, notes) => tone(out, start, length, notes[0],
        { harmonics: 12, slope: 0.9, decay: 1.6, volume: 0.3 }),
      piano: (out, noise, start, length, notes) => notes.forEach(note => tone(out, start, length, note,
        { harmonics: 6, slope: 1.8, decay: 2.2, volume: 0.085 })),
      ride: (out, noise, start) => stroke(out, noise, start, 0.16, 0.09),
      hat: (out, noise, start) => stroke(out, noise, start, 0.05, 0.14),
      crash: (out, noise, start) => stroke(out, noise, start, 0.9, 0.1),
    };

    const stop = () => {
      clearTimeout(timer);
      context?.close();
      context = null;
      finish();
      finish = () => {};
    };

    const play = (arrangement, { tempo, onBar, there }) => {
      stop();
      context = new AudioContext();
      finish = () => onBar(null);
      const out = context.createDynamicsCompressor();
      out.connect(context.destination);
      const noise = context.createBuffer(1, 4 * context.sampleRate, context.sampleRate);
      const samples = noise.getChannelData(0), uniform = Demos.random(0);
      for (let i = 0; i < samples.length; i++) samples[i] = 2 * uniform() - 1;
      let bar = 0, start = context.currentTime + 0.08;
      const starts = []; // when each bar begins to sound
      const tick = () => { // write the next bar shortly before it sounds, at the tempo of then
        const bars = arrangement.bass.length;
        while (bar <= bars && start < context.currentTime + 0.3) {
          const beat = 60 / tempo();
          for (const [player, at, beats, notes] of notesOf(arrangement, bar)) {
            players[player](out, noise, start + at * beat, beats * beat, notes);
          }
          starts.push(start);
          start += (bar === bars ? 8 : 4) * beat;
          bar++;
        }
        if (!there() || (bar > bars && context.currentTime > start)) { stop(); return; }
        const sounding = starts.findLastIndex(s => s <= context.currentTime);
        if (sounding >= 0) onBar(sounding);
        timer = setTimeout(tick, 40);
      };
      tick();
    };

    return { play, stop, get playing() { return context !== null; } };
  };

  const mount = (stage, data) => {
    const { el } = Demos, network = Demos.network(data.network), band = trio();
    const now = { key: 6, opening: 0, temperature: 0.5, seed: 1, tempo: 132, piece: [], bar: 5 };

    const key = Demos.choice({
      label: "Key", options: KEYS.map((name, tonic) => [tonic, name]), value: now.key,
      onInput: v => { now.key = v; compose(); },
    });
    const opening = Demos.choice({
      label: "The first four bars", options: data.openings.map(([name], i) => [i, name]), value: now.opening,
      onInput: v => { now.opening = v; compose(); },
    });
    const temperature = Demos.slider({
      label: "Temperature", min: 0.1, max: 2, step: 0.1, value: now.temperature, format: v => v.toFixed(1),
      onInput: v => { now.temperature = v; compose(); },
    });
    const tempo = Demos.slider({
      label: "Beats a minute", min: 80, max: 220, step: 4, value: now.tempo,
      onInput: v => { now.tempo = v; },
    });
    const another = Demos.button("Write another", () => { now.seed += 1; compose(); });
    const play = Demos.button("Play", () => (band.playing ? band.stop() : start()),
      { class: "demo-button demo-first blues-play" });
    const sheet = el("ol", { class: "blues-sheet", "aria-label": "Lead sheet" });
    const verdict = el("p", { class: "blues-verdict" });
    const heading = el("p", { class: "demo-note" });
    const hint = el("p", { class: "demo-note" },
      "The first four bars, in grey, are given. Choose a bar to see what the network expects there.");
    const bets = el("div", { class: "blues-bets" });
    stage.append(key, opening, el("div", { class: "demo-row" }, temperature, tempo),
      el("div", { class: "demo-row" }, another, play), sheet, verdict, hint, heading, bets);
    const say = Demos.live(stage);

    const minor = () => quality(now.piece[0]) === 2;
    const tonality = () => {
      const { violation, allowed } = now.verdict;
      const could = violation === null ? [] : [...allowed[violation].keys()];
      return writtenKey(now.key, transpose([...now.piece, ...could], now.key));
    };
    const name = chord => spell((chord + 6 * now.key) % 72, tonality());

    const start = () => {
      const piece = transpose(now.piece, now.key);
      play.textContent = "Stop";
      band.play(arrange(piece, now.key, minor()), {
        tempo: () => now.tempo, there: () => sheet.isConnected,
        onBar: bar => {
          if (bar === null) play.textContent = "Play";
          [...sheet.children].forEach((li, i) => li.classList.toggle("sounding", i === bar));
        },
      });
    };

    const compose = () => {
      band.stop();
      const head = data.openings[now.opening][1];
      now.piece = writeOn(network, head, now.temperature, Demos.random(now.seed));
      now.verdict = judge(data.rules, now.piece);
      const { violation, allowed } = now.verdict;
      const title = `a ${minor() ? "minor " : ""}blues in ${tonality()}`;
      sheet.replaceChildren(...now.piece.map((chord, bar) => el("li", {
        class: [`blues-${HOME[root(chord)] ?? "other"}`, bar === violation ? "wrong" : "",
          bar < head.length ? "given" : ""].join(" ").trim(),
      }, Demos.button([el("b", null, name(chord)), el("span", null, DEGREES[root(chord)])], () => pick(bar), {
        class: "demo-button blues-bar",
        "aria-label": `Bar ${bar + 1}: ${name(chord)}, ${DEGREES[root(chord)]}${bar === violation ? ", against the rules" : ""}`,
      }))));
      const could = violation === null ? [] : [...allowed[violation].keys()].map(name);
      verdict.textContent = violation === null ? `By the rules, ${title}.`
        : could.length === 0 ? `Not by the rules: ${title} ends after bar ${violation}.`
          : violation === now.piece.length ? `Not by the rules: ${title} does not end after bar ${violation}.`
            : `Not by the rules: in bar ${violation + 1}, ${title} could have ${could.join(" or ")}.`;
      say(`${now.piece.map(name).join(", ")}. ${verdict.textContent}`);
      pick(Math.min(now.bar, now.piece.length - 1), false);
    };

    /** Shows what the network expected in a bar, given the bars before, next to the rules. */
    const pick = (bar, aloud = true) => {
      now.bar = bar;
      [...sheet.querySelectorAll("button")].forEach((b, i) => b.setAttribute("aria-pressed", String(i === bar)));
      const before = now.piece.slice(0, bar), p = Demos.softmax(expects(network, before).at(-1));
      const { violation, allowed } = judge(data.rules, before);
      const lost = violation !== null && violation < bar; // the rules have nothing to say
      const truth = lost ? new Map() : allowed[bar];
      const ids = Array.from(p.keys()).filter(id => p[id] >= 0.02 || truth.has(id - 1))
        .sort((i, j) => p[j] - p[i]).slice(0, 6);
      heading.textContent = `What it expects in bar ${bar + 1}, given the bars before, at temperature 1`
        + (lost ? " (the rules have given up)" : "");
      const share = v => `${(100 * v).toFixed(1)}%`;
      bets.replaceChildren(el("table", { class: "demo-table" }, el("thead", null, el("tr", null,
        el("th", { scope: "col" }, "chord"), el("th", { scope: "col", colspan: 2 }, "network"),
        el("th", { scope: "col" }, "rules"))),
      el("tbody", null, ids.map(id => {
        const label = id === 0 ? "the end" : name(id - 1), rule = truth.get(id - 1) ?? 0;
        return el("tr", { class: id - 1 === now.piece[bar] ? "came" : null },
          el("th", { scope: "row" }, label, id === 0 ? "" : el("small", null, ` ${degree(id - 1)}`)),
          el("td", null, el("div", { class: "blues-track" }, el("i", { style: `width:${share(p[id])}` }),
            lost ? null : el("b", { style: `left:${share(rule)}` }))),
          el("td", null, p[id].toFixed(2)),
          el("td", { class: "blues-rules" }, lost ? "" : rule.toFixed(2)));
      }))));
      if (aloud) say(`Bar ${bar + 1}: ${ids.map(id => `${id === 0 ? "the end" : name(id - 1)} ${p[id].toFixed(2)}`).join(", ")}`);
    };

    compose();
  };

  Demos.add("blues", {
    title: "Call a key, and let the network play the blues in it", mount,
    transpose, spell, writtenKey, expects, writeOn, judge, voicings, walkingBass, finalChord,
  });
}
