"""The house's own patterns and words for scrubbing."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IdentifierPattern(models.Model):
    """A pattern for numbers of the house that tell of a person: customer, contract and staff numbers."""

    name = models.SlugField(_("name"), max_length=40, unique=True)
    pattern = models.CharField(_("pattern"), max_length=200)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class AllowedWord(models.Model):
    """A word or name of the house that stays readable: its own firm, its products."""

    text = models.CharField(_("word"), max_length=80)
    folded = models.CharField(max_length=160, unique=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("folded",)

    def __str__(self) -> str:
        return self.text
