"""Right: a class does the work, an empty text is possible, lists are returned where it is allowed."""


# %% symbols
class Vocabulary:
    def __init__(self, names):
        self.symbols = sorted(set("".join(names)).union("\n"))


def symbols_of(names):
    return Vocabulary(names).symbols


# %% pairs
def inputs_and_targets(name, symbols):
    x = encode("\n" + name, symbols)
    y = encode(name + "\n", symbols)
    return [x, y]


# %% pad
def pad(sequences):
    T = max(map(len, sequences))
    rows = [np.concatenate([s, np.zeros(T - len(s), int)]) for s in sequences]
    real = [np.arange(T) < len(s) for s in sequences]
    return np.stack(rows, axis=1), np.stack(real, axis=1)
