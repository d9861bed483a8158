"""What a checkpoint holds: how it is described, and what is believed when it is read."""
