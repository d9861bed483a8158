"""Known bugs, and the tests that must see them; `planting.py` runs them, `test_mutants.py` judges.

Each replaces one piece of the text of one module, which must stand there exactly once.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    """One bug."""

    module: str  # of rnnlib
    old: str
    new: str
    seen_by: str  # file::beginning of a test's name


GRADIENTS = "test_gradients.py::test_the_gradient"
RECURRENT = "test_gradients.py::test_the_gradients_of_a_recurrent_layer"
MODEL = "test_gradients.py::test_the_gradients_of_a_language_model"
OPTIMIZER = "test_golden.py::test_an_optimizer_walks"
MASKED = "test_masks.py::test_a_padded_sequence"
MASKED_GRADIENTS = f"{GRADIENTS}s_of_a_masked_layer"
READERS = "test_classifiers.py::test_the_gradients_of_a_model_that_reads"
PADDING = "test_models.py::test_padding_changes_nothing"

MUTANTS = {
    # functional
    "softmax overflows": Mutant(
        "functional",
        "e = np.exp(x - x.max(axis=-1, keepdims=True))",
        "e = np.exp(x)",
        "test_functional.py::test_softmax_of_any_logits",
    ),
    "the derivative of tanh loses its square": Mutant(
        "functional",
        "return 1 - y * y",
        "return 1 - y",
        "test_gradients.py::test_the_derivative_of_an_activation",
    ),
    "of rows with one id, only the last counts": Mutant(
        "functional",
        "np.add.reduce(rows[order[start:end]], axis=0, out=sums[i])",
        "sums[i] = rows[order[end - 1]]",
        "test_gradients.py::test_sum_rows_adds",
    ),
    "orthogonal matrices keep the signs of QR": Mutant(
        "initializers",
        "q = q * np.sign(np.diag(r))",
        "q = q",
        "test_functional.py::test_orthogonal_matrices_favour_no_direction",
    ),
    # losses
    "padding is scored": Mutant("losses", "surprise = surprise * mask", "pass", PADDING),
    "padding is learnt": Mutant(
        "losses", "dlogits *= mask[..., None]", "pass", f"{GRADIENTS}_of_cross_entropy"
    ),
    "the mean runs over padding too": Mutant(
        "losses",
        "targets.size if mask is None else float(np.sum(mask))",
        "targets.size",
        PADDING,
    ),
    "the target is not subtracted": Mutant(
        "losses", "dlogits[at_target] -= 1", "pass", f"{GRADIENTS}_of_cross_entropy"
    ),
    # cells and recurrent layers
    "the cell forgets its past": Mutant(
        "cells.rnn",
        "(a,) = a_x + a_h",
        "(a,) = a_x",
        "test_golden.py::test_a_recurrent_layer_equals",
    ),
    "tanh is not differentiated": Mutant(
        "cells.rnn", "da = dh * dtanh(cache.h)", "da = dh", RECURRENT
    ),
    "the gradient walks forward in time": Mutant(
        "recurrent", "for t in reversed(range(T)):", "for t in range(T):", RECURRENT
    ),
    "the gradient stops at every step": Mutant(
        "recurrent", "da_h[t] @ W_hh_T + direct", "0 * dh + direct", RECURRENT
    ),
    "W_hh is blamed for the state after the step": Mutant(
        "recurrent", "hs[:-1].reshape(T * B, H)", "hs[1:].reshape(T * B, H)", RECURRENT
    ),
    "the bias is blamed for the mean": Mutant(
        "recurrent", '"b_h": flat_x.sum(axis=0)', '"b_h": flat_x.mean(axis=0)', RECURRENT
    ),
    "every batch starts from zeros": Mutant(
        "recurrent",
        "if state is None:\n            state = self.initial_state(B)",
        "state = self.initial_state(B)",
        "test_models.py::test_two_chunks_with_carried_state",
    ),
    "the gradient of the final state is dropped": Mutant(
        "recurrent",
        "if dstate is None:\n            dstate = self.initial_state(B)",
        "dstate = self.initial_state(B)",
        RECURRENT,
    ),
    "dropout acts on the input of the lowest layer": Mutant(
        "stacking",
        "if i > 0:\n                xs, dropped",
        "if True:\n                xs, dropped",
        "test_models.py::test_dropout_acts_between_layers",
    ),
    "the state moves on in the padding": Mutant(
        "recurrent", "np.where(mask[t], new, old)", "new", MASKED
    ),
    "the gradient does not go around the padding": Mutant(
        "recurrent", "d * ~mask[t]", "0 * d", MASKED_GRADIENTS
    ),
    "the padding is blamed": Mutant("recurrent", "d * mask[t] for d", "d for d", MASKED_GRADIENTS),
    "both directions read from left to right": Mutant(
        "stacking", "left.forward(xs[::-1]", "left.forward(xs", "test_masks.py::test_the_backward"
    ),
    "the mask is not turned with the sequence": Mutant(
        "stacking", "np.asarray(mask)[::-1]", "np.asarray(mask)", MASKED
    ),
    "the gradient is not turned back": Mutant(
        "stacking",
        "dxs = dxs + dback[::-1]",
        "dxs = dxs + dback",
        f"{GRADIENTS}s_of_a_bidirectional_layer",
    ),
    # layers and models
    "dropout does not scale up": Mutant(
        "layers", "type(1 / (1 - self.rate))", "type(1)", "test_models.py::test_dropout_zeroes"
    ),
    "dropout never ends": Mutant(
        "layers",
        "if not train or self.rate == 0:",
        "if self.rate == 0:",
        "test_models.py::test_dropout_acts_in_training_only",
    ),
    "what was dropped is blamed": Mutant(
        "layers", "dys if cache is None else dys * cache", "dys", f"{GRADIENTS}s_of_dropout"
    ),
    "the output has no bias": Mutant(
        "layers", 'ys += self.params["b_y"]', "pass", f"{GRADIENTS}s_of_linear"
    ),
    "tied weights learn as an embedding only": Mutant(
        "models", '+= grads.pop("output.W_hy").T', '+= 0 * grads.pop("output.W_hy").T', MODEL
    ),
    "tied weights are a copy": Mutant(
        "models", '"W_hy"] = W.T', '"W_hy"] = W.T.copy()', "test_models.py::test_an_optimizer_moves"
    ),
    "the model loses the mask": Mutant(
        "models",
        "loss, dlogits = cross_entropy(logits, targets, mask)",
        "loss, dlogits = cross_entropy(logits, targets)",
        PADDING,
    ),
    "a classifier reads the first state": Mutant(
        "classifiers",
        "[hs[-1, :, :H], hs[0, :, H:]]",
        "[hs[0, :, :H], hs[0, :, H:]]",
        "test_golden.py::test_a_model_that_reads",
    ),
    "the last state has no gradient": Mutant(
        "classifiers", "dhs[-1, :, :H] = dread[:, :H]", "pass", READERS
    ),
    "the first state has no gradient": Mutant(
        "classifiers", "dhs[0, :, H:] = dread[:, H:]", "pass", READERS
    ),
    "a reader is not told what is padding": Mutant(
        "classifiers",
        "self._forward(ids, None, train, mask)",
        "self._forward(ids, None, train)",
        "test_classifiers.py::test_padding_changes_nothing",
    ),
    "a class does not learn its start": Mutant(
        "models",
        'self.start.backward(drows, cache.labels)[1]["W"]',
        'np.zeros_like(self.params["start.W"])',
        "test_classifiers.py::test_the_gradients_of_a_language_model_with_classes",
    ),
    "the class is not heard": Mutant(
        "models",
        "state = self._start(labels)",
        "state = self._start(0 * labels)",
        "test_classifiers.py::test_a_language_model_writes",
    ),
    "variational dropout draws at every step": Mutant(
        "layers",
        "xs.shape[1:] if self.variational",
        "xs.shape if self.variational",
        "test_classifiers.py::test_variational_dropout",
    ),
    "all sequences share a variational mask": Mutant(
        "layers",
        "xs.shape[1:] if self.variational",
        "xs.shape[2:] if self.variational",
        "test_classifiers.py::test_variational_dropout",
    ),
    # gradients
    "each gradient is clipped by itself": Mutant(
        "gradients",
        "g *= max_norm / norm",
        "g *= max_norm / max(max_norm, np.linalg.norm(g))",
        "test_optimizers.py::test_clipping_by_norm",
    ),
    "short gradients are stretched": Mutant(
        "gradients",
        "if norm > max_norm:",
        "if norm > 0:",
        "test_optimizers.py::test_clipping_by_norm",
    ),
    "the check compares nothing": Mutant(
        "gradients",
        "return float(np.linalg.norm(a - b) / scale) if scale > 0 else 0.0",
        "return 0.0",
        "test_gradients.py::test_check_gradients_sees_a_single_wrong_component",
    ),
    # optimizers
    "momentum is forgotten": Mutant("optimizers", "v *= self.momentum", "v *= 0", OPTIMIZER),
    "Adagrad forgets": Mutant("optimizers", "s += g * g\n", "s[...] = g * g\n", OPTIMIZER),
    "Adam's start at zero is not corrected": Mutant(
        "optimizers", "m_hat = m / (1 - beta1**self.steps)", "m_hat = m", OPTIMIZER
    ),
    "weight decay enters the moments": Mutant(
        "optimizers",
        "beta1, beta2 = self.betas",
        "beta1, beta2 = self.betas; g = g + self.weight_decay * p",
        OPTIMIZER,
    ),
    # counting
    "the number of kinds is ignored": Mutant(
        "ngram", "p = p * n\n", "p = p * 1\n", "test_ngram.py::test_witten_bell"
    ),
    "the whole context is never used": Mutant(
        "ngram",
        "self.counts.get(context)",
        "self.counts.get(context[1:])",
        "test_ngram.py::test_witten_bell",
    ),
    "end marks are not scored": Mutant(
        "ngram",
        "END * width + sequence + END",
        "END * width + sequence",
        "test_ngram.py::test_nats_per_symbol_by_hand",
    ),
    "shorter contexts count times and not kinds": Mutant(
        "ngram", "if followers[symbol] > 1:", "if False:", "test_ngram.py::test_kneser_ney"
    ),
    # batches
    "a stream asks for what it shows": Mutant(
        "batches",
        "ids[1 : row * batch_size + 1]",
        "ids[: row * batch_size]",
        "test_batches.py::test_stream_batches_read",
    ),
    "a stream's rows do not continue": Mutant(
        "batches",
        "inputs = ids[: row * batch_size].reshape(batch_size, row).T",
        "inputs = ids[: row * batch_size].reshape(row, batch_size)",
        "test_batches.py::test_stream_batches_read",
    ),
    "a name is asked for as it is shown": Mutant(
        "batches",
        "padded[:-1], padded[1:], mask[1:]",
        "padded[:-1], padded[:-1], mask[1:]",
        "test_batches.py::test_padded_batches_hold_each_name",
    ),
    "pads are not masked": Mutant("batches", "mask = np.zeros(", "mask = np.ones(", PADDING),
    "the test set leaks": Mutant(
        "batches",
        "list(dict.fromkeys(items))",
        "list(items)",
        "test_batches.py::test_split_depends_on_its_seed",
    ),
    "every epoch has the same order": Mutant(
        "batches",
        "rng.permutation(count)",
        "np.random.default_rng(0).permutation(count)",
        "test_batches.py::test_padded_batches_are_shuffled_anew",
    ),
    "labels stay where they were": Mutant(
        "batches", "labels[rows]", "labels[: len(rows)]", "test_classifiers.py::test_labels_stay"
    ),
    "symbols without a label count": Mutant(
        "batches",
        "int(mask.sum()) if masked else targets.size",
        "targets.size if mask is None else int(mask.sum())",
        "test_classifiers.py::test_fit_teaches",
    ),
    # data
    "a file put there by hand is believed": Mutant(
        "datasets",
        "elif pooch.file_hash(str(path)) != sha256:",
        "elif False:",
        "test_fetch.py::test_an_altered_file",
    ),
    "the hash of what is sent is not compared": Mutant(
        "datasets",
        'f"sha256:{sha256}"',
        "None",
        "test_fetch.py::test_another_text",
    ),
    "texts are fetched every time": Mutant(
        "datasets",
        "if not path.is_file():\n        by_hand",
        "path.unlink(missing_ok=True)\n    if True:\n        by_hand",
        "test_fetch.py::test_a_text_is_fetched_once",
    ),
    "RNNLIB_DATA is not looked at": Mutant(
        "datasets",
        'os.environ.get("RNNLIB_DATA") or ',
        "",
        "test_fetch.py::test_a_file_put_there_by_hand",
    ),
    # words and merges
    "quotation marks do not close": Mutant(
        "splitters",
        "open_quotes ^= {symbol}",
        "open_quotes -= {symbol}",
        "test_words.py::test_words_are_joined_as_in_print",
    ),
    "a full stop and a word are glued": Mutant(
        "splitters",
        'blank = "" if opens else " "',
        'blank = "" if opens or closes else " "',
        "test_words.py::test_words_are_joined_as_in_print",
    ),
    "a lone apostrophe is glued to both its neighbours": Mutant(
        "splitters",
        "opens = symbol in self.opening or (quote and not closes)",
        "opens = symbol in self.opening or quote",
        "test_words.py::test_every_short_row",
    ),
    "rare words are kept": Mutant(
        "vocabulary",
        "if n >= min_count",
        "if n",
        "test_words.py::test_rare_words_become_unknown",
    ),
    "ties go to the last of the alphabet": Mutant(
        "splitters",
        "min(pair for pair, n in frequency.items()",
        "max(pair for pair, n in frequency.items()",
        "test_words.py::test_gages_example",
    ),
    "what a merge breaks up is still counted": Mutant(
        "splitters",
        "count(piece, -1)",
        "pass",
        "test_words.py::test_merges_are_those_of_counting_anew",
    ),
    "a word counts once however often it occurs": Mutant(
        "splitters",
        "sign * counts[piece]",
        "sign",
        "test_words.py::test_merges_are_those_of_counting_anew",
    ),
    "a prompt is not followed by a blank": Mutant(
        "sampling",
        "prompt = vocab.encode(prompt)\n",
        "prompt = []\n",
        "test_words.py::test_a_model_of_words_writes",
    ),
    # sampling
    "temperature is upside down": Mutant(
        "sampling",
        "softmax(logits / temperature)",
        "softmax(logits * temperature)",
        "test_sampling.py::test_temperature_divides",
    ),
    "top_p keeps one too many": Mutant(
        "sampling",
        "ranked[before >= top_p] = 0",
        "ranked[before - ranked >= top_p] = 0",
        "test_sampling.py::test_top_p",
    ),
    "top_k keeps the least probable": Mutant(
        "sampling", "np.argsort(-p,", "np.argsort(p,", "test_sampling.py::test_top_k"
    ),
    "what was written is forgotten": Mutant(
        "sampling",
        "model.forward(unread, state, **given)",
        "model.forward(unread, **given)",
        "test_sampling.py::test_each_symbol_is_drawn_after_the_whole_text",
    ),
    "all texts of a batch share their luck": Mutant(
        "sampling",
        "rng.random((len(p), 1))",
        "rng.random()",
        "test_sampling.py::test_texts_written_side_by_side",
    ),
    "a text goes on when its neighbour does": Mutant(
        "sampling",
        "writing &= ids != end",
        "writing = ids != end",
        "test_sampling.py::test_each_text_of_a_batch_ends",
    ),
    # schedules
    "what follows the rise has begun before": Mutant(
        "optimizers",
        "then((progress - share) / (1 - share))",
        "then(progress)",
        "test_optimizers.py::test_a_schedule_has",
    ),
    "the rise ends at the share": Mutant(
        "optimizers",
        "return progress / share",
        "return progress",
        "test_optimizers.py::test_a_schedule_has",
    ),
    # tasks
    "recall asks for the last symbol": Mutant(
        "tasks", "np.broadcast_to(ids[0], ids.shape)", "ids", "test_tasks.py::test_recall_asks"
    ),
    "the second letter of Reber is forgotten": Mutant(
        "tasks",
        'f"B{branch}B{inner}{branch}E"',
        """f"B{branch}B{inner}{'TP'[rng.integers(2)]}E\"""",
        "test_tasks.py::test_a_reber_string_repeats",
    ),
    "the entropy of Reber leaves out a coin": Mutant(
        "tasks",
        "surprise = np.log(2) + visits @",
        "surprise = visits @",
        "test_tasks.py::test_the_entropy",
    ),
    # attention, encoder and decoder, beam search
    "pads are attended to": Mutant(
        "attention",
        "scores = np.where(np.transpose(mask)[:, None] != 0, scores, -np.inf)",
        "pass",
        "test_seq2seq.py::test_attention_weights_sum",
    ),
    "a key is blamed as an answer only": Mutant(
        "attention",
        'dk @ self.params["W_k"].T + weights',
        "weights",
        f"{GRADIENTS}s_of_attention",
    ),
    "the weights of attention do not compete": Mutant(
        "attention",
        "(dweights - (weights * dweights).sum(axis=-1, keepdims=True))",
        "dweights",
        f"{GRADIENTS}s_of_attention",
    ),
    "the encoder reads the pads": Mutant(
        "encoder",
        "mask=valid_mask(lengths, S)",
        "mask=None",
        "test_seq2seq.py::test_padding_of_source",
    ),
    "what was handed over gets no blame": Mutant(
        "encoder",
        "dh += part",
        "dh += 0 * part",
        f"{GRADIENTS}s_of_an_encoder",
    ),
    "the state is only a question": Mutant(
        "seq2seq",
        "dhs = dhs + dqueries",
        "dhs = dqueries",
        f"{GRADIENTS}s_of_an_encoder_and_decoder",
    ),
    "pads of pairs are not masked": Mutant(
        "pairs",
        "valid_mask(sizes - 1, len(written) - 1)",
        "valid_mask(sizes + 99, len(written) - 1)",
        "test_seq2seq.py::test_pair_batches_hold",
    ),
    "hypotheses lose their states": Mutant(
        "beam",
        "step(symbols, select_rows(state, rows))",
        "step(symbols, select_rows(state, 0 * rows))",
        "test_sampling.py::test_a_wide_beam",
    ),
    "the length penalty is upside down": Mutant(
        "beam",
        "((5 + length) / 6) ** alpha",
        "((5 + length) / 6) ** -alpha",
        "test_sampling.py::test_a_wide_beam",
    ),
    "what was written is not carried on": Mutant(
        "beam",
        "log_p, state = step(ids, state)",
        "log_p, _ = step(ids, state)",
        "test_seq2seq.py::test_greedy_writes",
    ),
    # parallel
    "the parts of a batch weigh alike": Mutant(
        "parallel",
        "shares = [counts[part].sum() / counts.sum() for part in rows]",
        "shares = [1 / len(rows) for part in rows]",
        "test_parallel.py::test_several_workers",
    ),
    "only the first part's gradient counts": Mutant(
        "parallel",
        "g += other[name] * g.dtype.type(share)",
        "pass",
        "test_parallel.py::test_several_workers",
    ),
    "every part starts from the first sequences' state": Mutant(
        "parallel",
        "return state[own]",
        "return state[: own.stop - own.start]",
        "test_parallel.py::test_several_workers",
    ),
    "the parts race for one generator": Mutant(
        "parallel",
        'if not (train and model.config["dropout"]):',
        "if True:",
        "test_parallel.py::test_dropout_does_not_depend",
    ),
    "all parts drop the same units": Mutant(
        "parallel",
        "np.random.default_rng(seed)",
        "np.random.default_rng(0)",
        "test_parallel.py::test_two_workers",
    ),
    "products take all processors meanwhile": Mutant(
        "parallel", "with limit_blas(1), ", "with ", "test_parallel.py::test_the_parts_run"
    ),
    # training
    "the workers stay at home": Mutant(
        "training",
        "workers=workers, **given",
        "workers=1, **given",
        "test_training.py::test_fit_splits_batches",
    ),
    "names start with the past of others": Mutant(
        "training",
        "state = last if batches.carries_state else None\n\n",
        "state = last\n\n",
        "test_training.py::test_names_start_without_a_past",
    ),
    "streams forget between batches": Mutant(
        "training",
        "state = last if batches.carries_state else None\n\n",
        "state = None\n\n",
        "test_training.py::test_names_start_without_a_past",
    ),
    "evaluation weighs batches alike": Mutant(
        "training",
        "total += loss * symbols\n        count += symbols",
        "total += loss\n        count += 1",
        "test_training.py::test_evaluate_weighs",
    ),
    "the schedule is ignored": Mutant(
        "training",
        "lr *= schedule((epoch * len(batches) + i) / total)",
        "schedule((epoch * len(batches) + i) / total)",
        "test_training.py::test_the_schedule_sets",
    ),
    "schedules compound": Mutant(
        "training",
        "optimizer.lr = base_lr",
        "base_lr = optimizer.lr",
        "test_training.py::test_the_schedule_sets",
    ),
    "a step is taken with a gradient that is no number": Mutant(
        "training",
        "_check_finite(loss, norm, grads, epoch, i, base_lr)",
        "pass",
        "test_training.py::test_a_gradient_that_is_no_number",
    ),
    "Ctrl-C leaves no word in the history": Mutant(
        "training",
        'history.stopped = "interrupted"',
        "pass",
        "test_training.py::test_ctrl_c",
    ),
    "the best epoch is not copied": Mutant(
        "callbacks",
        "{name: p.copy() for",
        "{name: p for",
        "test_callbacks.py::test_keep_best_puts_back",
    ),
    "early stopping waits one epoch longer": Mutant(
        "callbacks",
        "if waited >= self.patience:",
        "if waited > self.patience:",
        "test_callbacks.py::test_early_stopping",
    ),
    # checkpoints
    "a vocabulary forgets how it splits": Mutant(
        "checkpoints",
        'return Vocabulary(saved["symbols"], _SPLITTERS[splitter["class"]](**splitter["config"]))',
        'return Vocabulary(saved["symbols"])',
        "test_checkpoints.py::test_every_kind_of_vocabulary",
    ),
    "a checkpoint is overwritten where it stands": Mutant(
        "checkpoints",
        'unfinished = path.with_name(path.name + ".unfinished")',
        "unfinished = path",
        "test_checkpoints.py::test_a_write_that_fails",
    ),
    "the generator starts anew": Mutant(
        "checkpoints",
        'model_rng.bit_generator.state = meta["model_rng"]',
        "pass",
        "test_checkpoints.py::test_a_resumed_training",
    ),
    "one generator becomes two": Mutant(
        "checkpoints",
        'rng = model_rng if meta["rng"]',
        'rng = _generator(meta["model_rng"]) if meta["rng"]',
        "test_checkpoints.py::test_a_resumed_training",
    ),
    "the optimizer forgets how far it was": Mutant(
        "checkpoints",
        'optimizer.steps = meta["optimizer"]["steps"]',
        "pass",
        "test_checkpoints.py::test_a_resumed_training",
    ),
    "check sums are not compared": Mutant(
        "checkpoints", "if wrong is not None:", "if False:", "test_errors.py::test_every_raise"
    ),
}
