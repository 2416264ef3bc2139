"""The embedded model as one process that speaks the OpenAI protocol on loopback.

``python -m workbench.embedded.server --gguf PATH --port P --key-file F [--context N] [--name NAME]``

One generation at a time: two at once on a processor are each far slower than half. The key is required on every call
that reaches the model. What is asked and answered appears in no log: once the model is loaded, the native code has
nowhere to print to. The process ends on SIGTERM, and by itself when the process that started it is gone.
"""

import argparse
import os
import secrets
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

LOOPBACK = "127.0.0.1"
CONTEXT_TOKENS = 8192
ERRORS_ONLY = 1


def cores() -> int:
    """Processor cores this process may use: the affinity mask, further limited by a control group's quota."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:
        count = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        count = min(count, max(1, int(quota) // int(period)))
    except (OSError, ValueError):
        pass
    return count


def threads() -> int:
    """Threads of a generation: one core stays free for the web process and the worker."""
    return max(1, cores() - 1)


def ensure_key(path: Path) -> str:
    """Return the key in the file; a missing file is made with a new key, readable by its owner only.

    Raises:
        OSError: The file can neither be read nor made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    key = secrets.token_urlsafe(32)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key + "\n")
    return key


def serve(gguf: Path, port: int, key: str, context: int, name: str) -> None:
    """Load the model, answer on loopback, and return when asked to end.

    Args:
        gguf: the model file.
        port: where to listen; 0 lets the system choose, and the address is printed.
        key: every call has to bring it as bearer token.
        context: tokens of prompt and answer together.
        name: what the model is called in the protocol.
    """
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = str(gguf)
    params.model_alias = {name}
    params.offline = True
    params.hostnames = [LOOPBACK]
    params.port = port
    params.api_keys = [key]
    params.cors_origins = f"http://{LOOPBACK}"
    params.ui = False
    params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    params.verbosity = ERRORS_ONLY
    params.n_ctx = context
    params.n_parallel = 1
    params.cpuparams.n_threads = threads()
    # Reading a prompt is bound by arithmetic and gains from every core, also while another process uses one; writing does not.
    params.cpuparams_batch.n_threads = cores()
    params.n_gpu_layers = 0
    # No copies of earlier prompts in memory beyond the one the slot holds.
    params.cache_ram_mib = 0
    params.sampling.penalty_repeat = 1.0

    ended = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    parent = os.getppid()
    server = Server(params)
    print(f"{name} answers at {server.listening_address}/v1", flush=True)
    _mute()
    while not ended.wait(1.0):
        if os.getppid() != parent:
            break
    # Leaving at once: a generation under way has nobody left to read it.
    os._exit(0)


def _mute() -> None:
    """Standard output and error go nowhere from here on, also for native code."""
    sys.stdout.flush()
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code when the model cannot be served."""
    parser = argparse.ArgumentParser(prog="workbench.embedded.server", description="Serve a GGUF model on loopback.")
    parser.add_argument("--gguf", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key-file", type=Path, required=True, help="made with mode 600 when it is missing")
    parser.add_argument("--context", type=int, default=CONTEXT_TOKENS, help="tokens of prompt and answer together")
    parser.add_argument("--name", default="embedded", help="what the model is called in the protocol")
    options = parser.parse_args(arguments)
    if not options.gguf.is_file():
        print(f"There is no model file at {options.gguf}.", file=sys.stderr)
        return 1
    try:
        key = ensure_key(options.key_file)
    except OSError as error:
        print(f"The key file {options.key_file} cannot be used: {error.strerror}.", file=sys.stderr)
        return 1
    try:
        serve(options.gguf, options.port, key, options.context, options.name)
    except (RuntimeError, ValueError) as error:
        print(f"The model {options.gguf} cannot be served: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
