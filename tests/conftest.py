"""The fixed cast, the demo company, and a provider on loopback."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import connection
from django.test import Client
from django.utils import translation

from tests.support import demo_company
from tests.support.provider import Provider, serve


@dataclass(frozen=True)
class Cast:
    """Seven people of the demo company, and one who is signed in but holds no role."""

    leader: Any
    rep: Any
    colleague: Any
    reviewer: Any
    compliance: Any
    trainer: Any
    administrator: Any
    outsider: Any


@pytest.fixture
def company(db: None) -> Any:
    """The demo company, as the services load it."""
    from workbench.demo import services

    demo_company.lay_down()
    return services


@pytest.fixture
def cast(company: Any) -> Cast:
    from workbench.accounts.models import User

    people = {user.username: user for user in User.objects.with_roles()}
    outsider = User.objects.create_user("olga", "olga@elsewhere.example", first_name="Olga", last_name="Petersen")
    return Cast(
        leader=people["marit"],
        rep=people["jonas"],
        colleague=people["clara"],
        reviewer=people["aylin"],
        compliance=people["petra"],
        trainer=people["lukas"],
        administrator=people["tom"],
        outsider=outsider,
    )


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """A model provider on loopback that the demo's tool calls."""
    with serve() as running:
        settings.WORKBENCH_MODEL_BASE_URL = running.url
        yield running


@pytest.fixture
def sign_in() -> Any:
    """``sign_in(user)`` → a client of that person."""

    def make(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture(autouse=True, scope="session")
def _emptied_between_transactional_tests() -> Iterator[None]:
    """Django empties the tables after a transactional test; the triggers, which refuse exactly that, step aside meanwhile."""
    original = flush.Command.handle

    def handle(self: Any, **options: Any) -> Any:
        from audit import triggers as log
        from policies import triggers as versions
        from training import triggers as attempts

        for module in (log, versions, attempts):
            module.remove(connection)
        try:
            return original(self, **options)
        finally:
            for module in (log, versions, attempts):
                module.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", handle)
        yield


@pytest.fixture
def shared_data() -> Path:
    """Real text that nobody here wrote, where it lies beside the checkout; without it the tests that read it are skipped."""
    folder = Path(os.environ.get("WORKBENCH_SHARED_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no folder with real texts; set WORKBENCH_SHARED_DATA")
    return folder


@pytest.fixture(autouse=True)
def _english_unless_a_test_says_otherwise() -> Iterator[None]:
    """A request in German leaves its language behind in the thread; the next test starts in English again."""
    with translation.override("en"):
        yield
