"""Two networks for one task: one reads a sequence, the other writes another."""

import numpy as np

from ..errors import at_least_one
from ..functional import dtanh, log_softmax
from ..generation.beam import greedy, search
from ..losses import cross_entropy
from ..nn.attention import AdditiveAttention
from ..nn.cells import CELLS
from ..nn.layers import Dropout, Embedding, Linear, named
from ..nn.recurrent import Recurrent
from ..text.pairs import PairInputs, pad_rows, valid_mask
from .encoder import Encoder


class Seq2Seq:
    """Encoder and decoder, with attention or with a bottleneck between them.  Chapter 18.

    The encoder reads the source in both directions, and what both know at their last *valid*
    symbols starts the decoder.  Without attention that is all the decoder learns of the source.
    With attention each decoder state is also a question to all the encoder's states, and the
    answer joins it before the output.

    The question is asked *after* the recurrent layer, as Luong et al. do, and the answer is not
    fed back: with teacher forcing the decoder runs through all steps first, and attention answers
    all of them in a few large products.  Bahdanau et al. feed the answer into the next step, which
    puts every product inside the loop over time.

    Parameters
    ----------
    source_vocab_size, target_vocab_size : int
    hidden_size : int
        H of the decoder and of the attention, and of both directions of the encoder together.
    cell : str
        "rnn", "gru" or "lstm"
    embedding_dim : int, optional
        E; hidden_size by default.
    attention : bool
    dropout : float
        Rate on both embeddings and before the output.
    rng : numpy.random.Generator
    dtype : float32 or float64

    Attributes
    ----------
    params : dict of str to ndarray
        `source_embedding.W`, `encoder.forward.W_xh`, …, `target_embedding.W`, `decoder.W_xh`, …,
        with attention `attention.W_q`, … and `combine.W_hy`, …, then `output.W_hy`, `output.b_y`.
    config : dict
        The arguments above, to build the same network again.

    References
    ----------
    I. Sutskever, O. Vinyals and Q. Le, "Sequence to sequence learning with neural networks",
    NIPS 2014; M.-T. Luong, H. Pham and C. Manning, "Effective approaches to attention-based neural
    machine translation", EMNLP 2015; for the attention itself see `AdditiveAttention`.
    """

    def __init__(
        self,
        source_vocab_size,
        target_vocab_size,
        hidden_size,
        cell="gru",
        embedding_dim=None,
        attention=True,
        dropout=0.0,
        rng=None,
        dtype=np.float32,
    ):
        E = hidden_size if embedding_dim is None else embedding_dim
        self.config = {
            "source_vocab_size": source_vocab_size,
            "target_vocab_size": target_vocab_size,
            "hidden_size": hidden_size,
            "cell": cell,
            "embedding_dim": E,
            "attention": attention,
            "dropout": dropout,
            "dtype": np.dtype(dtype).name,
        }
        sizes = {k: v for k, v in self.config.items() if k.endswith(("size", "dim"))}
        at_least_one(**sizes)
        if cell not in CELLS:
            raise ValueError(f"cell must be one of {sorted(CELLS)}, got {cell!r}.")
        if rng is None:
            raise ValueError("Pass rng=np.random.default_rng(seed): nothing here is random unseen.")
        self.rng = rng
        H, V, start = hidden_size, target_vocab_size, (rng, dtype)
        self.dropout = Dropout(dropout, rng)
        self.source_embedding = Embedding(source_vocab_size, E, *start)
        self.encoder = Encoder(CELLS[cell], E, H, *start)
        self.target_embedding = Embedding(V, E, *start)
        self.decoder = Recurrent(CELLS[cell](), E, H, *start)
        self.attention = AdditiveAttention(H, H, H, *start) if attention else None
        self.combine = Linear(2 * H, H, *start) if attention else None
        self.output = Linear(H, V, *start)
        self.params = named({name: layer.params for name, layer in self._layers()})

    def forward(self, inputs, state=None, train=False):
        """Compute the logits of each target symbol, given those before it: teacher forcing.

        Parameters
        ----------
        inputs : PairInputs
        state : None
            A sentence has no past.
        train : bool
            Whether dropout acts.

        Returns
        -------
        logits : ndarray (T, B, V)
        state : tuple of ndarray (B, H)
            Of the decoder, after its last step.
        cache : tuple

        Raises
        ------
        ValueError
            Shapes that do not match, or an id outside its vocabulary.
        """
        memory, state, encoder_cache = self._encode(inputs.source, inputs.lengths, train)
        valid = valid_mask(inputs.lengths, len(memory))
        logits, state, decoder_cache = self._decode(inputs.target, state, memory, valid, train)
        return logits, state, (encoder_cache, decoder_cache)

    def backward(self, dlogits, cache):
        """Return the gradients of all `params`, given that of the logits."""
        encoder_cache, decoder_cache = cache
        dmemory, dstate, grads = self._decode_backward(dlogits, decoder_cache)
        grads |= self._encode_backward(dmemory, dstate, encoder_cache)
        return named({name: grads[name] for name, _ in self._layers()})

    def _encode(self, source, lengths, train=False):
        self._check_ids("source", source)
        xs, ids = self.source_embedding.forward(source)
        xs, mask = self.dropout.forward(xs, train)
        memory, state, cache = self.encoder.forward(xs, lengths)
        return memory, state, (ids, mask, cache)

    def _encode_backward(self, dmemory, dstate, cache):
        ids, mask, cache = cache
        dxs, grads = self.encoder.backward(dmemory, dstate, cache)
        dxs, _ = self.dropout.backward(dxs, mask)
        _, embedding_grads = self.source_embedding.backward(dxs, ids)
        return {"encoder": grads, "source_embedding": embedding_grads}

    def _decode(self, target, state, memory, valid, train=False):
        self._check_ids("target", target)
        ys, ids = self.target_embedding.forward(target)
        ys, in_mask = self.dropout.forward(ys, train)
        hs, state, cache = self.decoder.forward(ys, state)
        looked = None
        if self.attention:
            contexts, attention_cache = self.attention.forward(hs, memory, valid)
            both, both_cache = self.combine.forward(np.concatenate([hs, contexts], axis=2))
            hs = np.tanh(both)
            looked = attention_cache, both_cache, hs
        hs, out_mask = self.dropout.forward(hs, train)
        logits, output_cache = self.output.forward(hs)
        return logits, state, (ids, in_mask, cache, looked, out_mask, output_cache)

    def _decode_backward(self, dlogits, cache):
        ids, in_mask, cache, looked, out_mask, output_cache = cache
        dmemory, grads = None, {}
        dhs, grads["output"] = self.output.backward(dlogits, output_cache)
        dhs, _ = self.dropout.backward(dhs, out_mask)
        if looked:
            attention_cache, both_cache, hs = looked
            dboth, grads["combine"] = self.combine.backward(dhs * dtanh(hs), both_cache)
            dhs, dcontexts = np.split(dboth, [hs.shape[2]], axis=2)
            dqueries, dmemory, grads["attention"] = self.attention.backward(
                dcontexts, attention_cache
            )
            dhs = dhs + dqueries  # a state is the question, and stands beside the answer
        dys, dstate, grads["decoder"] = self.decoder.backward(dhs, cache)
        dys, _ = self.dropout.backward(dys, in_mask)
        _, grads["target_embedding"] = self.target_embedding.backward(dys, ids)
        return dmemory, dstate, grads

    def loss_and_grads(self, inputs, targets, state=None, mask=None, train=True):
        """One forward and one backward pass, as `LanguageModel.loss_and_grads`.

        Parameters
        ----------
        inputs : PairInputs
        targets : ndarray (T, B) of int
        """
        logits, state, cache = self.forward(inputs, state, train)
        loss, dlogits = cross_entropy(logits, targets, mask)
        return loss, self.backward(dlogits, cache), state

    def loss(self, inputs, targets, state=None, mask=None):
        """Return (loss, state), without dropout and without gradients."""
        logits, state, _ = self.forward(inputs, state)
        return cross_entropy(logits, targets, mask)[0], state

    def translate(self, sources, max_length=50, beam_width=1, length_penalty=0.0, end=0):
        r"""Write a target for each source.

        Parameters
        ----------
        sources : list of ndarray (S,) of int
            Of any lengths; with beam_width 1 all are decoded side by side.
        max_length : int
            The most symbols to write, the end mark included.
        beam_width : int
            1 takes the most probable symbol at each step.
        length_penalty : float
            Exponent α of Wu et al.; 0 prefers short ones, 0.6 to 1 is usual.
        end : int
            Id of "\n" in the target vocabulary, which starts and ends a target.

        Returns
        -------
        list of ndarray of int
            Without the end marks.

        Raises
        ------
        ValueError
            No source, an empty one, or a width or length below 1.
        """
        if beam_width != 1:
            return [
                self._search(np.asarray(source), max_length, beam_width, length_penalty, end)
                for source in sources
            ]
        step, state = self._writer(*pad_rows(sources, 0))
        return greedy(step, np.full(len(sources), end), state, length=max_length, end=end)

    def alignment(self, source, target, end=0):
        """Return how much each written symbol looked at each source symbol.

        Parameters
        ----------
        source : ndarray (S,) of int
        target : ndarray (T,) of int
            Without an end mark, as `translate` returns it.
        end : int

        Returns
        -------
        ndarray (T+1, S)
            Rows sum to 1; the last is that of the end mark.

        Raises
        ------
        ValueError
            The model has no attention.
        """
        if not self.attention:
            raise ValueError("This model has no attention: build it with attention=True.")
        written = np.concatenate([[end], target]).astype(int)
        inputs = PairInputs(*pad_rows([source], 0), written[:, None])
        _, _, (_, decoder_cache) = self.forward(inputs)
        attention_cache, *_ = decoder_cache[3]
        return attention_cache.weights[0]

    def _search(self, source, max_length, width, alpha, end):
        step, state = self._writer(source[:, None], np.array([len(source)]))
        log_p, state = step(np.array([end]), state)
        best, *_ = search(step, log_p, state, width=width, length=max_length, end=end, alpha=alpha)
        return np.array(best.ids, int)

    def _writer(self, source, lengths):
        """Read, and return the function that writes one more symbol, and the first state."""
        memory, state, _ = self._encode(source, lengths)
        valid = valid_mask(lengths, len(memory))

        def step(ids, state):
            copies = len(ids) // len(lengths)  # hypotheses of one source share what was read
            read = (np.repeat(a, copies, axis=1) for a in (memory, valid))
            logits, state, _ = self._decode(ids[None], state, *read)
            return log_softmax(logits[0]), state

        return step, state

    def _layers(self):
        """Pairs of a name in `params` and a layer."""
        names = "source_embedding encoder target_embedding decoder attention combine output"
        return [(name, getattr(self, name)) for name in names.split() if getattr(self, name)]

    def _check_ids(self, side, ids):
        V = self.config[f"{side}_vocab_size"]
        if np.ndim(ids) != 2 or not np.issubdtype(ids.dtype, np.integer) or ids.size == 0:
            raise ValueError(f"{side} must be integers (T, B), got {ids.dtype} {ids.shape}.")
        if ids.min() < 0 or ids.max() >= V:
            found = f"{side} ids run from {ids.min()} to {ids.max()}"
            raise ValueError(f"{found}; expected 0 … {V - 1}.")
