"""Show the built book at http://localhost:8000, so that its pages may share memory with Python.

python -m tools.serve [FOLDER]

With the two headers a browser lets a page stop a running cell at once.
"""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT = 8000


class Handler(SimpleHTTPRequestHandler):
    """Files of a folder, kept apart from pages of other origins."""

    def end_headers(self):
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "credentialless")
        super().end_headers()

    def log_message(self, *words):
        """Say nothing about each request."""


def server(folder, port=PORT):
    """Return a server of a folder, for this machine alone."""
    return ThreadingHTTPServer(("localhost", port), partial(Handler, directory=str(folder)))


def main():
    root = Path(__file__).parents[1]
    folder = Path(sys.argv[1]) if sys.argv[1:] else root / "_build" / "html"
    with server(folder) as running:
        print(f"http://localhost:{PORT} shows {folder}. Ctrl-C ends it.")
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
