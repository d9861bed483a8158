"""Sound as a file: one channel of 16-bit samples in a WAV file; and on a page.  Chapter 20."""

import base64
import io
import wave
from html import escape
from numbers import Integral

import numpy as np

from ...errors import require, require_type
from ...files import file_path, writing


def write_wav(path, samples, sample_rate):
    """Write samples between -1 and 1 to a WAV file, one channel of 16 bits.

    The file appears whole or not at all.

    Parameters
    ----------
    path : str or Path
        An old file is replaced; "~" is the home folder.
    samples : ndarray (length,) of float
    sample_rate : int
        Samples per second, as given to `sound`.

    Raises
    ------
    ValueError, TypeError
        No samples, more than one channel, samples that are not floats or not between -1 and 1.
    FileNotFoundError
        The folder does not exist.

    Examples
    --------
    >>> samples = rl.music.sound(["Dm7", "G7", "Cmaj7"])
    >>> rl.music.write_wav("cadence.wav", samples, 22050)
    """
    samples = _checked(samples, sample_rate)
    _require_folder(path)
    with writing(path) as file:
        _write(file, np.round(samples * 32767).astype("<i2"), sample_rate)


class Player:
    """Samples as a notebook or a page plays them: a WAV of 8 bits inside the page itself.

    A chorus of twelve bars at 8,000 samples a second takes 0.2 MB.

    Parameters
    ----------
    samples, sample_rate
        As in `write_wav`.
    words : str
        What is to be heard, in words: for those who cannot hear it, and where nothing plays.

    Raises
    ------
    ValueError, TypeError
        As in `write_wav`.

    Examples
    --------
    >>> samples = rl.music.sound(["Dm7", "G7", "Cmaj7"], sample_rate=8000)
    >>> rl.music.Player(samples, 8000, "Dm7, G7, Cmaj7, played by a trio")
    Dm7, G7, Cmaj7, played by a trio (10 seconds of sound)
    """

    def __init__(self, samples, sample_rate, words):
        self.samples = _checked(samples, sample_rate)
        self.sample_rate, self.words = sample_rate, words

    def __repr__(self):
        return f"{self.words} ({len(self.samples) / self.sample_rate:.0f} seconds of sound)"

    def wav(self):
        """Return the bytes of a WAV file of one channel of 8 bits, which have no sign."""
        file = io.BytesIO()
        _write(file, np.round(self.samples * 127 + 128).astype(np.uint8), self.sample_rate)
        return file.getvalue()

    def _repr_html_(self):
        data, words = base64.b64encode(self.wav()).decode(), escape(self.words)
        return (
            f'<figure style="margin:0"><audio controls preload="metadata" aria-label="{words}" '
            f'style="width:100%;max-width:30em" src="data:audio/wav;base64,{data}"></audio>'
            f"<figcaption>{words}</figcaption></figure>"
        )


def _write(file, numbers, sample_rate):
    """Write one channel of samples, each of as many bytes as its number has."""
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(numbers.itemsize)
        out.setframerate(int(sample_rate))
        out.writeframes(numbers.tobytes())


def _checked(samples, sample_rate):
    whole = isinstance(sample_rate, Integral) and not isinstance(sample_rate, bool)
    require_type(whole, f"sample_rate must be a whole number, got {sample_rate!r:.60}.")
    require(
        1 <= sample_rate <= 192_000,
        f"sample_rate must be between 1 and 192,000, got {sample_rate}.",
    )
    samples = np.asarray(samples)
    require_type(
        np.issubdtype(samples.dtype, np.floating),
        f"samples must be floats between -1 and 1, got {samples.dtype}.",
    )
    require(
        samples.ndim == 1 and len(samples),
        f"samples must be one channel, an array (length,), got the shape {samples.shape}.",
    )
    finite = np.isfinite(samples)
    require(finite.all(), f"Sample {finite.argmin():,} is not a finite number.")
    loudest = np.abs(samples).max()
    require(
        loudest <= 1,
        f"samples must be between -1 and 1, got {loudest:.4g}: clipping would distort them. "
        "Divide them by np.abs(samples).max().",
    )
    return samples.astype(np.float64)


def _require_folder(path):
    folder = file_path(path).parent
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {str(folder)!r} to write {str(path)!r} in.")
