"""Scrub texts on the command line: one file, or many as lines of JSON."""

import json
import multiprocessing
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workbench.gateway.pii import Anonymized, LanguageUnsupported, ScrubberUnavailable, anonymize, warm_up

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
            with _opened(options["file"]) as source:
                if options["jsonl"]:
                    self._lines(source, options["jobs"])
                else:
                    self._text(source.read(), options["findings"])
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError(_ENCODINGS) from None

    def _text(self, text: str, findings: bool) -> None:
        try:
            result = anonymize({"text": text})
        except LanguageUnsupported as error:
            raise CommandError(str(error)) from None
        except ScrubberUnavailable as error:
            raise CommandError(f"{error} Nothing was scrubbed.") from None
        self.stdout.write(result.texts["text"])
        if findings:
            self.stdout.write("\n" + _table(text, result))

    def _lines(self, source: IO[str], jobs: int) -> None:
        for answer in _answers((line for line in source if line.strip()), jobs):
            self.stdout.write(answer)


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


def _answers(lines: Iterable[str], jobs: int) -> Iterator[str]:
    if jobs == 1:
        yield from map(scrub_line, lines)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(scrub_line, lines, chunksize=8)


def scrub_line(line: str) -> str:
    """One line of JSON in, one out. Never raises: what is wrong stands in the answer, and no text with it."""
    identity: Any = None
    try:
        value = json.loads(line)
        identity = value.get("id")
        text, language = value["text"], value.get("lang")
        if not isinstance(text, str):
            raise TypeError
        result = anonymize({"text": text}, language=language)
    except (ValueError, KeyError, TypeError, AttributeError):
        answer: dict[str, Any] = {"id": identity, "error": "not an object with a text, or an unknown lang"}
    except LanguageUnsupported as error:
        answer = {"id": identity, "error": f"language {error.code}"}
    except ScrubberUnavailable:
        answer = {"id": identity, "error": "scrubber not available"}
    else:
        answer = {"id": identity, "text": result.texts["text"], "spans": result.spans("text")}
    return json.dumps(answer, ensure_ascii=False)
