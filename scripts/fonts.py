"""Build the two fonts of printed pages from Inter: PDF files need whole TrueType fonts of one weight each.

    uv run --with fonttools --with brotli python scripts/fonts.py path/to/fontsource-variable-inter/files

writes ``inter-400.ttf`` and ``inter-650.ttf`` beside the web fonts. The folder is the ``files`` folder of the unpacked npm package
``@fontsource-variable/inter``; it is not kept in the repository.
"""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "workbench" / "static" / "vendor" / "inter"
#: What names of people are written with; the first one wins where two hold the same letter.
PARTS = ("latin", "latin-ext", "vietnamese", "greek", "cyrillic", "cyrillic-ext")
WEIGHTS = (400, 650)


def main() -> None:
    """Write both fonts, or end with one sentence."""
    if len(sys.argv) != 2:
        sys.exit("Name the files folder of the unpacked package @fontsource-variable/inter.")
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        for weight in WEIGHTS:
            files = []
            for part in PARTS:
                font = TTFont(folder / f"inter-{part}-wght-normal.woff2")
                font = instantiateVariableFont(font, {"wght": weight})
                font.flavor = None
                # Placing of letters differs between the parts and is of no use to a PDF.
                for table in ("GSUB", "GPOS", "GDEF", "STAT", "avar", "HVAR"):
                    if table in font:
                        del font[table]
                files.append(f"{scratch}/{part}-{weight}.ttf")
                font.save(files[-1])
            whole = Merger().merge(files)
            for name in whole["name"].names:
                if name.nameID in {4, 6}:
                    name.string = f"Inter-{weight}"
            whole["OS/2"].usWeightClass = weight
            whole["head"].created = whole["head"].modified = 0
            whole.recalcTimestamp = False
            whole.save(HERE / f"inter-{weight}.ttf")


if __name__ == "__main__":
    main()
