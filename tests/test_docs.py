"""The README tells the truth about the settings."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_variable_the_settings_read_stands_in_the_readme_and_no_other() -> None:
    source = (ROOT / "workbench" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'(?:env|flag|number|environ\.get)\(\s*"(WORKBENCH_[A-Z_]+?)"', source))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("## Configuration")[1].split("## Production")[0]
    told = set(re.findall(r"`(WORKBENCH_[A-Z_]+)`", table))
    elsewhere = {"WORKBENCH_PII_MODEL_DIR"}  # read by the gateway, which knows no Django
    assert {
        name.removesuffix("_FILE") if name != "WORKBENCH_EMBEDDED_KEY_FILE" else name for name in read
    } == told - elsewhere


def test_links_between_the_documents_lead_somewhere() -> None:
    for file in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), f"{file.name} → {target}"
