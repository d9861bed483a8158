"""Loses test_mine 5: the network of another student.

Says: not the name under which
"""

# %% mine
my_id = "ada"
train, valid, test = my_split(my_id)
rng = np.random.default_rng(3)
my_params, history = fit(new_params(32, rng), train, valid, rng)
my_names = [generate(my_params, rng) for _ in range(10)]
network, counting = surprises(my_params, test), counting_surprises(train + valid, test)
symbols = sum(len(name) + 1 for name in test)
my_report = {
    "network": network.sum() / symbols,
    "counting": counting.sum() / symbols,
    "better": int((network < counting).sum()),
    "novelty": [min(edit_distance(name, other) for other in train) for name in my_names],
}
