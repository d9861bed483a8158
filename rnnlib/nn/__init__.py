"""Layers: parameters, a forward pass and a backward pass.

- `cells`: the arithmetic of one time step of the RNN, the GRU, the LSTM and the linear cells
- `recurrent`: a cell unrolled over time, and back-propagation through time
- `linear_recurrent`: a cell that is linear in its state, unrolled over time
- `scan`: the linear recurrence, step by step and all at once
- `stacking`: recurrent layers on top of each other, and in both directions
- `layers`: linear layer, embedding and dropout
- `attention`: additive attention
- `self_attention`: causal multi-head attention
- `transformer`: layer norm, feed-forward network, positions, and a block of them
- `learned_start`: an initial state for each class
- `nested_state`: functions over the states of nested layers
"""
