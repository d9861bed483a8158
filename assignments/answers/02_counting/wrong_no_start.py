"""Loses test_count 4: names without marks in front.

Says: should begin with
"""


# %% count
def count(names, n):
    table = {}
    for name in names:
        text = name + "\n"
        for end in range(n - 1, len(text)):
            row = table.setdefault(text[end - n + 1 : end], {})
            row[text[end]] = row.get(text[end], 0) + 1
    return table
