"""Figures that more than one chapter draws: pure functions, `ax=None` in and `ax` out.

`use_style()` gives them, and any other figure, the look of the book.
"""

import sys

import numpy as np

try:
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
except ModuleNotFoundError as error:
    raise ImportError(
        f"rnnlib.plots needs {error.name}, which is not installed: pip install matplotlib"
    ) from None

from .datasets.music.chords import parse_all, spell_in
from .datasets.music.judging import judge, written_key
from .generation.sampling import next_symbol_distribution
from .generation.sampling_checks import check_task, start_labels
from .ledger import mean_scores
from .svg import figure_svg, narrow
from .text.vocabulary import END

__all__ = [
    "GREY",
    "alignment",
    "lead_sheet",
    "learning_curve",
    "ledger",
    "narrow",
    "next_symbol_map",
    "unrolled",
    "use_style",
]

GREY = "#6d6455"
"""The colour of counting, and of lines and words that are not data."""

INK = "#28241f"


def use_style():
    """Draw figures in the style of the book, and in a notebook as sharp SVG.

    The style alone is `plt.style.use("rnnlib.course")`.  In a notebook every figure is drawn by
    `rnnlib.svg.figure_svg`, so that a page can give it its own ink and fonts.
    """
    plt.style.use("rnnlib.course")
    shell = "IPython" in sys.modules and sys.modules["IPython"].get_ipython()
    if shell and hasattr(shell, "kernel"):
        shell.run_line_magic("matplotlib", "inline")
        formatters = shell.display_formatter.formatters
        formatters["image/png"].pop(Figure, None)
        formatters["image/svg+xml"].for_type(Figure, figure_svg)


def learning_curve(history, levels=None, ax=None):
    """Draw training and validation loss against epochs, with the best epoch marked.

    Parameters
    ----------
    history : History
    levels : dict of str to float, optional
        Horizontal lines to compare with, such as `{"4-gram": 1.80}`.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = ax or plt.gca()
    epochs = np.arange(1, history.epochs + 1)
    curves = {"training": history.train_loss, "validation": history.validation_loss}
    for (label, losses), style in zip(curves.items(), ("--", "-"), strict=True):
        if losses:
            (line,) = ax.plot(epochs, losses, style)
            _label_end(ax, epochs[-1], losses[-1], label, line.get_color())
    losses = history.validation_loss or history.train_loss
    best = history.best_epoch
    ax.plot(best + 1, losses[best], "o", color=ax.lines[-1].get_color(), zorder=3)
    for label, level in (levels or {}).items():
        ax.axhline(level, color=GREY, lw=1, ls=":")
        _label_end(ax, epochs[-1], level, label, GREY, va="bottom")
    ax.set(xlabel="epoch", ylabel="nats per symbol")
    return ax


def ledger(rows, marks=("4-gram", "best counter"), right=2.3, ax=None):
    """Draw the results ledger: a small dot per split, a large mark for the mean, a ring for mixing.

    The ring is the mean of the column `mixed`, where the rows have one: the model's probabilities
    averaged with the best counter's.  Models that mixing does not improve have none.

    Parameters
    ----------
    rows : list of dict
        From `read_ledger`.
    marks : sequence of str
        The models to beat, if they have rows; a dotted line runs through their means.
    right : float
        Right end of the axis, in nats per symbol; models beyond it are written at the edge.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = ax or plt.gca()
    means = mean_scores(rows)
    mixed = mean_scores(rows, "mixed") if all("mixed" in row for row in rows) else means
    marks = [means[model] for model in marks if model in means]
    first = min(row["test"] for row in rows)
    for mark in marks:
        ax.axvline(mark, color=GREY, lw=1, ls=":")
    for y, (model, mean) in enumerate(means.items()):
        counts = model in ("uniform", "best counter") or model.endswith("-gram")
        color = GREY if counts else "C0"
        ringed = not counts and mean - mixed[model] > 0.005
        if ringed:
            _ring(ax, mixed[model], y, color)
        if mean > right:
            ax.text(right, y, f"{mean:.2f} →", ha="right", va="center", color=color)
            continue
        tests = [row["test"] for row in rows if row["model"] == model]
        ax.plot(tests, [y] * len(tests), "o", ms=3, color=color, alpha=0.6)
        ax.plot(mean, y, "s" if counts else "D", ms=6.5, color=color)
        x, ha = max(tests) + 0.012, "left"
        crossing = [mark for mark in marks if 0 < mark - x < 0.07]  # lines through the number
        if crossing and (ringed or min(tests) == first):  # no room on the left
            x = max(crossing) + 0.012
        elif crossing:
            x, ha = min(tests) - 0.012, "right"
        ax.text(x, y, f"{mean:.2f}", va="center", ha=ha, color=color)
    ax.set_yticks(range(len(means)), means)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    left = min(first, *mixed.values()) - 0.08  # room for a number
    ax.set(xlim=(left, right), xlabel="nats per symbol on held-out names (left is better)")
    ax.set_ylim(len(means) - 0.5, -0.8)
    return ax


