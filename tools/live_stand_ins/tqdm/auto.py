"""The part of tqdm that rnnlib uses; a page shows the line in place of a bar."""

import time

import live_page


class tqdm:
    """Count steps, and say so to the page a few times a second."""

    def __init__(self, iterable=None, total=None, initial=0, **options):
        self.iterable, self.n, self.words, self._told = iterable, initial, "", 0.0
        self.total = total or (len(iterable) if hasattr(iterable, "__len__") else None)

    def __iter__(self):
        for item in self.iterable:
            yield item
            self.update()
        self.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def update(self, n=1):
        self.n += n
        if time.monotonic() - self._told > 0.2:
            self._tell()

    def set_postfix_str(self, words):
        self.words = words
        self._tell()

    def close(self):
        live_page.send("progress", "")

    def _tell(self):
        self._told = time.monotonic()
        share = f" of {self.total}" if self.total else ""
        live_page.send("progress", f"{self.n}{share} steps  {self.words}".strip())
