"""Vendored files are what VENDOR.md says, and every icon that a page draws is in the sprite."""

import hashlib
import re
from pathlib import Path

from django.conf import settings

from audit.actions import ACTIONS
from workbench.accounts.notices import KINDS
from workbench.shell import health, nav
from workbench.shell.templatetags import workbench as tags

BASE = Path(settings.BASE_DIR)
VENDOR = BASE / "workbench" / "static" / "vendor"
STYLES = BASE / "workbench" / "static" / "workbench" / "css"


def sprite() -> set[str]:
    return set(
        re.findall(r'<symbol id="([^"]+)"', (VENDOR / "bootstrap-icons" / "sprite.svg").read_text(encoding="utf-8"))
    )


def test_vendored_files_have_the_checksums_that_are_written_down() -> None:
    rows = dict(
        re.findall(
            r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", (VENDOR / "VENDOR.md").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    files = {
        str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.suffix in {".css", ".js", ".woff2", ".ttf"}
    }
    assert files == set(rows)
    for name, checksum in rows.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == checksum, name


def test_every_vendored_folder_has_its_licence() -> None:
    for folder in VENDOR.iterdir():
        if folder.is_dir():
            assert (folder / "LICENSE").is_file(), folder


def test_the_sprite_is_made_from_the_list() -> None:
    assert sprite() == set((VENDOR / "bootstrap-icons" / "icons.txt").read_text(encoding="utf-8").split())


def test_every_icon_that_is_drawn_is_in_the_sprite() -> None:
    used = {word.icon for word in (*tags.CATEGORIES.values(), *tags.STATES.values())}
    used |= {entry.icon for entry in nav.ENTRIES.values()}
    used |= {health.summary(()).icon, health.summary((health.Check("x", True, ""),)).icon}
    for folder in ("workbench", "policies", "audit"):
        for template in (BASE / folder).rglob("*.html"):
            text = template.read_text(encoding="utf-8")
            used |= set(re.findall(r'\{% icon "([a-z0-9-]+)"', text)) | set(re.findall(r'\bicon="([a-z0-9-]+)"', text))
    assert used - sprite() == set()


def test_colours_are_written_down_once() -> None:
    """Literal colours stand in the tokens and in the print section, nowhere else."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in STYLES.glob("*.css")}
    del texts["tokens.css"]
    texts["narrow.css"] = texts["narrow.css"].partition("/* Print */")[0]
    rest = "".join(texts.values())
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgb\(", rest) == []


def test_every_act_of_the_log_and_every_notice_has_an_icon_that_is_there() -> None:
    assert {action.icon for action in ACTIONS.values()} - sprite() == set()
    assert {kind.icon for kind in KINDS.values()} - sprite() == set()


def test_every_variable_that_is_used_is_defined() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in STYLES.glob("*.css"))
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", text))
    used = {name for name in re.findall(r"var\((--[a-z0-9-]+)", text) if not name.startswith("--bs-")}
    assert used - defined == set()
