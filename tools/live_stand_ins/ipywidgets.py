"""A stand-in for ipywidgets in the browser: `interact` calls its function once, with first values.

The page has demos of its own to play with.
"""


class _Widget:
    def __init__(self, value=None, *, min=0, options=(), **settings):
        first = options[0] if options else min
        first = first[1] if isinstance(first, tuple) else first
        self.value = first if value is None else value


class Dropdown(_Widget):
    def __init__(self, options=(), value=None, **settings):
        super().__init__(value, options=list(options))


FloatLogSlider = FloatSlider = IntSlider = SelectionSlider = Text = ToggleButtons = _Widget
ToggleButtons = SelectionSlider = RadioButtons = Dropdown
Checkbox = _Widget


def _first(setting):
    if isinstance(setting, _Widget):
        return setting.value
    if isinstance(setting, list):
        return setting[0]
    if isinstance(setting, tuple):
        return setting[0] if len(setting) == 2 else setting[-1]
    return setting


def interact(function=None, **settings):
    """Call a function with the first value of each setting."""
    if function is None:
        return lambda function: interact(function, **settings)
    function(**{name: _first(setting) for name, setting in settings.items()})
    return function
