"""Forms of the map, policies, goals, tools and reports."""

from policies.forms.map import ActivityForm, MeasurementForm, ReportForm, StagesForm
from policies.forms.policy import CONSEQUENCES, PolicyForm
from policies.forms.scrubbing import ScrubbingForm
from policies.forms.tools import ToolForm

__all__ = [
    "CONSEQUENCES",
    "ActivityForm",
    "MeasurementForm",
    "PolicyForm",
    "ReportForm",
    "ScrubbingForm",
    "StagesForm",
    "ToolForm",
]
