"""Loses test_mine 4: a number that belongs to another student.

Says: not the name under which
"""

# %% mine
my_id = "ada"
train, test = my_split(my_id)
my_score = score([count(train, n) for n in range(1, 5)], test, V)
