"""Files to text: plain text, Markdown and subtitle files (WebVTT, SubRip), also in the shapes of Zoom and Teams.

WebVTT: https://www.w3.org/TR/webvtt1/. Speakers come as ``<v Name>`` (Teams) or as ``Name: text`` (Zoom); both become
``Name: text`` lines, with consecutive cues of one speaker joined.
"""

import html
import re
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _

MAX_BYTES = 4 * 1024 * 1024
SUFFIXES = frozenset({".txt", ".md", ".vtt", ".srt"})

_TIME = r"(?:(\d{1,3}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s+-->\s+{_TIME}(?:\s.*)?$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?(?:v|c|b|i|u|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<\d\d:[\d:.]+>", re.IGNORECASE)
_SPEAKER = re.compile(r"^([^\W\d_][^:<>\[\]{}\n]{0,59}):\s+(.*)$", re.DOTALL)


class FileRefused(ValueError):
    """The file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue: milliseconds from the beginning, the speaker ("" when not named) and the words."""

    start: int
    end: int
    speaker: str
    text: str


def read_file(name: str, content: bytes) -> str:
    """The text of an uploaded file, or FileRefused with one clear sentence."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise FileRefused(_("This kind of file cannot be read. Use .txt, .md, .vtt or .srt, or paste the text."))
    if len(content) > MAX_BYTES:
        raise FileRefused(_("The file has %(size).1f MB; at most %(limit)d MB are read. Cut it into parts, or paste the part you need.") % {"size": len(content) / 1048576, "limit": MAX_BYTES // 1048576})  # fmt: skip
    text = decode(content)
    if not text.strip():
        raise FileRefused(_("The file is empty."))
    if suffix in {".vtt", ".srt"}:
        return as_dialogue(parse_subtitles(text, webvtt=suffix == ".vtt"))
    return text


def decode(content: bytes) -> str:
    """UTF-8, or UTF-16 with a byte order mark. Other encodings and binary files are refused, never guessed."""
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        binary = b"\x00" in content[:4096] or content.startswith((b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8"))
        if binary:
            raise FileRefused(
                _("This is not a text file, whatever its name says. Export the text and upload that.")
            ) from None
        raise FileRefused(_("The file is not UTF-8. Save it as UTF-8 (in most editors: “Save as”, encoding UTF-8) and upload it again.")) from None  # fmt: skip
    if "\x00" in text or sum(char < " " and char not in "\t\n\r\f" for char in text[:4096]) > 8:
        raise FileRefused(_("This is not a text file, whatever its name says. Export the text and upload that."))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_subtitles(text: str, *, webvtt: bool) -> list[Cue]:
    """The cues of a WebVTT or SubRip file in order. Raises FileRefused with the number of the first bad cue."""
    if webvtt and not re.match(r"WEBVTT(?:[ \t].*)?(?:\n|\Z)", text):
        raise FileRefused(
            _("This is not a WebVTT file: its first line does not read WEBVTT. If it is plain text, rename it to .txt.")
        )
    cues: list[Cue] = []
    speaker = ""
    for block in re.split(r"\n[ \t]*\n+", text.strip()):
        lines = block.split("\n")
        at = next((index for index, line in enumerate(lines[:3]) if "-->" in line), None)
        if at is None:
            # Header, NOTE, STYLE and REGION blocks carry nothing that was said.
            continue
        number = len(cues) + 1
        timing = _TIMING.match(lines[at])
        if timing is None:
            raise FileRefused(_("Cue %(number)d has a time that cannot be read: “%(line)s”. Export the file again.") % {"number": number, "line": lines[at].strip()[:60]})  # fmt: skip
        start, end = _milliseconds(timing.groups()[:4]), _milliseconds(timing.groups()[4:])
        if end < start:
            raise FileRefused(_("Cue %(number)d ends before it starts (%(line)s). The file is damaged; export it again.") % {"number": number, "line": lines[at].strip()[:60]})  # fmt: skip
        for speaker_name, words in _spoken("\n".join(lines[at + 1 :])):
            speaker = speaker_name
            if words:
                cues.append(Cue(start, end, speaker, words))
    if not cues:
        raise FileRefused(_("The file has no cues: nobody says anything in it. Check the export, or paste the text."))
    return cues


def _spoken(payload: str) -> list[tuple[str, str]]:
    """(speaker, words) of one cue; a cue of Teams can hold several voices."""
    voices = list(_VOICE.finditer(payload))
    if voices:
        ends = [voice.start() for voice in voices[1:]] + [len(payload)]
        return [
            (html.unescape(voice[1]).strip(), _plain(payload[voice.end() : end]))
            for voice, end in zip(voices, ends, strict=True)
        ]
    words = _plain(payload)
    if named := _SPEAKER.match(words):
        return [(named[1].strip(), named[2].strip())]
    return [("", words)]


def _plain(payload: str) -> str:
    """Without WebVTT's own markup. Anything else that looks like a tag was typed by somebody and stays, as text."""
    return " ".join(html.unescape(_TAG.sub("", payload)).split())


def _milliseconds(groups: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = (int(group or 0) for group in groups)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction


def as_dialogue(cues: list[Cue]) -> str:
    """``Name: words`` lines; cues without a name follow the line before them."""
    lines: list[tuple[str, list[str]]] = []
    for cue in cues:
        if lines and (cue.speaker == lines[-1][0] or not cue.speaker):
            lines[-1][1].append(cue.text)
        else:
            lines.append((cue.speaker, [cue.text]))
    return "\n".join(f"{speaker}: {' '.join(words)}" if speaker else " ".join(words) for speaker, words in lines)
