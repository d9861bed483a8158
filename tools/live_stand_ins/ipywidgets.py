"""A stand-in for ipywidgets in the browser: `interact` calls its function once, with first values.

The page has demos of its own to play with.
"""


class _Slider:
    def __init__(self, value=None, *, min=0, **settings):
        self.value = min if value is None else value


class Dropdown:
    def __init__(self, options=(), value=None, **settings):
        first = next(iter(options))
        self.value = value or (first[1] if isinstance(first, tuple) else first)


FloatLogSlider = FloatSlider = IntSlider = Text = _Slider


def _first(setting):
    return setting[0] if isinstance(setting, (list, tuple)) else getattr(setting, "value", setting)


def interact(function=None, **settings):
    """Call a function with the first value of each setting."""
    if function is None:
        return lambda function: interact(function, **settings)
    function(**{name: _first(setting) for name, setting in settings.items()})
    return function