def _ring(ax, x, y, color):
    ax.plot(x, y, "o", ms=7.5, mfc="none", mec=color, mew=1.6)
    number = f"{x:.2f}"
    ax.text(x - 0.018, y, number, va="center", ha="right", color=color, gid="wide")  # else crowded


def alignment(weights, source_symbols, target_symbols, ax=None):
    """Draw where attention looked: a row for each symbol written, a column for each one read.

    Parameters
    ----------
    weights : ndarray (T, S) or (T+1, S)
        A row of weights over the source for each symbol of the target, each row summing to 1; one
        more is the row of the end mark.
    source_symbols : sequence of str, length S
    target_symbols : sequence of str, length T
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        The shape of the weights does not match the symbols.
    """
    ax = ax or plt.gca()
    weights = np.asarray(weights)
    if len(weights) == len(target_symbols) + 1:
        target_symbols = [*target_symbols, END]
    shape = len(target_symbols), len(source_symbols)
    if weights.shape != shape:
        raise ValueError(
            f"weights must have one row per target symbol and one column per source symbol, "
            f"{shape}; got {weights.shape}."
        )
    image = ax.imshow(weights, aspect="auto", vmin=0, vmax=1)
    ax.set_xticks(range(shape[1]), [_visible(s) for s in source_symbols])
    ax.set_yticks(range(shape[0]), [_visible(s) for s in target_symbols])
    if max(map(len, source_symbols), default=0) > 3:  # words would run into each other
        ax.tick_params(axis="x", rotation=45)
    ax.tick_params(length=0)
    ax.set(xlabel="read", ylabel="written")
    ax.figure.colorbar(image, ax=ax, label="attention weight", pad=0.02)
    return ax


def next_symbol_map(model, vocab, name, ax=None, label=None):
    """Draw the probabilities of the next symbol after each symbol of a name, as a map.

    A column is one time step; the ring marks the symbol that really follows.

    Parameters
    ----------
    model : LanguageModel
    vocab : Vocabulary
    name : str, or sequence of symbols
        Without its end mark.
    ax : Axes, optional
    label : int, optional
        The class of the name, for a model with `num_classes`.

    Returns
    -------
    Axes
    """
    ax = ax or plt.gca()
    _, ids, _, _ = check_task(model, vocab, name, END, None, None, 0)
    logits, _, _ = model.forward(ids[:, None], None, **start_labels(label, 1))
    p = next_symbol_distribution(logits[:, 0]).T  # (V, T)
    image = ax.imshow(p, aspect="auto", vmin=0, vmax=1)
    following = [*ids[1:], *vocab.encode([END])]
    ax.plot(range(len(ids)), following, "o", ms=9, mfc="none", mec="C1", mew=1.8)
    shown = [_visible(s) for s in vocab.symbols]
    ax.set_yticks(range(len(vocab)), shown, fontsize=11)
    longest = max(map(len, vocab.symbols))
    rotation, what = (0, "letter") if longest == 1 else (90, "symbol")
    ax.set_xticks(range(len(ids)), [shown[i] for i in ids], rotation=rotation)
    ax.tick_params(length=0)
    ax.set(xlabel=f"{what} read", ylabel=f"next {what}")
    ax.figure.colorbar(image, ax=ax, label="probability", pad=0.02)
    return ax


DEGREES = ["I", "♭II", "II", "♭III", "III", "IV", "♯IV", "V", "♭VI", "VI", "♭VII", "VII"]
FUNCTIONS = {0: ("home", "C2"), 5: ("away", "C5"), 7: ("on the way home", "C3")}
FUNCTIONS |= {2: FUNCTIONS[5], 1: FUNCTIONS[7]}  # II is a kind of IV; ♭II7 replaces V7


