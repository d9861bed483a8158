"""A stand-in for IPython.display in the browser: what a cell shows as HTML."""


class HTML:
    """HTML that the page shows as it is."""

    def __init__(self, data):
        self.data = data

    def _repr_html_(self):
        return self.data
