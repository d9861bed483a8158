"""Two networks for one task: one reads a sequence, the other writes another."""

from typing import NamedTuple

import numpy as np

from ..errors import require, require_ids, require_numbers, require_type
from ..functional import log_softmax
from ..nn.cells import CELLS
from ..nn.layers import Dropout, Embedding, named
from ..text.pair_batches import PairInputs, valid_mask
from .decoder import Decoder, DecoderCache
from .encoder import Encoder, EncoderCache
from .model import Model


class Seq2SeqCache(NamedTuple):
    """The intermediate results of `Seq2Seq.forward` that `backward` needs."""

    source: np.ndarray  # (S, B) of int
    kept: np.ndarray | None  # dropout's mask of the source's embedding
    encoder: EncoderCache
    decoder: DecoderCache


class Seq2Seq(Model):
    """Encoder and decoder, with attention or with a bottleneck between them.  Chapter 19.

    The encoder reads the source in both directions, and the states of both after their last *valid*
    symbols start the decoder.  Without attention that is all the decoder learns about the source.
    With attention each decoder state is also a question to all the encoder's states, and the
    answer joins it before the output.

    The question is asked *after* the recurrent layer, as Luong et al. do, and the answer is not
    fed back: with teacher forcing the decoder runs through all steps first, and attention answers
    all of them in a few large products.  Bahdanau et al. feed the answer into the next step, which
    puts every product inside the loop over time.

    `rl.translate` writes with it, `rl.alignment` shows where it looks.

    Parameters
    ----------
    source_vocab_size, target_vocab_size : int
    hidden_size : int
        H of the decoder and of the attention, and of both directions of the encoder together.
    cell : str
        "rnn", "gru" or "lstm"; without W_hh "mingru", "minlstm" or "diagonal"
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
        `source_embedding.W`, `encoder.forward.W_xh`, …, then those of the `Decoder`.
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
        if embedding_dim is None:
            embedding_dim = hidden_size
        super().__init__(locals())
        require(hidden_size > 1, "hidden_size must be at least 2: the encoder halves it.")
        E, H, dtype = embedding_dim, hidden_size, self.config["dtype"]
        self.dropout = Dropout(dropout, rng)
        self.source_embedding = Embedding(source_vocab_size, E, rng, dtype)
        self.encoder = Encoder(CELLS[cell], E, H, rng, dtype)
        self.decoder = Decoder(target_vocab_size, E, H, cell, attention, self.dropout, rng, dtype)
        self.params = self._flat(
            self.source_embedding.params, self.encoder.params, self.decoder.params
        )

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
        cache : Seq2SeqCache

        Raises
        ------
        ValueError
            Shapes that do not match, or an id outside its vocabulary.
        """
        require_type(
            isinstance(inputs, PairInputs),
            lambda: (
                f"inputs must be PairInputs(source, lengths, target), as `pair_batches` makes "
                f"them; got {type(inputs).__name__}."
            ),
        )
        require(state is None, "A sentence has no past: state must be None.")
        memory, state, valid, read = self._read(inputs.source, inputs.lengths, train)
        logits, state, decoder = self.decoder.forward(inputs.target, state, memory, valid, train)
        return logits, state, Seq2SeqCache(*read, decoder)

    def backward(self, dlogits, cache):
        """Return the gradients of all `params`, given that of the logits."""
        dmemory, dstate, decoder_grads = self.decoder.backward(dlogits, cache.decoder)
        dxs, encoder_grads = self.encoder.backward(dmemory, dstate, cache.encoder)
        dxs, _ = self.dropout.backward(dxs, cache.kept)
        _, embedding_grads = self.source_embedding.backward(dxs, cache.source)
        return self._flat(embedding_grads, encoder_grads, decoder_grads, like=self.params)

    def writer(self, source, lengths):
        """Read sources, and return the step that writes one more symbol of each translation.

        Parameters
        ----------
        source : ndarray (S, B) of int
        lengths : ndarray (B,) of int

        Returns
        -------
        step : callable
            `step(ids, state) -> log_p (N, V), state`: writes ids (N,) and returns how probable
            each next symbol is.  N is B, or a multiple: several hypotheses of each source.
        state : tuple of ndarray (B, H)
            Before the first symbol, which is the end mark.
        """
        memory, state, valid, _ = self._read(source, lengths)

        def step(ids, state):
            copies = len(ids) // memory.shape[1]  # hypotheses of one source share its memory
            read = (np.repeat(a, copies, axis=1) for a in (memory, valid))
            logits, state, _ = self.decoder.forward(ids[None], state, *read)
            require_numbers(logits)
            return log_softmax(logits[0]), state

        return step, state

    def _read(self, source, lengths, train=False):
        """Return memory, state, where memory is valid, and the first fields of the cache."""
        source = require_ids(source, self.config["source_vocab_size"], "source ids")
        xs, ids = self.source_embedding.forward(source)
        xs, kept = self.dropout.forward(xs, train)
        memory, state, encoder = self.encoder.forward(xs, lengths)
        return memory, state, valid_mask(lengths, len(memory)), (ids, kept, encoder)

    def _logits(self, inputs, state, mask, train, labels):
        require(labels is None, "A Seq2Seq has no classes: labels must be None.")
        return self.forward(inputs, state, train)

    @staticmethod
    def _flat(embedding, encoder, decoder, like=None):
        """Name the arrays of all layers in one dict, in the order of `like`."""
        arrays = named({"source_embedding": embedding, "encoder": encoder}) | decoder
        return arrays if like is None else {name: arrays[name] for name in like}

    def _features(self):
        """List the parts of the network, for its repr."""
        c = self.config
        return [
            f"{c['source_vocab_size']:,} → {c['target_vocab_size']:,} symbols",
            f"{self._cell_name()} {c['hidden_size']}",
            f"embedding {c['embedding_dim']}",
            "attention" if c["attention"] else "no attention",
            *([f"dropout {c['dropout']:g}"] if c["dropout"] else []),
        ]
