"""Which worksheets help with an activity (WORKBENCH_WORKSHEETS); see ``policies.worksheets``."""

from django.urls import reverse

from policies.models import Activity
from policies.worksheets import Offer
from training.worksheetfile import forms_for


def worksheets_for(activity: Activity) -> list[Offer]:
    return [
        Offer(
            str(form), form.words["about"], f"{reverse('training:worksheet_form', args=[form.slug])}?activity={activity.slug}"
        )
        for form in forms_for(activity.slug)
    ]  # fmt: skip
