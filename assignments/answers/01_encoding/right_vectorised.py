"""Right: the identity matrix, np.take, np.searchsorted."""


# %% encode
def encode(text, symbols):
    table = np.array(symbols)
    order = np.argsort(table)
    letters = np.array(list(text))
    places = np.searchsorted(table[order], letters)
    places = np.minimum(places, len(table) - 1)
    ids = order[places]
    wrong = table[ids] != letters
    if wrong.any():
        raise ValueError("unknown symbol: " + letters[wrong][0])
    return ids


def decode(ids, symbols):
    return "".join(np.take(symbols, ids).tolist())


# %% one_hot
def one_hot(ids, V):
    return np.eye(V)[ids]


# %% embed
def embed(ids, W):
    return np.take(W, ids, axis=0)
