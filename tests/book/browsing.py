"""How the tests of built pages start their browser."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 600_000
"""Milliseconds, against what hangs; a machine that is merely busy takes its time."""
