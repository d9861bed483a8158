"""Loses test_mine 4: fewer training names than agreed.

Says: my_score
"""

# %% mine
my_id = "student"
train, test = my_split(my_id)
my_score = score([count(train[:1100], n) for n in range(1, 5)], test, V)
