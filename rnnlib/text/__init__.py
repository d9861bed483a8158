"""From text to numbers and back: vocabularies, splits, and minibatches.

- `vocabulary`: the table between symbols and ids
- `splitters`: how a text is cut into characters, words or merged pairs, and joined again
- `graphemes`: which characters belong together
- `merging`: byte-pair merging
- `split`: training, validation and test sets
- `batches`: `Batch`, the arguments of one call of a model, and `Batches`, those of an epoch
- `sequence_batches`: batches of names, and of sequences to classify or tag
- `stream_batches`: batches of one long text
- `pair_batches`: batches of sources and targets
- `padding`: sequences of different lengths in one array, and the mask of what is padding
- `list_checks`: checks of lists of texts and of their labels
"""
