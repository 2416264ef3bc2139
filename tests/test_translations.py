"""The German words: every sentence has one, the compiled file holds them, and pages served in German speak German."""

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

ROOT = Path(django_settings.BASE_DIR)
FOLDER = ROOT / "workbench" / "locale" / "de" / "LC_MESSAGES"
SOURCES = ("workbench", "policies", "audit", "training")
CALLS = {
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
    "pgettext": -1,
    "pgettext_lazy": -1,
}

PLACEHOLDER = re.compile(r"%\(\w+\)[-0-9.]*[a-z]|%[-0-9.]*[sdf]|\{\w+\}")
LITERAL = r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')"""
TRANSLATE = re.compile(r"\{%-?\s*(?:translate|trans)\s+" + LITERAL + r"(?:[^%]*?\bcontext\s+\"(?P<context>[^\"]*)\")?")
FILTERED = re.compile(r"\b_\(" + LITERAL + r"\)")
BLOCK = re.compile(
    r"\{%\s*(?:blocktranslate|blocktrans)\b(?P<head>.*?)%\}(?P<body>.*?)\{%\s*end(?:blocktranslate|blocktrans)\s*%\}",
    re.S,
)

# Words that would only stand on a German page because somebody forgot them. Names of people, activities and prompts are
# data and stay as they were written; so none of these may be a word of the demo company.
FORGOTTEN = (
    "Home", "Sign in", "Sign out", "Search or jump to", "Skip to the content", "Start a run", "My runs", "Review desk",
    "Activity map", "Policies", "Goals", "Tools", "Audit log", "Human only", "Sparring partner", "Human in the loop",
    "Automated", "No category yet", "Released", "Rejected", "In force", "What you know", "Exactly what leaves",
    "Receipt", "Approve", "Reject", "Reason", "Coverage", "Accountable", "Password", "Save", "Cancel", "Loading", "- Select an option -",
)  # fmt: skip


def catalogue() -> polib.POFile:
    return polib.pofile(str(FOLDER / "django.po"))


def texts(entry: polib.POEntry) -> list[str]:
    """All German texts of an entry: one, or one per plural form."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def files(suffix: str) -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            if not {"migrations", "static", "locale"} & set(path.parts):
                yield path


def from_python(source: str) -> Iterator[tuple[str, str]]:
    """(context, text) of every gettext call with literal arguments."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        wanted = CALLS.get(name)
        given = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args[:2]]
        if wanted == -1 and len(given) == 2 and given[0] is not None and given[1] is not None:
            yield given[0], given[1]
        elif wanted is not None and wanted > 0 and given and given[0] is not None:
            yield "", given[0]


def from_template(source: str) -> Iterator[tuple[str, str]]:
    """(context, text) of every translate and blocktranslate tag and every ``_("…")`` in a template."""
    for found in TRANSLATE.finditer(source):
        yield found["context"] or "", found["double"] if found["double"] is not None else found["single"]
    for found in FILTERED.finditer(source):
        yield "", found["double"] if found["double"] is not None else found["single"]
    for found in BLOCK.finditer(source):
        context = re.search(r"\bcontext\s+\"([^\"]*)\"", found["head"])
        body = re.split(r"\{%\s*plural\s*%\}", found["body"])[0]
        if re.search(r"\btrimmed\b", found["head"]):
            body = " ".join(line.strip() for line in body.splitlines() if line.strip())
        body = re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", body.replace("%", "%%"))
        yield context[1] if context else "", body


def test_every_sentence_is_translated() -> None:
    po = catalogue()
    assert not po.obsolete_entries()
    assert not [entry.msgid for entry in po if entry.fuzzy]
    assert not [entry.msgid for entry in po if not all(texts(entry))]


def test_every_placeholder_of_a_sentence_stands_in_its_translation() -> None:
    for entry in catalogue():
        for number, text in enumerate(texts(entry)):
            wanted = {frozenset(PLACEHOLDER.findall(entry.msgid))}
            if entry.msgid_plural:  # "One draft" may leave the number out, "2 drafts" may not
                plural = frozenset(PLACEHOLDER.findall(entry.msgid_plural))
                wanted = {plural} if number else {*wanted, plural}
            assert frozenset(PLACEHOLDER.findall(text)) in wanted, (entry.msgid, text)


def test_a_translation_keeps_the_marks_of_its_sentence() -> None:
    for entry in catalogue():
        for text in texts(entry):
            assert re.findall(r"</?\w+>", text) == re.findall(r"</?\w+>", entry.msgid), entry.msgid
            assert (entry.msgid[:1] == "\n", entry.msgid[-1:] == "\n") == (text[:1] == "\n", text[-1:] == "\n"), (
                entry.msgid
            )
            assert text == text.strip() or entry.msgid != entry.msgid.strip(), entry.msgid
            assert "“" not in text or "„" in text, f"German quotes open below: {text}"


def test_the_workbench_says_sie() -> None:
    casual = re.compile(r"\b([Dd]u|[Dd]ir|[Dd]ich|[Dd]ein\w*)\b")
    assert not [text for entry in catalogue() for text in texts(entry) if casual.search(text)]


def test_one_word_stands_for_one_thing() -> None:
    others = re.compile(r"[Tt]ätigkeit|[Ss]chwärz|[Aa]nonymisier|[Ff]reigegebene Version|Zurückgewiesen")
    assert not [text for entry in catalogue() for text in texts(entry) if others.search(text)]


def test_the_compiled_file_holds_what_the_readable_one_says() -> None:
    def content(entries: Any) -> dict[tuple[str, str], tuple[str, ...]]:
        return {(entry.msgctxt or "", entry.msgid): tuple(texts(entry)) for entry in entries if entry.msgid}

    assert content(polib.mofile(str(FOLDER / "django.mo"))) == content(catalogue()), "run manage.py compilemessages"


def test_no_sentence_of_the_sources_is_missing() -> None:
    known = {(entry.msgctxt or "", entry.msgid) for entry in catalogue()}
    missing = set()
    for suffix, extract in ((".py", from_python), (".html", from_template), (".txt", from_template)):
        for path in files(suffix):
            if suffix == ".txt" and "templates" not in path.parts:
                continue
            found = extract(path.read_text(encoding="utf-8"))
            missing |= {(str(path.relative_to(ROOT)), *key) for key in found if key[1] and key not in known}
    assert not missing, "run manage.py makemessages -l de, translate, compile"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{% translate "Save" %}', [("", "Save")]),
        ('{% translate "Run" context "short" %}', [("short", "Run")]),
        ('{% blocktranslate with n=a.b %}v{{ n }}{% endblocktranslate %}', [("", "v%(n)s")]),
        ('{% blocktranslate count n=x %}{{ n }} a{% plural %}{{ n }} b{% endblocktranslate %}', [("", "%(n)s a")]),
        ('{% include "x.html" with text=_("Hello") %}', [("", "Hello")]),
    ],
)  # fmt: skip
def test_the_reader_of_templates_finds_what_is_there(source: str, expected: list[tuple[str, str]]) -> None:
    assert list(from_template(source)) == expected


def visible(page: str) -> str:
    """What a person sees or hears of a page: its text and the attributes that are read out."""
    page = re.sub(r"<(script|style|svg|template)\b.*?</\1>", " ", page, flags=re.S)
    page = re.sub(r"<textarea\b.*?</textarea>", " ", page, flags=re.S)  # examples are data
    spoken = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', page)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " | ", page) + " | " + " | ".join(spoken)))


def forgotten(page: str) -> list[str]:
    """English words of the interface that stand alone in a German page."""
    shown = visible(page)
    return [word for word in FORGOTTEN if re.search(rf"\|\s*{re.escape(word)}\s*\|", shown)]


@pytest.mark.django_db
def test_the_log_in_page_speaks_german(client: Client) -> None:
    page = client.get(reverse("account_login"), headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="de"' in page
    assert "Anmelden" in page
    assert not forgotten(page)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "address", "words"),
    [
        ("rep", ("home",), "Meine Läufe"),
        ("rep", ("runs:compose", "discovery-call-summary"), "Was genau hinausgeht"),
        ("reviewer", ("runs:desk",), "Prüftisch"),
        ("leader", ("policies:map",), "Abdeckung"),
        ("compliance", ("audit:log",), "Protokoll"),
        ("administrator", ("accounts:people",), "Person hinzufügen"),
    ],
)
def test_a_page_served_in_german_speaks_german(
    cast: Any, sign_in: Any, who: str, address: tuple[str, ...], words: str
) -> None:
    response = sign_in(getattr(cast, who)).get(reverse(address[0], args=address[1:]), headers={"Accept-Language": "de"})
    page = response.content.decode()
    assert response.status_code == 200
    assert '<html lang="de"' in page
    assert words in visible(page)
    assert not forgotten(page)


@pytest.mark.django_db
def test_the_review_of_a_draft_speaks_german(cast: Any, sign_in: Any, provider: Any) -> None:
    from policies.models import PromptVersion
    from workbench.runs import execution, services

    prompt = PromptVersion.objects.approved().get(prompt__slug="discovery-call-summary")
    run = services.submit_run(
        actor=cast.rep, prompt_version=prompt, inputs={"transcript": "Ilaria Conti has 214 doors."}
    )
    execution.execute_run(run.pk)
    client = sign_in(cast.reviewer)
    page = client.get(reverse("runs:review", args=[run.pk]), headers={"Accept-Language": "de"}).content.decode()
    assert "Freigeben" in visible(page)
    assert "Ablehnen" in visible(page)
    assert not forgotten(page)


def test_no_module_gives_a_translating_function_a_name_that_nobody_collects() -> None:
    """A sentence behind another name would never come into the German file, and no other test would miss it."""
    odd = []
    for top in SOURCES:
        for file in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                    odd += [
                        f"{file.relative_to(ROOT)}: {name.asname}"
                        for name in node.names
                        if name.asname not in {None, *CALLS}
                    ]
    assert odd == []
