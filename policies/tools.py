"""From a tool of the map to an address that can be called. Its key is the sealed one, or comes from the environment at the moment of the call."""

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


def endpoint(tool: Tool) -> Endpoint | None:
    """Where and how to call the tool, or None when it cannot be called: no embedded model, or no key for the provider."""
    import os

    if tool.provider == EMBEDDED:
        key_file = settings.WORKBENCH_EMBEDDED_KEY_FILE
        if not (settings.WORKBENCH_EMBEDDED_URL and key_file and Path(key_file).is_file()):
            return None
        return Endpoint(
            provider="openai",
            model=settings.WORKBENCH_EMBEDDED_MODEL or tool.model,
            base_url=settings.WORKBENCH_EMBEDDED_URL,
            api_key=Path(key_file).read_text(encoding="utf-8").strip(),
            context_tokens=settings.WORKBENCH_CONTEXT_TOKENS or tool.context_tokens,
            # A small model on a processor reads a long prompt for a minute before it writes.
            first_token_seconds=300.0,
        )
    key = tool.key or settings.WORKBENCH_MODEL_API_KEY or os.environ.get(KEY_VARIABLES.get(tool.provider, ""), "")
    if not key and tool.provider in KEY_VARIABLES:
        return None
    return Endpoint(
        provider=tool.provider,
        model=tool.model,
        base_url=tool.base_url or settings.WORKBENCH_MODEL_BASE_URL,
        api_key=key,
        context_tokens=settings.WORKBENCH_CONTEXT_TOKENS or tool.context_tokens,
    )
