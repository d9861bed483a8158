"""English and French sentences from one grammar, and splits of them that ask for something new."""
