"""A stand-in for tqdm in the browser: progress is one line below the cell."""

from .auto import tqdm

__all__ = ["tqdm"]
