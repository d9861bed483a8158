"""Learning: gradients, optimizers, the training loop and what watches it, checkpoints."""
