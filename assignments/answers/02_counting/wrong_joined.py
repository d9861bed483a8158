"""Loses test_count 2: one text of all names, so that contexts reach into the name before.

Says: joined together
"""


# %% count
def count(names, n):
    text, table = "\n" * (n - 1) + "".join(name + "\n" for name in names), {}
    for end in range(n - 1, len(text)):
        row = table.setdefault(text[end - n + 1 : end], {})
        row[text[end]] = row.get(text[end], 0) + 1
    return table
