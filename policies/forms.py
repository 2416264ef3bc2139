"""The decision form. The order of its fields is the method: category, rationale, goal, control points, tool last."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.control_points import KINDS
from policies.models import Activity, Category, Goal, PolicyVersion, Tool
from workbench.accounts.models import User

CONSEQUENCES = {
    "human_only": _("No model is called. A call is refused with your name and your reason."),
    "sparring_partner": _("People think with AI. Nothing it writes can be released."),
    "human_in_the_loop": _("AI drafts, a reviewer decides, then it is released."),
    "automated": _("Released by itself when schema and all rules hold. A share is reviewed afterwards."),
}
_ICONS = {
    "human_only": "person-fill",
    "sparring_partner": "chat-left-quote",
    "human_in_the_loop": "person-check",
    "automated": "cpu",
}
# The parameter of a kind that a leader sets here: name, label, least, most.
PARAMS: dict[str, tuple[str, Any, int, int]] = {
    "length": ("words", _("words at most"), 20, 5000),
    "time_limit": ("hours", _("hours"), 1, 720),
    "sample": ("percent", _("percent of what is released"), 1, 100),
}
_DEFAULTS = {"length": 600, "time_limit": 24, "sample": 20}


def _figures(goal: Goal) -> tuple[tuple[str, Decimal], tuple[str, Decimal]]:
    return ("baseline", goal.baseline), ("target", goal.target)


class PolicyForm(forms.Form):
    """A new version of the policy of one activity, filled from the version before."""

    category = forms.ChoiceField(label=_("Responsibility category"), choices=Category.choices, widget=forms.RadioSelect)
    rationale = forms.CharField(
        label=_("Rationale"),
        help_text=_("Shown to anyone whose call is refused."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
    measure = forms.CharField(
        label=_("Measure"),
        required=False,
        max_length=120,
        help_text=_("What becomes better, for instance “Minutes per summary”."),
    )
    baseline = forms.DecimalField(label=_("Today"), required=False, max_digits=12, decimal_places=2)
    target = forms.DecimalField(label=_("Target"), required=False, max_digits=12, decimal_places=2)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=30)
    due = forms.DateField(
        label=_("By when"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    accountable = forms.ModelChoiceField(
        label=_("Accountable person"), queryset=User.objects.none(), help_text=_("Stands behind what is released.")
    )
    tool = forms.ModelChoiceField(
        label=_("Tool"),
        queryset=Tool.objects.none(),
        required=False,
        help_text=_("Comes last. Leave it empty for work that stays with people."),
    )

    def __init__(self, *args: Any, activity: Activity, before: PolicyVersion | None, **kwargs: Any) -> None:
        self.activity, self.before = activity, before
        self.goal = before.goal if before else None
        points = {point.kind: point.params for point in before.control_points.all()} if before else {"scrub": {}}
        self._points = points
        initial = kwargs.pop("initial", {})
        if before:
            initial |= {
                "category": before.category,
                "rationale": before.rationale,
                "accountable": before.accountable_id,
                "tool": before.tool_id,
            }
        goal = self.goal or activity.goals.order_by("-id").first()
        if goal:
            initial |= {"measure": goal.measure, "unit": goal.unit, "due": goal.due}
            # A whole figure is shown without decimals, as it was probably typed.
            initial |= {name: int(value) if value == int(value) else value for name, value in _figures(goal)}
        super().__init__(*args, **kwargs | {"initial": initial})
        self.fields["accountable"].queryset = User.objects.holding("leader", "reviewer", "trainer")  # type: ignore[attr-defined]
        self.fields["tool"].queryset = Tool.objects.filter(enabled=True)  # type: ignore[attr-defined]
        for kind in KINDS.values():
            if kind.name == "scrub":
                self.fields["unmark"] = forms.BooleanField(
                    label=_("People may leave a false find readable"), required=False, initial=bool(points.get("scrub", {}).get("unmark")),
                    help_text=_("Recorded each time. E-mail addresses, checked numbers, passwords and known people stay replaced in any case."),
                )  # fmt: skip
                continue
            self.fields[f"point_{kind.name}"] = forms.BooleanField(
                label=str(kind.label), help_text=str(kind.hint), required=False, initial=kind.name in points
            )
            if kind.name in PARAMS:
                name, label, least, most = PARAMS[kind.name]
                value = points.get(kind.name, {}).get(name, _DEFAULTS[kind.name])
                self.fields[f"param_{kind.name}"] = forms.IntegerField(
                    label=label, min_value=least, max_value=most, required=False, initial=value
                )

    def control_points(self) -> list[tuple[str, dict[str, Any]]]:
        """The chosen control points with their parameters; scrubbing is always among them."""
        chosen: list[tuple[str, dict[str, Any]]] = []
        for kind in KINDS.values():
            if kind.name == "scrub":
                chosen.append((kind.name, {"unmark": True} if self.cleaned_data.get("unmark") else {}))
            elif self.cleaned_data.get(f"point_{kind.name}"):
                params = dict(self._points.get(kind.name, {}))
                if kind.name in PARAMS:
                    params[PARAMS[kind.name][0]] = self.cleaned_data.get(f"param_{kind.name}") or _DEFAULTS[kind.name]
                chosen.append((kind.name, params))
        return chosen

    def goal_values(self) -> dict[str, Any] | None:
        """The goal as typed, or None when nothing was typed."""
        values = {name: self.cleaned_data.get(name) for name in ("measure", "baseline", "target", "unit", "due")}
        return values if any(value not in (None, "") for value in values.values()) else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        values = {name: data.get(name) for name in ("measure", "baseline", "target", "unit", "due")}
        given = [name for name, value in values.items() if value not in (None, "")]
        if given and len(given) < len(values):
            for name in set(values) - set(given) - set(self.errors):
                self.add_error(name, _("A goal needs a measure, a figure today, a target, a unit and a date."))
        if data.get("baseline") is not None and data.get("baseline") == data.get("target"):
            self.add_error("target", _("The target equals today's figure. Say what should become better."))
        return data

    @property
    def places(self) -> list[dict[str, Any]]:
        """Control points grouped by place, for the page."""
        from policies.models import Place

        groups = []
        for place in Place:
            rows = [
                {
                    "kind": kind,
                    "field": None if kind.name == "scrub" else self[f"point_{kind.name}"],
                    "option": self["unmark"] if kind.name == "scrub" else None,
                    "param": self[f"param_{kind.name}"] if kind.name in PARAMS else None,
                }
                for kind in KINDS.values()
                if kind.place == place
            ]
            groups.append({"place": place, "rows": rows})
        return groups

    @property
    def step_errors(self) -> set[str]:
        """The steps of the method that need another look."""
        steps = {"category": "category", "rationale": "category", "accountable": "points", "tool": "tool"}
        steps |= dict.fromkeys(("measure", "baseline", "target", "unit", "due"), "goal")
        return {steps.get(name, "points") for name in self.errors}

    @property
    def categories(self) -> list[dict[str, Any]]:
        """Radio cards with their consequence."""
        value = self["category"].value()
        return [
            {
                "value": c.value,
                "label": c.label,
                "icon": _ICONS[c.value],
                "hint": CONSEQUENCES[c.value],
                "checked": value == c.value,
            }
            for c in Category
        ]


class ScrubbingForm(forms.Form):
    """A pattern or a word of the house, and a text to try it on."""

    kind = forms.ChoiceField(
        label=_("What"),
        choices=[("pattern", _("A number that is replaced")), ("word", _("A word that stays readable"))],
        widget=forms.RadioSelect,
        initial="pattern",
    )
    value = forms.CharField(
        label=_("Pattern or word"),
        max_length=400,
        help_text=_("A regular expression such as NW-\\d{5}, or the word itself."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.SlugField(
        label=_("Name of the number"),
        max_length=40,
        required=False,
        help_text=_("Shown as the reason. Letters, digits and hyphens; only for a pattern."),
    )
    sample = forms.CharField(
        label=_("A text to try it on"), strip=False, help_text=_("It is kept nowhere."), widget=forms.Textarea(attrs={"rows": 9})
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == "pattern" and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("A pattern needs a name, for example customer-number."))
        return data
