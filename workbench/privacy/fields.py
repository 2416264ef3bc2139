"""Encrypted text on a model, read and written like an ordinary attribute.

A model that holds personal text has a ``data_key`` and, per text, one binary column and one attribute::

    data_key = data_key_field()
    inputs_sealed = models.BinaryField(null=True)
    inputs = SealedText("inputs_sealed")
"""

import json
from typing import Any

from django.db import models

from workbench.privacy.models import DataKey


def data_key_field() -> "models.ForeignKey[Any, Any]":
    """The link from a record to its data key. Records keep standing when the key is destroyed."""
    return models.ForeignKey(DataKey, models.PROTECT, null=True, editable=False, related_name="+")


class SealedText:
    """Attribute that decrypts on reading and encrypts on writing. None stays None.

    Reading raises ``Erased`` when the data key was destroyed and ``Unreadable`` when the bytes were altered.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    def _context(self, instance: models.Model) -> str:
        return f"{instance._meta.label_lower}.{self.column}"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        sealed = getattr(instance, self.column)
        return None if sealed is None else self._decode(instance.data_key.open(bytes(sealed), self._context(instance)))

    def __set__(self, instance: Any, value: Any) -> None:
        sealed = None if value is None else instance.data_key.seal(self._encode(value), self._context(instance))
        setattr(instance, self.column, sealed)

    def _encode(self, value: Any) -> str:
        return str(value)

    def _decode(self, text: str) -> Any:
        return text


class SealedJSON(SealedText):
    """The same for lists and dicts."""

    def _encode(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"))

    def _decode(self, text: str) -> Any:
        return json.loads(text)
