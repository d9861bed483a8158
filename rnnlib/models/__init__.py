"""Whole models: networks that predict, read or translate, and the counters to beat.

- `ngram`: Witten–Bell and Kneser–Ney
- `ngram_symbols`: the sequences that they count
- `model`: the parts that all networks share
- `network`: ids → recurrent layers → logits, shared by all but the translator
- `language`: the language model
- `transformer`: the language model without recurrence
- `classifiers`: one class for a sequence, or one for each of its symbols
- `seq2seq`: the translator
- `encoder`: its reader
- `decoder`: its writer
"""
