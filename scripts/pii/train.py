"""Train the adapter of the detection model on the processor: ``python train.py --model FOLDER --minutes 30 --out adapter.npz``.

Low-rank adapters (LoRA, https://arxiv.org/abs/2106.09685) on every linear layer of Rampart, its biases, norms and its last
layer. What results is small enough to lie in the repository; the model itself is fetched as published and never changed on disk.

Needs PyTorch and onnx, which the product does not: ``pip install torch onnx tokenizers numpy faker``.
"""

import argparse
import hashlib
import json
import math
import random
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from sentences import Sample, stream
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

HEADS = 12
WINDOW = 126


def dequantized(node, tensors) -> np.ndarray:
    """The weights of a MatMulNBits node, inputs × outputs."""
    shape = {a.name: a.i for a in node.attribute}
    packed, scales = (numpy_helper.to_array(tensors[name]) for name in node.input[1:3])
    raw = packed.reshape(shape["N"], -1, shape["block_size"] // 2)
    whole = np.empty((shape["N"], raw.shape[1], shape["block_size"]), np.float32)
    whole[:, :, 0::2], whole[:, :, 1::2] = raw & 15, raw >> 4
    return ((whole - 8) * scales.reshape(shape["N"], -1, 1)).reshape(shape["N"], -1)[:, : shape["K"]].T.copy()


class Linear(nn.Module):
    """A frozen matrix with a low-rank change, and a bias that is trained."""

    def __init__(self, name: str, weight: np.ndarray, bias_name: str, bias: np.ndarray, rank: int) -> None:
        super().__init__()
        self.name, self.bias_name = name, bias_name
        self.register_buffer("weight", torch.from_numpy(weight))
        self.bias = nn.Parameter(torch.from_numpy(bias.copy()))
        self.down = nn.Parameter(torch.randn(weight.shape[0], rank) / math.sqrt(weight.shape[0]))
        self.up = nn.Parameter(torch.zeros(rank, weight.shape[1]))

    def forward(self, x):  # type: ignore[no-untyped-def]
        return x @ self.weight + (x @ self.down) @ self.up + self.bias


class Norm(nn.Module):
    def __init__(self, names: tuple[str, str], weight: np.ndarray, bias: np.ndarray) -> None:
        super().__init__()
        self.names = names
        self.weight, self.bias = (
            nn.Parameter(torch.from_numpy(weight.copy())),
            nn.Parameter(torch.from_numpy(bias.copy())),
        )

    def forward(self, x):  # type: ignore[no-untyped-def]
        return F.layer_norm(x, x.shape[-1:], self.weight, self.bias, 1e-12)


def _starting(layers: dict[str, Linear], at: str, part: str) -> Linear:
    return next(layer for name, layer in layers.items() if name.startswith(at + part))


def _norm(name: str, array: Callable[[str], np.ndarray]) -> Norm:
    return Norm((f"{name}.weight", f"{name}.bias"), array(f"{name}.weight"), array(f"{name}.bias"))


def _embedding(part: str, array: Callable[[str], np.ndarray]) -> torch.Tensor:
    """One of the three tables, from its eight bits."""
    name = f"bert.embeddings.{part}.weight"
    whole = array(f"{name}_quantized").astype(np.float32) - float(array(f"{name}_zero_point"))
    return torch.from_numpy(whole * float(array(f"{name}_scale")))


def _heads(x: torch.Tensor) -> torch.Tensor:
    return x.view(*x.shape[:2], HEADS, -1).transpose(1, 2)


class Bert(nn.Module):
    """The published graph, rebuilt layer by layer from its file."""

    def __init__(self, path: Path, rank: int) -> None:
        super().__init__()
        graph = onnx.load(str(path)).graph
        tensors = {tensor.name: tensor for tensor in graph.initializer}

        def array(name: str) -> np.ndarray:
            return numpy_helper.to_array(tensors[name])

        matrices = [node for node in graph.node if node.op_type == "MatMulNBits"]
        adds = {node.input[0]: node.input[1] for node in graph.node if node.op_type == "Add"}
        adds |= {node.input[1]: node.input[0] for node in graph.node if node.op_type == "Add"}
        linear = []
        for node in matrices:
            bias = adds[node.output[0]]
            linear.append(Linear(node.name, dequantized(node, tensors), bias, array(bias), rank))
        self.linear = nn.ModuleList(linear)
        by_name = {layer.name: layer for layer in linear}
        self.layers = []
        norms = []
        for number in range(6):
            pick = partial(_starting, by_name, f"/bert/encoder/layer.{number}/")
            one = _norm(f"bert.encoder.layer.{number}.attention.output.LayerNorm", array)
            two = _norm(f"bert.encoder.layer.{number}.output.LayerNorm", array)
            norms += [one, two]
            attention = (pick("attention/self/query"), pick("attention/self/key"), pick("attention/self/value"))
            self.layers.append(
                (*attention, pick("attention/output/dense"), one, pick("intermediate/dense"), pick("output/dense"), two)
            )
        self.norms = nn.ModuleList(norms)
        self.classifier = next(layer for name, layer in by_name.items() if "classifier" in name)
        self.register_buffer("words", _embedding("word_embeddings", array))
        self.register_buffer("places", _embedding("position_embeddings", array))
        self.register_buffer("kinds", _embedding("token_type_embeddings", array))
        self.first = _norm("bert.embeddings.LayerNorm", array)

    def load_adapter(self, path: Path) -> None:
        """Begin where another training ended."""
        stored = np.load(path)
        with torch.no_grad():
            for layer in self.linear:
                layer.down.copy_(torch.from_numpy(stored[f"{layer.name}:down"].astype(np.float32)))
                layer.up.copy_(torch.from_numpy(stored[f"{layer.name}:up"].astype(np.float32)))
                layer.bias.copy_(torch.from_numpy(stored[layer.bias_name].astype(np.float32)))
            for norm in [*self.norms, self.first]:
                norm.weight.copy_(torch.from_numpy(stored[norm.names[0]].astype(np.float32)))
                norm.bias.copy_(torch.from_numpy(stored[norm.names[1]].astype(np.float32)))

    def forward(self, ids):  # type: ignore[no-untyped-def]
        x = self.first(self.words[ids] + self.places[: ids.shape[1]] + self.kinds[0])
        for query, key, value, out, one, wide, narrow, two in self.layers:
            y = F.scaled_dot_product_attention(_heads(query(x)), _heads(key(x)), _heads(value(x)))
            x = one(x + out(y.transpose(1, 2).flatten(2)))
            x = two(x + narrow(F.gelu(wide(x))))
        return self.classifier(x)


def encoded(sample: Sample, tokenizer: Tokenizer, number_of: dict[str, int]) -> tuple[list[int], list[int]]:
    """Tokens and labels of a sample; -100 where the loss looks away."""
    encoding = tokenizer.encode(sample.text, add_special_tokens=False)
    labels = []
    at = 0
    for start, end in encoding.offsets:
        while at < len(sample.spans) and sample.spans[at][1] <= start:
            at += 1
        if at < len(sample.spans) and sample.spans[at][0] < end:
            first, _, label = sample.spans[at]
            labels.append(-100 if not label else number_of[("B-" if start <= first else "I-") + label])
        else:
            labels.append(0)
    return encoding.ids, labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--steps", type=int, default=0, help="instead of minutes, for a result that can be repeated")
    parser.add_argument("--start", type=Path, help="go on from this adapter")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=1e-3)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    model = Bert(options.model / "onnx" / "model_q4.onnx", options.rank)
    if options.start:
        model.load_adapter(options.start)
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    names = json.loads((options.model / "config.json").read_text())["id2label"]
    number_of = {label: int(number) for number, label in names.items()}
    begin, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    groups = [
        {"params": [p for layer in model.linear for p in (layer.down, layer.up)], "lr": options.rate},
        {
            "params": [p for layer in model.linear for p in (layer.bias,)]
            + [p for n in [*model.norms, model.first] for p in n.parameters()],
            "lr": options.rate / 4,
        },
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    samples = stream(options.seed)
    started = time.monotonic()
    step = tokens = 0
    average = 0.0
    base = [group["lr"] for group in optimizer.param_groups]
    while True:
        share = step / options.steps if options.steps else (time.monotonic() - started) / (options.minutes * 60)
        if share >= 1:
            break
        for group, rate in zip(optimizer.param_groups, base, strict=True):
            group["lr"] = rate * min(1.0, (step + 1) / 100) * max(0.02, 0.5 * (1 + math.cos(math.pi * share)))
        pool = [encoded(next(samples), tokenizer, number_of) for _ in range(options.batch)]
        # Samples one behind the other in windows without padding, as the product reads long texts.
        ids = [token for row, _ in pool for token in row]
        labels = [label for _, row in pool for label in row]
        count = len(ids) // WINDOW
        inner = torch.tensor(ids[: count * WINDOW]).view(count, WINDOW)
        ids = torch.cat([torch.full((count, 1), begin), inner, torch.full((count, 1), end)], dim=1)
        target = F.pad(torch.tensor(labels[: count * WINDOW]).view(count, WINDOW), (1, 1), value=-100)
        with torch.autocast("cpu", torch.bfloat16):
            answer = model(ids)
        loss = F.cross_entropy(answer.float().flatten(0, 1), target.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average = loss.item() if not step else 0.98 * average + 0.02 * loss.item()
        step += 1
        tokens += ids.numel()
        if step % 20 == 0:
            print(
                f"step {step}  loss {average:.4f}  {tokens / (time.monotonic() - started):.0f} tokens/s  {share:.0%}",
                flush=True,
            )
        if step % 400 == 0:
            save(model, options.out)
    save(model, options.out)
    print(f"{step} steps, {tokens:,} tokens, sha256 {hashlib.sha256(options.out.read_bytes()).hexdigest()}")


def save(model: Bert, path: Path) -> None:
    """Half-precision numbers by name: for a matrix ``<node>:down`` and ``:up``, for everything else the tensor's own name."""
    values = {}
    for layer in model.linear:
        values[f"{layer.name}:down"] = layer.down
        values[f"{layer.name}:up"] = layer.up
        values[layer.bias_name] = layer.bias
    for norm in [*model.norms, model.first]:
        values[norm.names[0]], values[norm.names[1]] = norm.weight, norm.bias
    np.savez_compressed(path, **{name: value.detach().numpy().astype(np.float16) for name, value in values.items()})


if __name__ == "__main__":
    main()
