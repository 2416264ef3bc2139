"""What the endpoints of runs share."""

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from policies.models import PromptVersion
from workbench.runs import services


def approved(slug: str) -> PromptVersion:
    """The approved version of a prompt, or a 400 that says there is none."""
    versions = PromptVersion.objects.approved().select_related("prompt__activity")
    version = versions.filter(prompt__slug=slug).first()
    if version is None:
        raise ValidationError({"prompt": [_("There is no approved prompt with this slug. See /api/v1/prompts/.")]})
    return version


def refusal_of(refusal: services.RunDenied) -> Response:
    """403 with the code of the reason, its sentence, and the run that records it."""
    body = {
        "code": refusal.decision.reasons[0].code,
        "detail": refusal.decision.sentence,
        "run": refusal.run.pk if refusal.run else None,
    }
    return Response(body, status=status.HTTP_403_FORBIDDEN)
