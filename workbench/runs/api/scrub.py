"""/api/v1/scrub/: one text, scrubbed. Nothing is stored and nothing leaves."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from policies.scrubbing import house
from workbench.gateway.pii import LanguageUnsupported, ScrubberUnavailable
from workbench.runs.api.serializers import RefusalSerializer
from workbench.runs.services import MAX_INPUT


class ScrubRequestSerializer(serializers.Serializer[Any]):
    """A text, and its language where it is known."""

    text = serializers.CharField(trim_whitespace=False, max_length=MAX_INPUT)
    lang = serializers.ChoiceField(choices=("en", "de"), required=False)


class SpanSerializer(serializers.Serializer[Any]):
    """A stretch of the text that came in, in code points."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    type = serializers.CharField()
    score = serializers.FloatField()


class ScrubbedSerializer(serializers.Serializer[Any]):
    """The scrubbed text and what was found. The originals stay with whoever sent them."""

    text = serializers.CharField()
    language = serializers.CharField()
    spans = SpanSerializer(many=True)


class ScrubberDown(APIException):
    """503: nothing was scrubbed."""

    status_code = 503
    default_code = "scrubber_unavailable"


class ScrubView(APIView):
    """Scrub one text."""

    @extend_schema(request=ScrubRequestSerializer, responses={200: ScrubbedSerializer, 400: RefusalSerializer})
    def post(self, request: Request) -> Response:
        """The text with personal data replaced by placeholders, and where it stood. Nothing is stored, logged or sent."""
        asked = ScrubRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        text = asked.validated_data["text"]
        try:
            result = house().anonymize({"text": text}, language=asked.validated_data.get("lang"))
        except LanguageUnsupported:
            raise ValidationError(
                {"text": [_("This text is neither English nor German. Nothing was scrubbed.")]}
            ) from None
        except ScrubberUnavailable:
            raise ScrubberDown(_("The scrubber is not available. Nothing was scrubbed.")) from None
        value = {"text": result.texts["text"], "language": result.language, "spans": result.spans("text")}
        return Response(ScrubbedSerializer(value).data)
