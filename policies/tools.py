"""From a tool of the map to an address that can be called. Its key is the sealed one, or comes from the environment at the moment of the call."""

import os
from pathlib import Path

from django.conf import settings

from policies.models import Tool
from workbench.gateway.llm import Endpoint

EMBEDDED = "embedded"
# The usual variables of the providers, named so that a missing key can be told before a call.
KEY_VARIABLES = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "azure_openai": "AZURE_OPENAI_API_KEY",
}


def is_ready(provider: str, *, has_key: bool) -> bool:
    """Whether a tool of this provider can be called: there is an embedded model, or a key where one is needed. Unseals nothing."""
    if provider == EMBEDDED:
        key_file = settings.WORKBENCH_EMBEDDED_KEY_FILE
        return bool(settings.WORKBENCH_EMBEDDED_URL and key_file and Path(key_file).is_file())
    return has_key or provider not in KEY_VARIABLES or bool(_key_of_house(provider))


def _key_of_house(provider: str) -> str:
    return settings.WORKBENCH_MODEL_API_KEY or os.environ.get(KEY_VARIABLES.get(provider, ""), "")


def endpoint(tool: Tool) -> Endpoint | None:
    """Where and how to call the tool, or None when it cannot be called."""
    if not is_ready(tool.provider, has_key=tool.key_sealed is not None):
        return None
    if tool.provider == EMBEDDED:
        key_file = settings.WORKBENCH_EMBEDDED_KEY_FILE
        return Endpoint(
            provider="openai",
            model=settings.WORKBENCH_EMBEDDED_MODEL or tool.model,
            base_url=settings.WORKBENCH_EMBEDDED_URL,
            api_key=Path(key_file).read_text(encoding="utf-8").strip(),
            context_tokens=settings.WORKBENCH_CONTEXT_TOKENS or tool.context_tokens,
            # A small model on a processor reads a long prompt for a minute before it writes.
            first_token_seconds=300.0,
        )
    return Endpoint(
        provider=tool.provider,
        model=tool.model,
        base_url=tool.base_url or settings.WORKBENCH_MODEL_BASE_URL,
        api_key=tool.key or _key_of_house(tool.provider),
        context_tokens=settings.WORKBENCH_CONTEXT_TOKENS or tool.context_tokens,
    )
