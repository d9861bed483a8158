"""Loses test_count 4: names never end.

Says: end of a name is not counted
"""


# %% count
def count(names, n):
    table = {}
    for name in names:
        text = "\n" * (n - 1) + name
        for end in range(n - 1, len(text)):
            row = table.setdefault(text[end - n + 1 : end], {})
            row[text[end]] = row.get(text[end], 0) + 1
    return table
