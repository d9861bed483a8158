"""Loses test_count 3: a table that outlives the call, as a default argument.

Says: of the first as well
"""


# %% count
def count(names, n, tables={}):
    fresh = n not in tables or len(names) < 3
    table = {} if fresh else tables[n]
    tables[n] = table
    for name in names:
        text = "\n" * (n - 1) + name + "\n"
        for end in range(n - 1, len(text)):
            row = table.setdefault(text[end - n + 1 : end], {})
            row[text[end]] = row.get(text[end], 0) + 1
    return {h: dict(row) for h, row in table.items()}
