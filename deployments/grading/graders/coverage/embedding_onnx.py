"""Sentence embeddings from a local ONNX export (all-MiniLM and similar), with dependencies of faster-whisper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interview.errors import ConfigError, EngineFailed

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The training length of all-MiniLM-L6-v2; longer sentences are truncated, as sentence-transformers does.
_MAX_TOKENS = 256
#: Bounds memory: 16 rows of 256 tokens.
_BATCH = 16


class OnnxSentenceEmbedder:
    """A BERT-like encoder; mean over the tokens, then normalised (Reimers & Gurevych 2019, sentence-transformers).

    ``directory`` holds ``tokenizer.json`` and ``model.onnx`` (or ``onnx/model.onnx``, as on the hub). A call takes one
    thread.

    Raises:

        ConfigError: a file is missing (the message says how to get it), or is not such a model.
    """

    def __init__(self, directory: str | Path) -> None:
        root = Path(directory).expanduser()
        model, tokenizer = _files(root)
        import onnxruntime
        import tokenizers

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            self._tokenizer = tokenizers.Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # neither library has a narrower class
            raise ConfigError(f"grading.embeddings: {root} cannot be read as an embedding model: {error}") from error
        # Batches are padded here, because the library's own batching starts threads, which a later fork would not
        # survive.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._output = next((one.name for one in self._session.get_outputs() if len(one.shape) == 3), "")
        known = {"input_ids", "attention_mask", "token_type_ids"}
        if not {"input_ids", "attention_mask"} <= self._inputs <= known or not self._output:
            raise ConfigError(
                f"grading.embeddings: {model} is not a sentence encoder: it needs input_ids and attention_mask, and an"
                f" output per token; it takes {', '.join(sorted(self._inputs))}."
            )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of length 1 per text (zeros for a text without tokens). Raises EngineFailed."""
        if not texts:
            return np.zeros((0, 0), np.float32)
        # Texts of similar length share a batch, which minimises padding.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        batches = [order[at : at + _BATCH] for at in range(0, len(order), _BATCH)]
        rows = np.concatenate([self._embed_batch([texts[at] for at in batch]) for batch in batches])
        back = np.empty_like(rows)
        back[order] = rows
        return back

    def _embed_batch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        ids = [self._tokenizer.encode(text).ids for text in texts]
        shape = (len(ids), max(1, *map(len, ids)))
        tokens, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for row, found in enumerate(ids):
            tokens[row, : len(found)] = found
            mask[row, : len(found)] = 1
        given = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros(shape, np.int64)}
        try:
            (states,) = self._session.run([self._output], {name: given[name] for name in self._inputs})
        except Exception as error:  # the library has no narrower class
            raise EngineFailed("The embedding model failed on an answer.") from error
        weights = mask[:, :, None].astype(np.float32)
        mean = (states * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0)
        unit: NDArray[np.float32] = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
        return unit.astype(np.float32)


def _files(root: Path) -> tuple[Path, Path]:
    """The model and its tokenizer. Raises ConfigError naming the missing file and how to get it."""
    model = next((path for path in (root / "model.onnx", root / "onnx" / "model.onnx") if path.is_file()), None)
    tokenizer = root / "tokenizer.json"
    if model is not None and tokenizer.is_file():
        return model, tokenizer
    missing = "model.onnx" if model is None else "tokenizer.json"
    raise ConfigError(
        f"grading.embeddings: {root} has no {missing}. `interview models pull sentence-transformers/all-MiniLM-L6-v2`"
        " gets a model and prints its directory (if this machine cannot reach the hub, pull on one that can"
        " and copy the directory); without grading.embeddings, coverage compares words only.",
        detail={"directory": str(root), "missing": missing},
    )
