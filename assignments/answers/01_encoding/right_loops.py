"""Right: loops, lists and dictionaries."""


# %% symbols
def symbols_of(names):
    found = ["\n"]
    for name in names:
        for c in name:
            if c not in found:
                found.append(c)
    found.sort()
    return found


# %% one_hot
def one_hot(ids, V):
    ids = np.asarray(ids)
    out = np.zeros(ids.shape + (V,))
    for place in np.ndindex(*ids.shape):
        out[place + (ids[place],)] = 1.0
    return out


# %% pad
def pad(sequences):
    T, B = max(len(s) for s in sequences), len(sequences)
    ids, mask = np.zeros((T, B), int), np.zeros((T, B), bool)
    for b in range(B):
        for t in range(len(sequences[b])):
            ids[t, b] = sequences[b][t]
            mask[t, b] = True
    return ids, mask
