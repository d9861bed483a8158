"""The demos of the book in a notebook.

- `demo`: a demo by its name, for Jupyter and for the page
"""
