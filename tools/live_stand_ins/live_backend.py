"""A backend of Matplotlib in the browser: `plt.show()` sends the figures to the page."""

from live_session import Session
from matplotlib.backend_bases import FigureManagerBase as FigureManager
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

__all__ = ["FigureCanvas", "FigureManager", "show"]


def show(*, block=None):
    """Show the open figures below the cell that runs."""
    Session.current.show_figures()
