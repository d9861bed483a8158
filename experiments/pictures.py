"""The pictures of the tables in results/: each an svg file next to its table.

python experiments/pictures.py                       # draw all of them again
python experiments/pictures.py names                 # or some
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt

from rnnlib import plots, read_ledger
from rnnlib.svg import figure_svg

RESULTS = Path(__file__).parent.parent / "results"


def speed(rows, ax=None):
    """Draw how many times as fast as PyTorch each cell takes a training step, for each size.

    Parameters
    ----------
    rows : list of dict
        From `read_ledger("results/speed.csv")`; those of steps are drawn.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = ax or plt.gca()
    rows = [row for row in rows if row["what"] == "step"]
    sizes = list(dict.fromkeys(row["H"] for row in rows))
    cells = list(dict.fromkeys(row["cell"] for row in rows))
    for i, (cell, marker) in enumerate(zip(cells, "osD", strict=False)):
        own = [row for row in rows if row["cell"] == cell]
        places = [sizes.index(row["H"]) + 0.27 * (i - 1) for row in own]
        ratios = [row["ratio"] for row in own]
        ax.plot(places, ratios, marker, ms=7, label=cell.upper())
        for x, ratio in zip(places, ratios, strict=True):
            ax.annotate(f"{ratio:.2f}", (x, ratio), (0, 7), textcoords="offset points", ha="center")
    ax.axhline(1, color=plots.GREY, lw=1, ls=":")
    ax.set_xticks(range(len(sizes)), [f"{size:.0f}" for size in sizes])
    ax.set(xlabel="units", ylabel="time of PyTorch / time of rnnlib", ylim=(0, None))
    ax.legend()
    return ax


def memory(rows, ax=None):
    """Draw the peak memory of a training step against the steps in time, both as powers.

    Parameters
    ----------
    rows : list of dict
        From `read_ledger("results/peak_memory.csv")`: "T" is solid, "truncated" dashed.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = ax or plt.gca()
    cells = list(dict.fromkeys(row["cell"] for row in rows))
    for what, style in (("T", "o-"), ("truncated", "s--")):
        for i, cell in enumerate(cells):
            own = [row for row in rows if (row["what"], row["cell"]) == (what, cell)]
            if own:
                times, sizes = ([row[name] for row in own] for name in ("T", "rnnlib MB"))
                label = cell.upper() if what == "T" else f"{cell.upper()}, windows"
                ax.loglog(times, sizes, style, color=f"C{i}", ms=5, label=label)
    lengths = sorted({row["T"] for row in rows if row["what"] in ("T", "truncated")})
    ax.set_xticks(lengths, [f"{length:.0f}" for length in lengths], minor=False)
    ax.set_xticks([], minor=True)
    ax.set(xlabel="time steps", ylabel="peak memory of a step (MB)")
    ax.legend()
    return ax


def ledger(rows, ax=None):
    """Draw the ledger, and say what its marks are."""
    ax = plots.ledger(rows, ax=ax)
    network, counter, mixed = (
        plt.Line2D([], [], ls="", marker=marker, ms=6.5, mec=color, mew=1.6, mfc=fill, label=label)
        for marker, color, fill, label in (
            ("D", "C0", "C0", "network"),
            ("s", plots.GREY, plots.GREY, "counter"),
            ("o", "C0", "none", "network and best counter"),
        )
    )
    ax.legend(handles=[network, counter, mixed], loc="lower right", bbox_to_anchor=(1, 1))
    return ax


PICTURES = {
    "names": (ledger, (7, 8), "Mixed with a counter, every network beats it"),
    "speed": (speed, (7, 4), ""),
    "peak_memory": (memory, (7, 4), ""),
}
"""What draws each table, the size in inches, and the title."""


def draw(name, folder=RESULTS):
    """Draw a table into an svg file next to it: the same bytes for the same rows."""
    function, figsize, title = PICTURES[name]
    table = folder / f"{name}.csv"
    with plt.style.context("rnnlib.course"):
        figure, ax = plt.subplots(figsize=figsize)
        function(read_ledger(table), ax=ax)
        ax.set_title(title)
        table.with_suffix(".svg").write_text(figure_svg(figure), encoding="utf-8")
        plt.close(figure)


def main():
    """Draw the pictures asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="TABLE", help=", ".join(PICTURES))
    names = parser.parse_args().names or list(PICTURES)
    if unknown := set(names) - set(PICTURES):
        parser.error(f"no picture is drawn of {', '.join(sorted(unknown))}")
    for name in names:
        draw(name)


if __name__ == "__main__":
    main()
