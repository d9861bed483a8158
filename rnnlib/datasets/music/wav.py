"""Sound as a file: one channel of 16-bit samples in a WAV file.  Chapter 20."""

import wave
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
    with writing(path) as file, wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)  # bytes
        out.setframerate(int(sample_rate))
        out.writeframes(np.round(samples * 32767).astype("<i2").tobytes())


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
