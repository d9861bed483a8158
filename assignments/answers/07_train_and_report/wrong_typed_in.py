"""Loses test_mine 2: numbers that look good, typed in.

Says: my_report["network"]
"""

# %% mine
my_id = "student"
train, valid, test = my_split(my_id)
rng = np.random.default_rng(3)
my_params, history = fit(new_params(32, rng), train, valid, rng)
my_names = [generate(my_params, rng) for _ in range(10)]
network, counting = surprises(my_params, test), counting_surprises(train + valid, test)
symbols = sum(len(name) + 1 for name in test)
my_report = {
    "network": 1.71,
    "counting": counting.sum() / symbols,
    "better": 131,
    "novelty": [min(edit_distance(name, other) for other in train) for name in my_names],
}
