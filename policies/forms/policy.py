"""The decision form. The order of its fields is the method: category, rationale, goal, control points, tool last."""

from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from policies.control_points import KINDS, Place
from policies.control_points.base import Param
from policies.forms.params import field_for
from policies.fundamentals import KIND as FUNDAMENTALS
from policies.fundamentals import fundamentals
from policies.method import ToolSeen, gaps
from policies.models import Activity, Category, Goal, GoalSource, PolicyVersion, Tool
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


def _figures(goal: Goal) -> tuple[tuple[str, Decimal], tuple[str, Decimal]]:
    return ("baseline", goal.baseline), ("target", goal.target)


def _with_names(param: Param, value: list[str] | None) -> Param:
    """The fundamentals there are, to choose from; one that was asked for and is not there any more stays to be taken out."""
    there = dict.fromkeys(value or ()) | dict(fundamentals().names())
    return replace(param, choices={slug: name or slug for slug, name in there.items()})


class PolicyForm(forms.Form):
    """A new version of the policy of one activity, filled from the version before."""

    category = forms.ChoiceField(
        label=_("Responsibility category"), choices=Category.choices, widget=forms.RadioSelect, required=False
    )
    rationale = forms.CharField(
        label=_("Rationale"),
        help_text=_("Shown to anyone whose call is refused."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
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
    source = forms.ChoiceField(
        label=_("Where its figures come from"), required=False, choices=GoalSource.choices, initial=GoalSource.MANUAL
    )
    accountable = forms.ModelChoiceField(
        label=_("Accountable person"), queryset=User.objects.none(), help_text=_("Stands behind what is released.")
    )
    override = forms.CharField(
        label=_("Why it takes effect all the same"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown on the policy with your name."),
    )  # fmt: skip
    effective_on = forms.DateField(
        label=_("Takes effect on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: with the next call."),
    )  # fmt: skip
    tool = forms.ModelChoiceField(
        label=_("Tool"),
        queryset=Tool.objects.none(),
        required=False,
        help_text=_("Comes last. Work that stays with people has none."),
    )

    def __init__(
        self, *args: Any, activity: Activity, before: PolicyVersion | None, actor: User, **kwargs: Any
    ) -> None:
        self.activity, self.before = activity, before
        self.goal = before.goal if before else None
        points = {point.kind: point.params for point in before.control_points.all()} if before else {"scrub": {}}
        initial = {"accountable": actor.pk} | kwargs.pop("initial", {})
        if before:
            initial |= {
                "category": before.category,
                "rationale": before.rationale,
                "accountable": before.accountable_id,
                "tool": before.tool_id,
            }
        goal = self.goal or activity.goals.order_by("-id").first()
        if goal:
            initial |= {"measure": goal.measure, "unit": goal.unit, "due": goal.due, "source": goal.source}
            # A whole figure is shown without decimals, as it was probably typed.
            initial |= {name: int(value) if value == int(value) else value for name, value in _figures(goal)}
        super().__init__(*args, **kwargs | {"initial": initial})
        self.fields["accountable"].queryset = User.objects.holding("leader", "reviewer", "trainer")  # type: ignore[attr-defined]
        enabled = Tool.objects.filter(enabled=True)
        self.fields["tool"].queryset = enabled  # type: ignore[attr-defined]
        if before is None and len(only := list(enabled[:2])) == 1:
            # A choice of one is no choice; it still comes last, and what stays with people is saved without it.
            self.initial["tool"] = only[0].pk
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
            for param in kind.params:
                value = points.get(kind.name, {}).get(param.name)
                param = _with_names(param, value) if kind.name == FUNDAMENTALS else param
                self.fields[f"param_{kind.name}_{param.name}"] = field_for(param, value)

    def control_points(self) -> list[tuple[str, dict[str, Any]]]:
        """The chosen control points with their parameters; scrubbing is always among them."""
        chosen: list[tuple[str, dict[str, Any]]] = []
        for kind in KINDS.values():
            if kind.name == "scrub":
                chosen.append((kind.name, {"unmark": True} if self.cleaned_data.get("unmark") else {}))
            elif self.cleaned_data.get(f"point_{kind.name}"):
                given = {param.name: self.cleaned_data.get(f"param_{kind.name}_{param.name}") for param in kind.params}
                # What is left empty has its default; a kind that needs a value is refused by name when it has none.
                chosen.append(
                    (kind.name, {name: value for name, value in given.items() if value not in (None, "", [])})
                )
        return chosen

    def goal_values(self) -> dict[str, Any] | None:
        """The goal as typed, or None when nothing was typed."""
        values = {name: self.cleaned_data.get(name) for name in ("measure", "baseline", "target", "unit", "due")}
        if all(value in (None, "") for value in values.values()):
            return None
        return values | {"source": self.cleaned_data.get("source") or GoalSource.MANUAL}

    def gaps(self) -> dict[str, str]:
        """What the method still misses, field → sentence, in a form that may have other faults too."""
        data = self.cleaned_data
        tool = data.get("tool")
        typed = any(self.data.get(name) for name in ("measure", "baseline", "target", "unit", "due"))
        found = gaps(
            category=data.get("category", ""), rationale=data.get("rationale", ""), has_goal=typed or self.goal is not None,
            tool=ToolSeen(tool.name, tool.data) if tool else None, points=dict(self.control_points()), data=self.activity.data,
        )  # fmt: skip
        return {"measure" if name == "goal" else name: sentence for name, sentence in found.items()}

    def effective_at(self) -> datetime | None:
        """The beginning of the day from which the decision holds, or None for at once."""
        day = self.cleaned_data.get("effective_on")
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for kind, params in self.control_points():
            if kind != "scrub" and not KINDS[kind].accepts(params):
                needed = next((p.name for p in KINDS[kind].params if p.name not in params and p.default is None), "")
                name = f"param_{kind}_{needed or KINDS[kind].params[0].name}"
                if name not in self.errors:
                    self.add_error(
                        name, _("“%s” needs this. Fill it in, or take the control point away.") % KINDS[kind].label
                    )
        values = {name: data.get(name) for name in ("measure", "baseline", "target", "unit", "due")}
        given = [name for name, value in values.items() if value not in (None, "") or name in self.errors]
        if given and len(given) < len(values):
            for name in set(values) - set(given):
                self.add_error(name, _("A goal needs a measure, a figure today, a target, a unit and a date."))
        if data.get("baseline") is not None and data.get("baseline") == data.get("target"):
            self.add_error("target", _("The target equals today's figure. Say what should become better."))
        day = data.get("effective_on")
        if day is not None and day <= timezone.localdate():
            self.add_error(
                "effective_on", _("Choose a day to come, or leave it empty: then it holds with the next call.")
            )
        return data

    @property
    def places(self) -> list[dict[str, Any]]:
        """Control points grouped by place, for the page."""
        groups = []
        for place in Place:
            rows = [
                {
                    "kind": kind,
                    "field": None if kind.name == "scrub" else self[f"point_{kind.name}"],
                    "option": self["unmark"] if kind.name == "scrub" else None,
                    "params": [
                        self[f"param_{kind.name}_{param.name}"] for param in kind.params if kind.name != "scrub"
                    ],
                }
                for kind in KINDS.values()
                if kind.place == place
            ]
            groups.append({"place": place, "rows": rows})
        return groups

    @property
    def asks_why(self) -> bool:
        """Whether somebody has to say why, or said it already."""
        return "override" in self.errors or bool(self.data.get("override"))

    @property
    def step_errors(self) -> set[str]:
        """The steps of the method that need another look."""
        steps = {"category": "category", "rationale": "category", "accountable": "points", "tool": "tool"}
        steps |= dict.fromkeys(("measure", "baseline", "target", "unit", "due", "source"), "goal")
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
