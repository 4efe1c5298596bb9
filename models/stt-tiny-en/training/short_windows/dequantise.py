"""The int8 CTranslate2 weights of the built-in model, back as float tensors under the names that ``model.py`` trains.

The checkpoint the model was exported from was not kept, so training goes on from what is served. Rounding to int8 costs
nothing that shows: cross-entropy on training clips starts at 0.04 with the full window.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

Variables = dict[str, NDArray[Any]]

#: CTranslate2's ``DataType`` as stored in ``model.bin``.
_STORED_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_ENCODER_LAYERS, _DECODER_LAYERS = 4, 2


class _Reader:
    """Little-endian fields one after the other, as ``ctranslate2.specs.model_spec`` serialises them."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0

    def number(self, code: str) -> int:
        value: int = struct.unpack_from("<" + code, self._raw, self._at)[0]
        self._at += struct.calcsize("<" + code)
        return value

    def text(self) -> str:
        """A string with its length before and a zero byte, counted, behind."""
        length = self.number("H")
        value = self._raw[self._at : self._at + length - 1].decode()
        self._at += length
        return value

    def array(self) -> NDArray[Any]:
        shape = [self.number("I") for _ in range(self.number("B"))]
        stored_type = _STORED_TYPES[self.number("B")]
        size_bytes = self.number("I")
        values = np.frombuffer(self._raw, stored_type, size_bytes // np.dtype(stored_type).itemsize, self._at)
        self._at += size_bytes
        return values.reshape(shape)


def read_variables(path: Path) -> Variables:
    """Every variable of a ``model.bin``; aliases get the array of the variable they stand for."""
    reader = _Reader(path.read_bytes())
    reader.number("I")  # version of the format
    reader.text()  # name of the specification
    reader.number("I")  # its revision
    variables: Variables = {}
    for _ in range(reader.number("I")):
        name = reader.text()
        variables[name] = reader.array()
    for _ in range(reader.number("I")):
        alias, name = reader.text(), reader.text()
        if name in variables:
            variables.setdefault(alias, variables[name])
    return variables


def read_state(path: Path) -> dict[str, torch.Tensor]:
    """A state for ``model.Whisper``; only its character-CTC head, which is never exported, is missing."""
    variables = read_variables(path)
    state: Variables = {}

    def take_linear(source: str, *targets: str) -> None:
        """One stored matrix is the query, key and value projections stacked; keys have no bias in Whisper."""
        weight, bias = _dequantised(variables, f"{source}/weight"), variables[f"{source}/bias"].astype(np.float32)
        rows = len(weight) // len(targets)
        for index, target in enumerate(targets):
            part = slice(index * rows, (index + 1) * rows)
            state[f"{target}.weight"] = weight[part]
            if not target.endswith("k_proj"):
                state[f"{target}.bias"] = bias[part]

    def take_norm(source: str, target: str) -> None:
        state[f"{target}.weight"] = variables[f"{source}/gamma"]
        state[f"{target}.bias"] = variables[f"{source}/beta"]

    for side, layers in (("encoder", _ENCODER_LAYERS), ("decoder", _DECODER_LAYERS)):
        for index in range(layers):
            source, target = f"{side}/layer_{index}", f"{side}.layers.{index}"
            attention = f"{target}.self_attn"
            take_norm(f"{source}/self_attention/layer_norm", f"{attention}_layer_norm")
            take_linear(
                f"{source}/self_attention/linear_0",
                *(f"{attention}.{part}_proj" for part in "qkv"),
            )
            take_linear(f"{source}/self_attention/linear_1", f"{attention}.out_proj")
            if side == "decoder":
                attention = f"{target}.encoder_attn"
                take_norm(f"{source}/attention/layer_norm", f"{attention}_layer_norm")
                take_linear(f"{source}/attention/linear_0", f"{attention}.q_proj")
                take_linear(f"{source}/attention/linear_1", f"{attention}.k_proj", f"{attention}.v_proj")
                take_linear(f"{source}/attention/linear_2", f"{attention}.out_proj")
            take_norm(f"{source}/ffn/layer_norm", f"{target}.final_layer_norm")
            take_linear(f"{source}/ffn/linear_0", f"{target}.fc1")
            take_linear(f"{source}/ffn/linear_1", f"{target}.fc2")
        take_norm(f"{side}/layer_norm", f"{side}.layer_norm")
    for convolution in ("conv1", "conv2"):
        state[f"encoder.{convolution}.weight"] = _dequantised(variables, f"encoder/{convolution}/weight")
        state[f"encoder.{convolution}.bias"] = variables[f"encoder/{convolution}/bias"]
    state["encoder.pos"] = variables["encoder/position_encodings/encodings"]
    state["decoder.embed_tokens.weight"] = _dequantised(variables, "decoder/embeddings/weight")
    state["decoder.embed_positions.weight"] = variables["decoder/position_encodings/encodings"]
    return {name: torch.from_numpy(np.array(values, np.float32)) for name, values in state.items()}


def _dequantised(variables: Variables, name: str) -> NDArray[np.float32]:
    """int8 values are the originals times one scale a row."""
    weight = variables[name]
    if weight.dtype != np.int8:
        return weight.astype(np.float32)
    scale = variables[f"{name}_scale"].astype(np.float32)
    divided: NDArray[np.float32] = weight.astype(np.float32) / scale.reshape(-1, *[1] * (weight.ndim - 1))
    return divided
