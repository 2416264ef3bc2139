"""The append-only log. It imports nobody, and everybody may import it."""
