"""Token vectors from a local ONNX export of a sentence encoder (all-MiniLM and similar)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from interview.errors import ConfigError, EngineFailed

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The training length of all-MiniLM-L6-v2.
_MAX_TOKENS = 256


class EncodedText(Struct, frozen=True):
    """The tokens of a text, without the encoder's own marks.

    ``ids``: shape (tokens,). ``spans``: offsets in the text, shape (tokens, 2). ``contextual``: vectors of the last
    layer; ``lexical``: vectors before the first layer, which know the word only. Both have shape (tokens, dimensions)
    and rows of length 1.
    """

    ids: NDArray[np.int64]
    spans: NDArray[np.int64]
    contextual: NDArray[np.float32]
    lexical: NDArray[np.float32]


class TokenEncoder:
    """Safe to call from several threads; a call takes one.

    ``directory`` holds ``tokenizer.json`` and ``model.onnx``, with the inputs ``input_ids`` and ``attention_mask`` and
    the outputs ``last_hidden_state`` and ``token_embeddings`` (``tests/models/export_minilm.py`` writes such a model).

    Raises:

        ConfigError: a file is missing, or is not such a model.
    """

    def __init__(self, directory: Path) -> None:
        import onnxruntime
        import tokenizers

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(directory / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = tokenizers.Tokenizer.from_file(str(directory / "tokenizer.json"))
        except Exception as error:  # neither library has a narrower class
            raise ConfigError(f"grading.embeddings: {directory} cannot be read as a token encoder: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        inputs = {one.name for one in self._session.get_inputs()}
        outputs = {one.name for one in self._session.get_outputs()}
        if inputs != {"input_ids", "attention_mask"} or not {"last_hidden_state", "token_embeddings"} <= outputs:
            raise ConfigError(
                f"grading.embeddings: {directory / 'model.onnx'} is not a token encoder. It needs the inputs input_ids"
                " and attention_mask and the outputs last_hidden_state and token_embeddings; it has"
                f" {', '.join(sorted(inputs))} and {', '.join(sorted(outputs))}. See docs/grading.md."
            )

    def token_ids(self, text: str) -> frozenset[int]:
        """The ids of the text's tokens."""
        return frozenset(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def encode(self, text: str) -> EncodedText:
        """Encode a text of any length, in stretches of at most 254 tokens.

        A stretch is encoded alone: in a batch, the activations of an int8 model would be scaled by the other texts.

        Raises:

            EngineFailed: the model failed.
        """
        found = self._tokenizer.encode(text)
        first, last = found.ids[0], found.ids[-1]
        ids, spans = found.ids[1:-1], found.offsets[1:-1]
        room = _MAX_TOKENS - 2
        parts = [self._states([first, *ids[start : start + room], last]) for start in range(0, max(1, len(ids)), room)]
        return EncodedText(
            np.array(ids, np.int64),
            np.array(spans, np.int64).reshape(-1, 2),
            np.concatenate([contextual for contextual, _lexical in parts]),
            np.concatenate([lexical for _contextual, lexical in parts]),
        )

    def _states(self, ids: list[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        tokens = np.array([ids], np.int64)
        try:
            contextual, lexical = self._session.run(
                ["last_hidden_state", "token_embeddings"],
                {"input_ids": tokens, "attention_mask": np.ones_like(tokens)},
            )
        except Exception as error:  # the library has no narrower class
            raise EngineFailed("The embedding model failed on a text.") from error
        return _unit(contextual[0, 1:-1]), _unit(lexical[0, 1:-1])


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit
