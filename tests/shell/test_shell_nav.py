"""The navigation shows a role what it may use, and nothing that does not exist."""

from types import SimpleNamespace
from typing import Any

import pytest

from workbench.shell import nav


def person(*roles: str) -> Any:
    return SimpleNamespace(role_names=frozenset(roles))


def names(user: Any) -> list[str]:
    return [item.entry.name for section in nav.sections_for(user) for item in section.items]


def test_a_rep_starts_runs_and_does_not_see_the_log() -> None:
    shown = names(person("rep"))
    assert shown[:2] == ["home", "runs:start"]
    assert "audit:log" not in shown
    assert "runs:desk" not in shown


def test_compliance_sees_the_log_and_no_review_desk() -> None:
    shown = names(person("compliance"))
    assert "audit:log" in shown
    assert "runs:desk" not in shown
    assert "runs:start" not in shown


def test_somebody_without_a_role_sees_home_only() -> None:
    assert names(person()) == ["home"]


def test_several_roles_see_every_page_once() -> None:
    shown = names(person("rep", "reviewer", "leader"))
    assert len(shown) == len(set(shown))
    assert {"policies:map", "runs:desk", "runs:start"} <= set(shown)


def test_pages_that_do_not_exist_yet_are_left_out() -> None:
    assert nav.url_of("nowhere:page") == ""
    for role in nav.SECTIONS:
        assert all(nav.url_of(name) for name in names(person(role)))


def test_every_name_in_the_tables_is_an_entry() -> None:
    listed = {name for sections in nav.SECTIONS.values() for _label, row in sections for name in row}
    listed |= {name for row in nav.BOTTOM_BAR.values() for name in row}
    assert listed == set(nav.ENTRIES)


@pytest.mark.parametrize(
    ("view", "current"), [("runs:desk", "runs:desk"), ("runs:review", "runs:desk"), ("elsewhere", "")]
)
def test_one_entry_is_the_current_page(view: str, current: str) -> None:
    sections = nav.sections_for(person("reviewer"), view_name=view)
    marked = [item.entry.name for section in sections for item in section.items if item.current]
    assert marked == ([current] if current else [])


def test_the_bottom_bar_has_at_most_four_items_beside_more() -> None:
    for role in nav.SECTIONS:
        user = person(role)
        assert 1 <= len(nav.bottom_bar_for(user, nav.sections_for(user))) <= 4


def test_a_count_that_fails_is_left_out_and_the_page_stays(settings: Any) -> None:
    settings.WORKBENCH_NAV_COUNTS = {
        "runs:desk": "tests.shell.test_shell_nav.seven",
        "home": "tests.shell.test_shell_nav.broken",
    }
    counts = {item.entry.name: item.count for section in nav.sections_for(person("reviewer")) for item in section.items}
    assert counts["runs:desk"] == 7
    assert counts["home"] == 0


def seven(user: Any) -> int:
    return 7


def broken(user: Any) -> int:
    raise RuntimeError
