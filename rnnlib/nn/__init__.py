"""Layers: what has parameters, a forward and a backward pass."""
