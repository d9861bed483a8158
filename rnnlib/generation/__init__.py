"""Writing: drawing symbols, searching for probable texts, and telling new from copied.

- `sampling`: temperature, top-k, top-p, and texts drawn with them
- `beam`: greedy decoding and beam search
- `stops`: where a text ends
- `translation`: translations, and their alignment with the source
- `novelty`: the share of names that are new
- `copies`: the longest runs of letters copied from the training names
- `distance`: the edit distance to the nearest training name
- `sampling_checks`: checks of the arguments of sampling and searching
"""
