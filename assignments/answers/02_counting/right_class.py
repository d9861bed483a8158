"""Right: the model is a class with a cache; the functions call it."""


# %% probability
class Model:
    def __init__(self, tables, V):
        self.tables, self.V = tables, V

    def p(self, h, w, k):
        if k < 0:
            return 1 / self.V
        row = self.tables[k].get(h[len(h) - k :], {})
        total, kinds = sum(row.values()), len(row)
        lower = self.p(h, w, k - 1)
        return lower if total == 0 else (row.get(w, 0) + kinds * lower) / (total + kinds)


def probability(tables, context, symbol, V):
    return Model(tables, V).p(context, symbol, min(len(tables) - 1, len(context)))
