"""The same network in PyTorch: there, trained or not, and back.

- `state_dicts`: a model's arrays under PyTorch's names, with NumPy alone
- `conversion`: a model becomes a module, and a module a model
- `networks`: the language model in PyTorch's own words; imports PyTorch when needed, as do
- `linear_layers`: its layers that PyTorch does not have, and
- `transformers`: the Transformer
"""
