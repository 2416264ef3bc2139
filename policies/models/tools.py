"""Tools: the models behind the activities, what they may see and what they may cost."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workbench.accounts.models import Team
from workbench.privacy.fields import SealedText, data_key_field


class Tool(models.Model):
    """A model behind a provider. Its key is sealed, or stands in the environment; it is never shown again."""

    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=100)
    provider = models.CharField(_("provider"), max_length=40, help_text=_("“embedded”, or a LangChain provider such as openai, anthropic, google_genai, azure_openai, ollama"))  # fmt: skip
    model = models.CharField(_("model"), max_length=120)
    base_url = models.CharField(_("address"), max_length=300, blank=True)
    region = models.CharField(_("where it runs"), max_length=100, blank=True)
    contract_reference = models.CharField(_("contract"), max_length=100, blank=True)
    #: The classes of data it may see.
    data = models.JSONField(_("data it may see"), default=list, blank=True)
    context_tokens = models.PositiveIntegerField(_("context in tokens"), default=8192)
    max_concurrent = models.PositiveSmallIntegerField(_("calls at once"), default=4)
    #: Prices for a million tokens, in the currency of the setting WORKBENCH_CURRENCY.
    price_input = models.DecimalField(_("price per million tokens read"), max_digits=10, decimal_places=4, default=0)
    price_output = models.DecimalField(_("price per million tokens written"), max_digits=10, decimal_places=4, default=0)  # fmt: skip
    team_calls_per_month = models.PositiveIntegerField(_("calls per team and month"), null=True, blank=True)
    team_cost_per_month = models.DecimalField(_("cost per team and month"), max_digits=10, decimal_places=2, null=True, blank=True)  # fmt: skip
    enabled = models.BooleanField(_("enabled"), default=True)
    #: The last connection test: empty, "asked", "ok", or the code of what went wrong.
    probe = models.CharField(max_length=32, blank=True, editable=False)
    probed_at = models.DateTimeField(null=True, editable=False)
    data_key = data_key_field()
    key_sealed = models.BinaryField(null=True, editable=False)
    key = SealedText("key_sealed")

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=Q(max_concurrent__gte=1, context_tokens__gte=1024), name="tool_limits"),
            models.CheckConstraint(condition=Q(price_input__gte=0, price_output__gte=0), name="tool_prices"),
        )

    def __str__(self) -> str:
        return self.name


class ToolUse(models.Model):
    """What one team used of a tool in one month: calls and cost. Nothing about single people."""

    tool = models.ForeignKey(Tool, models.PROTECT, related_name="use")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    month = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)

    class Meta:
        ordering = ("-month",)
        constraints = (
            models.UniqueConstraint(fields=("tool", "team", "month"), name="one_use_per_team_and_month"),
            models.UniqueConstraint(fields=("tool", "month"), condition=Q(team=None), name="one_use_without_team"),
        )

    def __str__(self) -> str:
        return f"{self.tool_id} {self.month:%Y-%m}: {self.calls}"
