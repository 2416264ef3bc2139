"""Build the one icon sprite from Bootstrap Icons.

    python scripts/icons.py path/to/bootstrap-icons/icons

reads the names in ``workbench/static/vendor/bootstrap-icons/icons.txt`` (one a line) and writes ``sprite.svg``
beside it. The folder is the ``icons`` folder of the unpacked npm package; it is not kept in the repository.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "workbench" / "static" / "vendor" / "bootstrap-icons"


def symbol(name: str, source: str) -> str:
    """One ``<symbol>`` with the drawing of one icon; everything but the view box and the shapes is dropped."""
    view_box = re.search(r'viewBox="([^"]+)"', source)
    body = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
    if view_box is None or body is None:
        sys.exit(f"{name}.svg is not an icon of the expected form.")
    shapes = re.sub(r"\s*\n\s*", "", body[1])
    return f'<symbol id="{name}" viewBox="{view_box[1]}">{shapes}</symbol>'


def main() -> None:
    """Write the sprite, or end with one sentence."""
    if len(sys.argv) != 2:
        sys.exit("Name the icons folder of the unpacked bootstrap-icons package.")
    folder = Path(sys.argv[1])
    names = sorted(set((HERE / "icons.txt").read_text(encoding="utf-8").split()))
    if missing := [name for name in names if not (folder / f"{name}.svg").exists()]:
        sys.exit(f"Not in {folder}: {', '.join(missing)}.")
    symbols = [symbol(name, (folder / f"{name}.svg").read_text(encoding="utf-8")) for name in names]
    text = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (HERE / "sprite.svg").write_text(text, encoding="utf-8")
    (HERE / "icons.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    print(f"{len(names)} icons, {len(text):,} characters")


if __name__ == "__main__":
    main()
