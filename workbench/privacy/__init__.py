"""Encrypted fields, data keys and the key ring that wraps them."""
