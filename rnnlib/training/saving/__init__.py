"""The parts of a checkpoint: how each is described, and checked before it is believed.

- `archive`: the .npz file, read without trusting it
- `classes`: a class and its arguments; only a known class is built
- `descriptions`: models, optimizers and vocabularies
- `records`: the history of a run, and its position
- `generators`: the state of a random generator
- `shapes`: the shapes of a model's parameters
- `json_values`: checks of single values
"""
