"""Right: sorting, masks, and a class that draws."""


# %% nucleus
def nucleus(probs, p):
    order = np.lexsort((np.arange(len(probs)), -probs))
    size = 1 + np.searchsorted(np.cumsum(probs[order]), p - 1e-12)
    mask = np.isin(np.arange(len(probs)), order[:size])
    return np.where(mask, probs, 0) / probs[mask].sum()


# %% generate
class Writer:
    def __init__(self, next_scores, rng, temperature, p):
        self.next_scores, self.rng, self.settings = next_scores, rng, (temperature, p)

    def draw(self, ids):
        temperature, p = self.settings
        probs = nucleus(probabilities(self.next_scores(ids), temperature), p)
        return int(self.rng.choice(len(probs), p=probs))


def generate(next_scores, rng, temperature=1.0, p=1.0, longest=30):
    writer, ids = Writer(next_scores, rng, temperature, p), [0]
    for _ in range(longest):
        ids = ids + [writer.draw(ids)]
        if ids[-1] == 0:
            return ids[1:-1]
    return ids[1:]
