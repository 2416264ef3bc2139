"""Scrub texts on the command line: one file, or many as lines of JSON."""

import sys
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from policies.scrubbing import House, house
from workbench.gateway.pii import Anonymized, LanguageUnsupported, ScrubberUnavailable, scrub_lines, warm_up

_ENCODINGS = "The text is not UTF-8; nothing was scrubbed."


class Command(BaseCommand):
    help = (
        "Print a text with personal data replaced by placeholders. Reads FILE or standard input; nothing is stored or sent. "
        'With --jsonl every line is {"id", "text", "lang"?} and comes back, in order, as {"id", "text", "spans": [{"start", "end", "type", '
        '"score"}]}, where start and end are code points of the text that came in; a line that cannot be scrubbed comes back as {"id", "error"}.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="read from here instead of standard input")
        parser.add_argument(
            "--findings", action="store_true", help="add a table of what was found (it shows the originals)"
        )
        parser.add_argument("--jsonl", action="store_true", help="read and write one JSON object a line")
        parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes for --jsonl")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["jobs"] < 1:
            raise CommandError("--jobs must be 1 or more.")
        try:
            warm_up()
        except ScrubberUnavailable as error:
            raise CommandError(f"{error} Nothing was scrubbed.") from None
        try:
            here = house()
        except DatabaseError:
            here = House()
            self.stderr.write("The database cannot be read: scrubbing without known people and the house's own rules.")
        try:
            with _opened(options["file"]) as source:
                if options["jsonl"]:
                    lines = (line for line in source if line.strip())
                    for answer in scrub_lines(lines, jobs=options["jobs"], known=here.known, own=here.own):
                        self.stdout.write(answer)
                else:
                    self._text(here, source.read(), options["findings"])
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError(_ENCODINGS) from None

    def _text(self, here: House, text: str, findings: bool) -> None:
        try:
            result = here.anonymize({"text": text})
        except LanguageUnsupported as error:
            raise CommandError(str(error)) from None
        except ScrubberUnavailable as error:
            raise CommandError(f"{error} Nothing was scrubbed.") from None
        self.stdout.write(result.texts["text"])
        if findings:
            self.stdout.write("\n" + _table(text, result))


def _opened(file: str | None) -> IO[str]:
    if file is None:
        sys.stdin.reconfigure(encoding="utf-8", errors="strict")  # type: ignore[union-attr]
        return sys.stdin
    return Path(file).open(encoding="utf-8")


def _table(text: str, result: Anonymized) -> str:
    keys = {original: key for key, original in result.mapping.items()}
    rows = [("start", "end", "placeholder", "score", "found by", "original")]
    for finding in result.findings["text"]:
        original = text[finding.start : finding.end]
        rows.append(
            (
                str(finding.start),
                str(finding.end),
                keys.get(original, ""),
                f"{finding.score:.2f}",
                finding.source,
                original.replace("\n", "⏎"),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[5]]) for row in rows
    )
