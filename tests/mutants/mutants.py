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


GRADIENTS = "nn/test_gradients.py::test_the_gradient"
RECURRENT = "nn/test_gradients.py::test_the_gradients_of_a_recurrent_layer"
MODEL = "nn/test_gradients.py::test_the_gradients_of_a_language_model"
OPTIMIZER = "test_golden.py::test_an_optimizer_walks"
MASKED = "nn/test_masks.py::test_a_padded_sequence"
MASKED_GRADIENTS = f"{GRADIENTS}s_of_a_masked_layer"
READERS = "models/test_classifiers.py::test_the_gradients_of_a_model_that_reads"
PADDING = "models/test_models.py::test_padding_changes_nothing"

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
        "nn/test_gradients.py::test_the_derivative_of_an_activation",
    ),
    "of rows with one id, only the last counts": Mutant(
        "functional",
        "np.add.reduce(rows[order[start:end]], axis=0, out=sums[i])",
        "sums[i] = rows[order[end - 1]]",
        "nn/test_gradients.py::test_sum_rows_adds",
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
        "nn.cells.rnn",
        "(a,) = a_x + a_h",
        "(a,) = a_x",
        "test_golden.py::test_a_recurrent_layer_equals",
    ),
    "tanh is not differentiated": Mutant(
        "nn.cells.rnn", "da = dh * dtanh(cache.h)", "da = dh", RECURRENT
    ),
    "the gradient walks forward in time": Mutant(
        "nn.recurrent", "for t in reversed(range(T)):", "for t in range(T):", RECURRENT
    ),
    "the gradient stops at every step": Mutant(
        "nn.recurrent", "da_h[t] @ W_hh_T + direct", "0 * dh + direct", RECURRENT
    ),
    "W_hh is blamed for the state after the step": Mutant(
        "nn.recurrent", "hs[:-1].reshape(T * B, H)", "hs[1:].reshape(T * B, H)", RECURRENT
    ),
    "the bias is blamed for the mean": Mutant(
        "nn.recurrent", '"b_h": flat_x.sum(axis=0)', '"b_h": flat_x.mean(axis=0)', RECURRENT
    ),
    "every batch starts from zeros": Mutant(
        "nn.recurrent",
        "if state is None:\n            state = self.initial_state(B)",
        "state = self.initial_state(B)",
        "models/test_models.py::test_two_chunks_with_carried_state",
    ),
    "the gradient of the final state is dropped": Mutant(
        "nn.recurrent",
        "if dstate is None:\n            dstate = self.initial_state(B)",
        "dstate = self.initial_state(B)",
        RECURRENT,
    ),
    "dropout acts on the input of the lowest layer": Mutant(
        "nn.stacking",
        "if i > 0:\n                xs, dropped",
        "if True:\n                xs, dropped",
        "models/test_models.py::test_dropout_acts_between_layers",
    ),
    "the state moves on in the padding": Mutant(
        "nn.recurrent", "np.where(mask[t], new, old)", "new", MASKED
    ),
    "the gradient does not go around the padding": Mutant(
        "nn.recurrent", "d * ~mask[t]", "0 * d", MASKED_GRADIENTS
    ),
    "the padding is blamed": Mutant(
        "nn.recurrent", "d * mask[t] for d", "d for d", MASKED_GRADIENTS
    ),
    "both directions read from left to right": Mutant(
        "nn.stacking",
        "left.forward(xs[::-1]",
        "left.forward(xs",
        "nn/test_masks.py::test_the_backward",
    ),
    "the mask is not turned with the sequence": Mutant(
        "nn.stacking", "np.asarray(mask)[::-1]", "np.asarray(mask)", MASKED
    ),
    "the gradient is not turned back": Mutant(
        "nn.stacking",
        "dxs = dxs + dback[::-1]",
        "dxs = dxs + dback",
        f"{GRADIENTS}s_of_a_bidirectional_layer",
    ),
    # layers and models
    "dropout does not scale up": Mutant(
        "nn.layers",
        "type(1 / (1 - self.rate))",
        "type(1)",
        "models/test_models.py::test_dropout_zeroes",
    ),
    "dropout never ends": Mutant(
        "nn.layers",
        "if not train or self.rate == 0:",
        "if self.rate == 0:",
        "models/test_models.py::test_dropout_acts_in_training_only",
    ),
    "what was dropped is blamed": Mutant(
        "nn.layers", "dys if cache is None else dys * cache", "dys", f"{GRADIENTS}s_of_dropout"
    ),
    "the output has no bias": Mutant(
        "nn.layers", 'ys += self.params["b_y"]', "pass", f"{GRADIENTS}s_of_linear"
    ),
    "tied weights learn as an embedding only": Mutant(
        "models.language",
        '+= grads.pop("output.W_hy").T',
        '+= 0 * grads.pop("output.W_hy").T',
        MODEL,
    ),
    "tied weights are a copy": Mutant(
        "models.language",
        '"W_hy"] = W.T',
        '"W_hy"] = W.T.copy()',
        "models/test_models.py::test_an_optimizer_moves",
    ),
    "the model loses the mask": Mutant(
        "models.language",
        "loss, dlogits = cross_entropy(logits, targets, mask)",
        "loss, dlogits = cross_entropy(logits, targets)",
        PADDING,
    ),
    "a classifier reads the first state": Mutant(
        "models.classifiers",
        "[hs[-1, :, :H], hs[0, :, H:]]",
        "[hs[0, :, :H], hs[0, :, H:]]",
        "test_golden.py::test_a_model_that_reads",
    ),
    "the last state has no gradient": Mutant(
        "models.classifiers", "dhs[-1, :, :H] = dread[:, :H]", "pass", READERS
    ),
    "the first state has no gradient": Mutant(
        "models.classifiers", "dhs[0, :, H:] = dread[:, H:]", "pass", READERS
    ),
    "a reader is not told what is padding": Mutant(
        "models.classifiers",
        "self._forward(ids, None, train, mask)",
        "self._forward(ids, None, train)",
        "models/test_classifiers.py::test_padding_changes_nothing",
    ),
    "a class does not learn its start": Mutant(
        "models.language",
        'self.start.backward(drows, cache.labels)[1]["W"]',
        'np.zeros_like(self.params["start.W"])',
        "models/test_classifiers.py::test_the_gradients_of_a_language_model_with_classes",
    ),
    "the class is not heard": Mutant(
        "models.language",
        "state = self._start(labels)",
        "state = self._start(0 * labels)",
        "models/test_classifiers.py::test_a_language_model_writes",
    ),
    "variational dropout draws at every step": Mutant(
        "nn.layers",
        "xs.shape[1:] if self.variational",
        "xs.shape if self.variational",
        "models/test_classifiers.py::test_variational_dropout",
    ),
    "all sequences share a variational mask": Mutant(
        "nn.layers",
        "xs.shape[1:] if self.variational",
        "xs.shape[2:] if self.variational",
        "models/test_classifiers.py::test_variational_dropout",
    ),
    # gradients
    "each gradient is clipped by itself": Mutant(
        "training.gradients",
        "g *= max_norm / norm",
        "g *= max_norm / max(max_norm, np.linalg.norm(g))",
        "training/test_optimizers.py::test_clipping_by_norm",
    ),
    "short gradients are stretched": Mutant(
        "training.gradients",
        "if norm > max_norm:",
        "if norm > 0:",
        "training/test_optimizers.py::test_clipping_by_norm",
    ),
    "the check compares nothing": Mutant(
        "training.gradients",
        "return float(np.linalg.norm(a - b) / scale) if scale > 0 else 0.0",
        "return 0.0",
        "nn/test_gradients.py::test_check_gradients_sees_a_single_wrong_component",
    ),
    # optimizers
    "momentum is forgotten": Mutant(
        "training.optimizers", "v *= self.momentum", "v *= 0", OPTIMIZER
    ),
    "Adagrad forgets": Mutant("training.optimizers", "s += g * g\n", "s[...] = g * g\n", OPTIMIZER),
    "Adam's start at zero is not corrected": Mutant(
        "training.optimizers", "m_hat = m / (1 - beta1**self.steps)", "m_hat = m", OPTIMIZER
    ),
    "weight decay enters the moments": Mutant(
        "training.optimizers",
        "beta1, beta2 = self.betas",
        "beta1, beta2 = self.betas; g = g + self.weight_decay * p",
        OPTIMIZER,
    ),
    # counting
    "the number of kinds is ignored": Mutant(
        "models.ngram", "p = p * n\n", "p = p * 1\n", "models/test_ngram.py::test_witten_bell"
    ),
    "the whole context is never used": Mutant(
        "models.ngram",
        "self.counts.get(context)",
        "self.counts.get(context[1:])",
        "models/test_ngram.py::test_witten_bell",
    ),
    "end marks are not scored": Mutant(
        "models.ngram",
        "END * width + sequence + END",
        "END * width + sequence",
        "models/test_ngram.py::test_nats_per_symbol_by_hand",
    ),
    "shorter contexts count times and not kinds": Mutant(
        "models.ngram",
        "if followers[symbol] > 1:",
        "if False:",
        "models/test_ngram.py::test_kneser_ney",
    ),
    # batches
    "a stream asks for what it shows": Mutant(
        "text.batches",
        "ids[1 : row * batch_size + 1]",
        "ids[: row * batch_size]",
        "text/test_batches.py::test_stream_batches_read",
    ),
    "a stream's rows do not continue": Mutant(
        "text.batches",
        "inputs = ids[: row * batch_size].reshape(batch_size, row).T",
        "inputs = ids[: row * batch_size].reshape(row, batch_size)",
        "text/test_batches.py::test_stream_batches_read",
    ),
    "a name is asked for as it is shown": Mutant(
        "text.batches",
        "padded[:-1], padded[1:], mask[1:]",
        "padded[:-1], padded[:-1], mask[1:]",
        "text/test_batches.py::test_padded_batches_hold_each_name",
    ),
    "pads are not masked": Mutant("text.batches", "mask = np.zeros(", "mask = np.ones(", PADDING),
    "the test set leaks": Mutant(
        "text.batches",
        "list(dict.fromkeys(items))",
        "list(items)",
        "text/test_batches.py::test_split_depends_on_its_seed",
    ),
    "every epoch has the same order": Mutant(
        "text.batches",
        "rng.permutation(count)",
        "np.random.default_rng(0).permutation(count)",
        "text/test_batches.py::test_padded_batches_are_shuffled_anew",
    ),
    "labels stay where they were": Mutant(
        "text.batches",
        "labels[rows]",
        "labels[: len(rows)]",
        "models/test_classifiers.py::test_labels_stay",
    ),
    "symbols without a label count": Mutant(
        "text.batches",
        "int(mask.sum()) if masked else targets.size",
        "targets.size if mask is None else int(mask.sum())",
        "models/test_classifiers.py::test_fit_teaches",
    ),
    # data
    "a file put there by hand is believed": Mutant(
        "datasets.texts",
        "elif pooch.file_hash(str(path)) != sha256:",
        "elif False:",
        "datasets/test_fetch.py::test_an_altered_file",
    ),
    "the hash of what is sent is not compared": Mutant(
        "datasets.texts",
        'f"sha256:{sha256}"',
        "None",
        "datasets/test_fetch.py::test_another_text",
    ),
    "texts are fetched every time": Mutant(
        "datasets.texts",
        "if not path.is_file():\n        by_hand",
        "path.unlink(missing_ok=True)\n    if True:\n        by_hand",
        "datasets/test_fetch.py::test_a_text_is_fetched_once",
    ),
    "RNNLIB_DATA is not looked at": Mutant(
        "datasets.texts",
        'os.environ.get("RNNLIB_DATA") or ',
        "",
        "datasets/test_fetch.py::test_a_file_put_there_by_hand",
    ),
    # words and merges
    "quotation marks do not close": Mutant(
        "text.splitters",
        "open_quotes ^= {symbol}",
        "open_quotes -= {symbol}",
        "text/test_words.py::test_words_are_joined_as_in_print",
    ),
    "a full stop and a word are glued": Mutant(
        "text.splitters",
        'blank = "" if opens else " "',
        'blank = "" if opens or closes else " "',
        "text/test_words.py::test_words_are_joined_as_in_print",
    ),
    "a lone apostrophe is glued to both its neighbours": Mutant(
        "text.splitters",
        "opens = symbol in self.opening or (quote and not closes)",
        "opens = symbol in self.opening or quote",
        "text/test_words.py::test_every_short_row",
    ),
    "rare words are kept": Mutant(
        "text.vocabulary",
        "if n >= min_count",
        "if n",
        "text/test_words.py::test_rare_words_become_unknown",
    ),
    "ties go to the last of the alphabet": Mutant(
        "text.splitters",
        "min(pair for pair, n in frequency.items()",
        "max(pair for pair, n in frequency.items()",
        "text/test_words.py::test_gages_example",
    ),
    "what a merge breaks up is still counted": Mutant(
        "text.splitters",
        "count(piece, -1)",
        "pass",
        "text/test_words.py::test_merges_are_those_of_counting_anew",
    ),
    "a word counts once however often it occurs": Mutant(
        "text.splitters",
        "sign * counts[piece]",
        "sign",
        "text/test_words.py::test_merges_are_those_of_counting_anew",
    ),
    "a prompt is not followed by a blank": Mutant(
        "generation.sampling",
        "prompt = vocab.encode(prompt)\n",
        "prompt = []\n",
        "text/test_words.py::test_a_model_of_words_writes",
    ),
    # sampling
    "temperature is upside down": Mutant(
        "generation.sampling",
        "softmax(logits / temperature)",
        "softmax(logits * temperature)",
        "generation/test_sampling.py::test_temperature_divides",
    ),
    "top_p keeps one too many": Mutant(
        "generation.sampling",
        "ranked[before >= top_p] = 0",
        "ranked[before - ranked >= top_p] = 0",
        "generation/test_sampling.py::test_top_p",
    ),
    "top_k keeps the least probable": Mutant(
        "generation.sampling",
        "np.argsort(-p,",
        "np.argsort(p,",
        "generation/test_sampling.py::test_top_k",
    ),
    "what was written is forgotten": Mutant(
        "generation.sampling",
        "model.forward(unread, state, **given)",
        "model.forward(unread, **given)",
        "generation/test_sampling.py::test_each_symbol_is_drawn_after_the_whole_text",
    ),
    "all texts of a batch share their luck": Mutant(
        "generation.sampling",
        "rng.random((len(p), 1))",
        "rng.random()",
        "generation/test_sampling.py::test_texts_written_side_by_side",
    ),
    "a text goes on when its neighbour does": Mutant(
        "generation.sampling",
        "writing &= ids != end",
        "writing = ids != end",
        "generation/test_sampling.py::test_each_text_of_a_batch_ends",
    ),
    # schedules
    "what follows the rise has begun before": Mutant(
        "training.optimizers",
        "then((progress - share) / (1 - share))",
        "then(progress)",
        "training/test_optimizers.py::test_a_schedule_has",
    ),
    "the rise ends at the share": Mutant(
        "training.optimizers",
        "return progress / share",
        "return progress",
        "training/test_optimizers.py::test_a_schedule_has",
    ),
    # tasks
    "recall asks for the last symbol": Mutant(
        "datasets.tasks",
        "np.broadcast_to(ids[0], ids.shape)",
        "ids",
        "datasets/test_tasks.py::test_recall_asks",
    ),
    "the second letter of Reber is forgotten": Mutant(
        "datasets.tasks",
        'f"B{branch}B{inner}{branch}E"',
        """f"B{branch}B{inner}{'TP'[rng.integers(2)]}E\"""",
        "datasets/test_tasks.py::test_a_reber_string_repeats",
    ),
    "the entropy of Reber leaves out a coin": Mutant(
        "datasets.tasks",
        "surprise = np.log(2) + visits @",
        "surprise = visits @",
        "datasets/test_tasks.py::test_the_entropy",
    ),
    # attention, encoder and decoder, beam search
    "pads are attended to": Mutant(
        "nn.attention",
        "scores = np.where(np.transpose(mask)[:, None] != 0, scores, -np.inf)",
        "pass",
        "models/test_seq2seq.py::test_attention_weights_sum",
    ),
    "a key is blamed as an answer only": Mutant(
        "nn.attention",
        'dk @ self.params["W_k"].T + weights',
        "weights",
        f"{GRADIENTS}s_of_attention",
    ),
    "the weights of attention do not compete": Mutant(
        "nn.attention",
        "(dweights - (weights * dweights).sum(axis=-1, keepdims=True))",
        "dweights",
        f"{GRADIENTS}s_of_attention",
    ),
    "the encoder reads the pads": Mutant(
        "models.encoder",
        "mask=valid_mask(lengths, S)",
        "mask=None",
        "models/test_seq2seq.py::test_padding_of_source",
    ),
    "what was handed over gets no blame": Mutant(
        "models.encoder",
        "dh += part",
        "dh += 0 * part",
        f"{GRADIENTS}s_of_an_encoder",
    ),
    "the state is only a question": Mutant(
        "models.seq2seq",
        "dhs = dhs + dqueries",
        "dhs = dqueries",
        f"{GRADIENTS}s_of_an_encoder_and_decoder",
    ),
    "pads of pairs are not masked": Mutant(
        "text.pairs",
        "valid_mask(sizes - 1, len(written) - 1)",
        "valid_mask(sizes + 99, len(written) - 1)",
        "models/test_seq2seq.py::test_pair_batches_hold",
    ),
    "hypotheses lose their states": Mutant(
        "generation.beam",
        "step(symbols, select_rows(state, rows))",
        "step(symbols, select_rows(state, 0 * rows))",
        "generation/test_sampling.py::test_a_wide_beam",
    ),
    "the length penalty is upside down": Mutant(
        "generation.beam",
        "((5 + length) / 6) ** alpha",
        "((5 + length) / 6) ** -alpha",
        "generation/test_sampling.py::test_a_wide_beam",
    ),
    "what was written is not carried on": Mutant(
        "generation.beam",
        "log_p, state = step(ids, state)",
        "log_p, _ = step(ids, state)",
        "models/test_seq2seq.py::test_greedy_writes",
    ),
    # parallel
    "the parts of a batch weigh alike": Mutant(
        "training.parallel",
        "shares = [counts[part].sum() / counts.sum() for part in rows]",
        "shares = [1 / len(rows) for part in rows]",
        "training/test_parallel.py::test_several_workers",
    ),
    "only the first part's gradient counts": Mutant(
        "training.parallel",
        "g += other[name] * g.dtype.type(share)",
        "pass",
        "training/test_parallel.py::test_several_workers",
    ),
    "every part starts from the first sequences' state": Mutant(
        "training.parallel",
        "return state[own]",
        "return state[: own.stop - own.start]",
        "training/test_parallel.py::test_several_workers",
    ),
    "the parts race for one generator": Mutant(
        "training.parallel",
        'if not (train and model.config["dropout"]):',
        "if True:",
        "training/test_parallel.py::test_dropout_does_not_depend",
    ),
    "all parts drop the same units": Mutant(
        "training.parallel",
        "np.random.default_rng(seed)",
        "np.random.default_rng(0)",
        "training/test_parallel.py::test_two_workers",
    ),
    "products take all processors meanwhile": Mutant(
        "training.parallel",
        "with limit_blas(1), ",
        "with ",
        "training/test_parallel.py::test_the_parts_run",
    ),
    # training
    "the workers stay at home": Mutant(
        "training.loop",
        "workers=workers, **given",
        "workers=1, **given",
        "training/test_training.py::test_fit_splits_batches",
    ),
    "names start with the past of others": Mutant(
        "training.loop",
        "state = last if batches.carries_state else None\n\n",
        "state = last\n\n",
        "training/test_training.py::test_names_start_without_a_past",
    ),
    "streams forget between batches": Mutant(
        "training.loop",
        "state = last if batches.carries_state else None\n\n",
        "state = None\n\n",
        "training/test_training.py::test_names_start_without_a_past",
    ),
    "evaluation weighs batches alike": Mutant(
        "training.loop",
        "total += loss * symbols\n        count += symbols",
        "total += loss\n        count += 1",
        "training/test_training.py::test_evaluate_weighs",
    ),
    "the schedule is ignored": Mutant(
        "training.loop",
        "lr *= schedule((epoch * len(batches) + i) / total)",
        "schedule((epoch * len(batches) + i) / total)",
        "training/test_training.py::test_the_schedule_sets",
    ),
    "schedules compound": Mutant(
        "training.loop",
        "optimizer.lr = base_lr",
        "base_lr = optimizer.lr",
        "training/test_training.py::test_the_schedule_sets",
    ),
    "a step is taken with a gradient that is no number": Mutant(
        "training.loop",
        "_check_finite(loss, norm, grads, epoch, i, base_lr)",
        "pass",
        "training/test_training.py::test_a_gradient_that_is_no_number",
    ),
    "Ctrl-C leaves no word in the history": Mutant(
        "training.loop",
        'history.stopped = "interrupted"',
        "pass",
        "training/test_training.py::test_ctrl_c",
    ),
    "the best epoch is not copied": Mutant(
        "training.callbacks",
        "{name: p.copy() for",
        "{name: p for",
        "training/test_callbacks.py::test_keep_best_puts_back",
    ),
    "early stopping waits one epoch longer": Mutant(
        "training.callbacks",
        "if waited >= self.patience:",
        "if waited > self.patience:",
        "training/test_callbacks.py::test_early_stopping",
    ),
    # checkpoints
    "a vocabulary forgets how it splits": Mutant(
        "training.checkpoints",
        'return Vocabulary(saved["symbols"], _SPLITTERS[splitter["class"]](**splitter["config"]))',
        'return Vocabulary(saved["symbols"])',
        "training/test_checkpoints.py::test_every_kind_of_vocabulary",
    ),
    "a checkpoint is overwritten where it stands": Mutant(
        "training.checkpoints",
        'unfinished = path.with_name(path.name + ".unfinished")',
        "unfinished = path",
        "training/test_checkpoints.py::test_a_write_that_fails",
    ),
    "the generator starts anew": Mutant(
        "training.checkpoints",
        'model_rng.bit_generator.state = meta["model_rng"]',
        "pass",
        "training/test_checkpoints.py::test_a_resumed_training",
    ),
    "one generator becomes two": Mutant(
        "training.checkpoints",
        'rng = model_rng if meta["rng"]',
        'rng = _generator(meta["model_rng"]) if meta["rng"]',
        "training/test_checkpoints.py::test_a_resumed_training",
    ),
    "the optimizer forgets how far it was": Mutant(
        "training.checkpoints",
        'optimizer.steps = meta["optimizer"]["steps"]',
        "pass",
        "training/test_checkpoints.py::test_a_resumed_training",
    ),
    "check sums are not compared": Mutant(
        "training.checkpoints",
        "if wrong is not None:",
        "if False:",
        "test_errors.py::test_every_raise",
    ),
}
