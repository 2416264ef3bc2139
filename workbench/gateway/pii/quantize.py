"""Prepare the detection model in memory: add our adapter, and turn 4-bit weights into 8-bit ones, which run twice as fast.

The file as published stores weights of four bits and computes in floating point (ONNX Runtime's ``MatMulNBits``). Every such
node becomes a ``DynamicQuantizeMatMul``: weights of eight bits with a scale for each column, activations quantised while
running, integer arithmetic (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html). The adapter is what
was learned on top of the published model, as low-rank changes of its matrices (https://arxiv.org/abs/2106.09685) and new biases;
``scripts/pii`` makes it. The same bytes give the same bytes. An ONNX file is a protocol buffer; only the few fields needed are read, and
everything else is copied as it is (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# Field numbers of onnx.proto.
_GRAPH = 7
_NODE, _INITIALIZER = 1, 5
_INPUT, _NAME, _OP_TYPE, _ATTRIBUTE, _DOMAIN = 1, 3, 4, 5, 7
_DIMS, _DATA_TYPE, _TENSOR_NAME, _RAW_DATA = 1, 2, 8, 9
_ATTRIBUTE_NAME, _ATTRIBUTE_INT = 1, 3
_FLOAT, _INT8 = 1, 3
#: Seven bits instead of eight: products of pairs then cannot overflow sixteen bits on processors without VNNI.
_LARGEST = 63

_Field = tuple[int, int, bytes]


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _fields(message: bytes) -> Iterator[_Field]:
    """The fields of a message: number, wire type, and the value's bytes (of a length-delimited one without its length)."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        wire = key & 7
        if wire == 0:
            start = at
            _, at = _varint(message, at)
            yield key >> 3, wire, message[start:at]
        elif wire == 2:
            length, at = _varint(message, at)
            yield key >> 3, wire, message[at : at + length]
            at += length
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            yield key >> 3, wire, message[at : at + size]
            at += size
        else:
            raise ValueError(f"wire type {wire}")


def _message(fields: Iterable[_Field]) -> bytes:
    pieces: list[bytes] = []
    for number, wire, value in fields:
        pieces.append(_encoded(number << 3 | wire))
        if wire == 2:
            pieces.append(_encoded(len(value)))
        pieces.append(value)
    return b"".join(pieces)


def _texts(message: bytes, number: int) -> list[str]:
    return [value.decode() for field, _, value in _fields(message) if field == number]


def _bytes(message: bytes, number: int) -> bytes:
    return next((value for field, _, value in _fields(message) if field == number), b"")


def _numbers(node: bytes) -> dict[str, int]:
    """The whole-number attributes of a node."""
    found = {}
    for field, _, value in _fields(node):
        if field == _ATTRIBUTE and (number := _bytes(value, _ATTRIBUTE_INT)):
            found[_texts(value, _ATTRIBUTE_NAME)[0]] = _varint(number, 0)[0]
    return found


def _tensor(name: str, values: npt.NDArray[np.generic], data_type: int) -> _Field:
    dims = [(_DIMS, 0, _encoded(size)) for size in values.shape]
    return (
        _INITIALIZER,
        2,
        _message(
            [
                *dims,
                (_DATA_TYPE, 0, _encoded(data_type)),
                (_TENSOR_NAME, 2, name.encode()),
                (_RAW_DATA, 2, values.tobytes()),
            ]
        ),
    )


def _weights(packed: bytes, scales: bytes, rows: int, columns: int, block: int) -> npt.NDArray[np.float32]:
    """The weights of a MatMulNBits node without zero points, as a matrix of ``rows`` inputs and ``columns`` outputs."""
    import numpy as np

    raw = np.frombuffer(packed, np.uint8).reshape(columns, -1, block // 2)
    whole = np.empty((columns, raw.shape[1], block), np.float32)
    whole[:, :, 0::2] = raw & 15
    whole[:, :, 1::2] = raw >> 4
    scale = np.frombuffer(scales, np.float32).reshape(columns, -1, 1)
    return ((whole - 8.0) * scale).reshape(columns, -1)[:, :rows].T


def prepared(
    model: bytes, adapter: Mapping[str, npt.NDArray[np.float16]] | None = None, *, eight_bits: bool = True
) -> bytes:
    """The model with the adapter added, and with eight-bit weights or with weights in floating point.

    Args:
        model: the file as published.
        adapter: ``<node>:down`` and ``<node>:up`` for matrices, the tensor's name for everything else.
        eight_bits: False for processors on which integer arithmetic goes wrong; three times as slow.

    Raises:
        ValueError, KeyError, IndexError: The bytes are no ONNX model of the kind this was written for.
    """
    import numpy as np

    outer = list(_fields(model))
    graph = list(_fields(next(value for number, _, value in outer if number == _GRAPH)))
    changes = dict(adapter or {})
    stored = {_texts(value, _TENSOR_NAME)[0]: value for number, _, value in graph if number == _INITIALIZER}
    gone = stored.keys() & changes.keys()
    added = [_tensor(name, changes[name].astype(np.float32), _FLOAT) for name in sorted(gone)]
    before = len(added)
    nodes: list[_Field] = []
    for number, wire, value in graph:
        if number != _NODE or _texts(value, _OP_TYPE) != ["MatMulNBits"]:
            if number == _NODE:
                nodes.append((number, wire, value))
            continue
        shape = _numbers(value)
        source, packed, scales = _texts(value, _INPUT)
        matrix = _weights(
            _bytes(stored[packed], _RAW_DATA),
            _bytes(stored[scales], _RAW_DATA),
            shape["K"],
            shape["N"],
            shape["block_size"],
        )
        name = _texts(value, _NAME)[0]
        if f"{name}:down" in changes:
            matrix = matrix + changes[f"{name}:down"].astype(np.float32) @ changes[f"{name}:up"].astype(np.float32)
        gone |= {packed, scales}
        kept = [field for field in _fields(value) if field[0] not in (_INPUT, _OP_TYPE, _ATTRIBUTE, _DOMAIN)]
        if eight_bits:
            scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12).astype(np.float32) / _LARGEST
            whole = np.clip(np.rint(matrix / scale), -_LARGEST, _LARGEST).astype(np.int8)
            added += [_tensor(packed + "_8", whole, _INT8), _tensor(scales + "_8", scale, _FLOAT)]
            inputs: tuple[str, ...] = (source, packed + "_8", scales + "_8")
            kind, domain = b"DynamicQuantizeMatMul", b"com.microsoft"
        else:
            added.append(_tensor(packed + "_32", np.ascontiguousarray(matrix, np.float32), _FLOAT))
            inputs, kind, domain = (source, packed + "_32"), b"MatMul", b""
        fields = [(_INPUT, 2, text.encode()) for text in inputs]
        nodes.append((_NODE, 2, _message([*fields, *kept, (_OP_TYPE, 2, kind), (_DOMAIN, 2, domain)])))
    if len(added) == before:
        raise ValueError("no MatMulNBits in the graph")
    rest = [
        field
        for field in graph
        if field[0] != _NODE and not (field[0] == _INITIALIZER and _texts(field[2], _TENSOR_NAME)[0] in gone)
    ]
    changed = _message([*nodes, *rest, *added])
    return _message((number, wire, changed if number == _GRAPH else value) for number, wire, value in outer)
