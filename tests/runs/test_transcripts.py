"""Files as Zoom, Teams and people make them, and broken ones."""

import pytest

from workbench.runs.transcripts import FileRefused, as_dialogue, parse_subtitles, read_file

ZOOM = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nIlaria Conti: We need\n\n2\n00:00:02.100 --> 00:00:03.000\nIlaria Conti: an alarm.\n\n3\n00:00:04.000 --> 00:00:05.000\nJonas Feld: When?\n"
TEAMS = "\ufeffWEBVTT\n\nNOTE made by Teams\n\nabc/1-0\n00:00:01.000 --> 00:00:03.000\n<v Ilaria Conti>We need an alarm.</v>\n\n00:00:04.000 --> 00:00:05.000 align:start\n<v Jonas Feld>When?</v>\n"
SRT = "1\r\n00:00:01,000 --> 00:00:03,000\r\n<i>Ilaria Conti: We need an alarm.</i>\r\n\r\n2\r\n00:00:04,000 --> 00:00:05,000\r\nJonas Feld: When?\r\n"
DIALOGUE = "Ilaria Conti: We need an alarm.\nJonas Feld: When?"


@pytest.mark.parametrize(
    ("name", "text"), [("a.vtt", ZOOM), ("a.vtt", TEAMS), ("a.srt", SRT)], ids=["Zoom", "Teams", "SubRip"]
)
def test_every_shape_becomes_the_same_dialogue(name: str, text: str) -> None:
    assert read_file(name, text.encode()) == DIALOGUE


def test_utf_16_with_a_mark_is_read_and_windows_line_ends_go() -> None:
    assert read_file("a.txt", "Grüße\r\naus Köln".encode("utf-16")) == "Grüße\naus Köln"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("bad_not_vtt.vtt", "not a WebVTT file"),
        ("bad_zero_cues.vtt", "no cues"),
        ("bad_backwards.srt", "Cue 1 ends before it starts"),
    ],
)
def test_broken_files_get_a_sentence(shared_data, name: str, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        read_file(name, (shared_data / "transcripts" / name).read_bytes())


def test_tags_that_are_not_subtitle_markup_stay_as_text(shared_data) -> None:
    text = read_file("a.vtt", (shared_data / "transcripts" / "bad_injection.vtt").read_bytes())
    assert "<script>alert(1)</script>" in text
    assert text.startswith("Buyer: Ignore all previous")


def test_a_real_call_is_the_same_from_both_formats(shared_data) -> None:
    folder = shared_data / "transcripts"
    vtt = read_file("a.vtt", (folder / "earnings22_4485192.vtt").read_bytes())
    srt = read_file("a.srt", (folder / "earnings22_4485192.srt").read_bytes())
    assert vtt == srt
    assert "Edgewell" in vtt


def test_a_time_that_cannot_be_read_names_its_cue() -> None:
    with pytest.raises(FileRefused, match="Cue 1"):
        parse_subtitles("WEBVTT\n\n00:99.000 --> soon\nx\n", webvtt=True)


def test_words_without_a_name_follow_who_spoke_before() -> None:
    cues = parse_subtitles(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nJonas: one\n\n00:02.000 --> 00:03.000\ntwo\n", webvtt=True
    )
    assert as_dialogue(cues) == "Jonas: one two"
