"""The gate for other tools: an OpenAI-compatible endpoint under the same policy, scrubbing, review and log as the pages."""
