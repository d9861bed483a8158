"""A stand-in for IPython in the browser."""
