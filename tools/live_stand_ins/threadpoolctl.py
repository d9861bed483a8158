"""A stand-in for threadpoolctl in the browser, where a product has one thread in any case."""


class threadpool_limits:
    """Limits that change nothing."""

    def __init__(self, limits=None, user_api=None):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def restore_original_limits(self):
        """Change nothing back."""
