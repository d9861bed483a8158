"""From text to numbers: vocabularies, splitters, and minibatches."""
