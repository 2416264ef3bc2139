"""The AI run: preview, queue, execution, output and review."""
