"""The stored description of the API is the API."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

STORED = Path(__file__).resolve().parents[1] / "docs" / "openapi.yaml"


def test_the_stored_schema_is_what_the_code_serves() -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert out.getvalue().strip() == STORED.read_text(encoding="utf-8").strip(), (
        "run: manage.py spectacular --file docs/openapi.yaml"
    )


@pytest.mark.django_db
def test_the_schema_is_served_to_whoever_is_signed_in(cast, sign_in) -> None:
    answer = sign_in(cast.rep).get("/api/schema/")
    assert answer.status_code == 200
    assert b"/api/v1/runs/{id}/review/" in answer.content
