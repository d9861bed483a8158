"""English and French sentences from one grammar.

- `pairs`: pairs of sentences, and splits that hold out combinations of words
- `drawing`: random sentences that make sense
- `sentences`: a sentence in English and in French: agreement, word order, negation
- `uses`: who does what, to whom and where
- `nouns`: the table of nouns
- `grammar`: the tables of the other words
"""
