"""Forms of the map, policies, goals, tools and reports."""

from policies.forms.map import ActivityForm, MeasurementForm, ReportForm, StagesForm
from policies.forms.policy import CONSEQUENCES, PolicyForm
from policies.forms.prompts import NewPromptForm, PromptForm
from policies.forms.qualifications import QualificationForm
from policies.forms.scrubbing import ScrubbingForm
from policies.forms.tools import ToolForm

__all__ = [
    "CONSEQUENCES",
    "ActivityForm",
    "MeasurementForm",
    "NewPromptForm",
    "PolicyForm",
    "PromptForm",
    "QualificationForm",
    "ReportForm",
    "ScrubbingForm",
    "StagesForm",
    "ToolForm",
]