def lead_sheet(progression, key=None, ax=None):
    """Draw a progression as players read it: four bars to a line, with the degree of each chord.

    The bars on I, on IV or II, and on V or ♭II have a colour each.  The first bar that breaks the
    rules, if one does, has a frame and a cross.

    Parameters
    ----------
    progression : sequence of str
        Chord symbols, one a bar, as in `rl.music.judge`.
    key : str, optional
        A note such as "Eb"; the degrees are counted from it, and chords are spelt for it.  By
        default the key that `judge` finds.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError, TypeError
        What `rl.music.judge` and `rl.music.spell` refuse.
    """
    ax = ax or plt.gca()
    progression = list(progression)
    verdict = judge(progression)
    key = key or written_key(verdict, progression)
    ((tonic, _),) = parse_all([key + "7"])
    lines = (len(progression) + 3) // 4
    for bar, (chord, (root, _)) in enumerate(zip(progression, parse_all(progression), strict=True)):
        x, y = bar % 4, -(bar // 4)
        above = (root - tonic) % 12
        if above in FUNCTIONS:
            color = FUNCTIONS[above][1]
            ax.add_patch(Rectangle((x, y - 0.84), 1, 0.84, fc=color, ec="none", alpha=0.16))
        ax.plot([x, x], [y - 0.84, y], color=GREY, lw=1)
        middle = dict(ha="center", va="center")
        ax.text(x + 0.5, y - 0.32, spell_in(chord, key), fontsize=17, color=INK, **middle)
        ax.text(x + 0.5, y - 0.66, DEGREES[above], color=GREY, **middle)
        if bar == verdict.violation:
            frame = dict(fc="none", ec="C1", lw=2.2, zorder=3)
            ax.add_patch(Rectangle((x + 0.02, y - 0.82), 0.96, 0.8, **frame))
            ax.text(x + 0.88, y - 0.66, "✕", color="C1", **middle)
    for line in range(lines):
        bars = min(4, len(progression) - 4 * line)
        last = line == lines - 1
        ax.plot([bars, bars], [-line - 0.84, -line], color=GREY, lw=3 if last else 1)
    ax.set(xlim=(-0.03, 4.06), ylim=(-lines + 0.1, 0.05))
    ax.axis("off")
    return ax


def unrolled(inputs, outputs, labels=("$x_t$", "$h_t$", r"$\hat{y}_t$"), ax=None):
    """Draw a recurrent network unrolled over time: inputs below, states in a row, outputs above.

    Every arrow carries the name of its weights: the same three matrices at every time step.

    Parameters
    ----------
    inputs, outputs : sequence of str
        One symbol per time step.
    labels : tuple of str
        What the three rows are called.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = ax or plt.gca()
    rows = {0: inputs, 1: [""] * len(inputs), 2: outputs}
    colors = {0: INK, 1: "C0", 2: "C0"}
    for y, symbols in rows.items():
        ax.text(-0.4, y, labels[y], ha="right", va="center", color=colors[y])
        for x, symbol in enumerate(symbols):
            ax.add_patch(
                FancyBboxPatch(
                    (x - 0.2, y - 0.2),
                    0.4,
                    0.4,
                    boxstyle="round,pad=0.03",
                    fc=(colors[y] if y == 1 else "none"),
                    ec=colors[y],
                )
            )
            ax.text(x, y, _visible(symbol), ha="center", va="center")
    for x in range(len(inputs)):
        _arrow(ax, (x, 0.25), (x, 0.75), "$W_{xh}$")
        _arrow(ax, (x, 1.25), (x, 1.75), "$W_{hy}$")
        if x:
            _arrow(ax, (x - 0.75, 1), (x - 0.25, 1), "$W_{hh}$")
    ax.set(xlim=(-1, len(inputs) - 0.4), ylim=(-0.3, 2.3), aspect="equal")
    ax.axis("off")
    return ax


def _arrow(ax, start, end, label):
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=12, color=GREY))
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    if start[0] == end[0]:
        ax.text(x + 0.06, y, label, va="center")
    else:
        ax.text(x, y + 0.05, label, ha="center", va="bottom")


def _label_end(ax, x, y, text, color, va="center"):
    ax.annotate(text, (x, y), (6, 0), textcoords="offset points", va=va, color=color)


def _visible(symbol):
    return {"\n": "⏎", " ": "␣"}.get(symbol, symbol)
