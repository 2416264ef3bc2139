"""A certificate as PDF. The only user of ReportLab."""

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import HRFlowable, Paragraph, SimpleDocTemplate, Spacer, Table

from training.certificates import Certificate, in_words

_FONTS = settings.BASE_DIR / "workbench" / "static" / "vendor" / "inter"
_TEXT, _BOLD = "Inter-400", "Inter-650"
_INK, _MUTED, _LINE, _ACCENT = map(HexColor, ("#161B25", "#535C6B", "#CBD1DA", "#2E45B0"))
#: Between the margins and what a frame keeps free on each side.
_WIDTH = A4[0] - 48 * mm - 12


def _style(size: float, *, bold: bool = False, muted: bool = False, after: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}{bold}{muted}{after}", fontName=_BOLD if bold else _TEXT, fontSize=size, leading=size * 1.4,
        textColor=_MUTED if muted else _INK, spaceAfter=after, wordWrap="LTR", splitLongWords=1,
    )  # fmt: skip


def as_pdf(certificate: Certificate, address: str) -> bytes:
    """The certificate in the language of the path. ``address``: where it is checked, whole, with its code. The same one makes the same file."""
    for name, weight in ((_TEXT, 400), (_BOLD, 650)):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"inter-{weight}.ttf")))
    with translation.override(certificate.completion.language):
        title = _("Certificate: %(path)s") % {"path": certificate.completion.path}
        out = BytesIO()
        page = SimpleDocTemplate(
            out, pagesize=A4, leftMargin=24 * mm, rightMargin=24 * mm, topMargin=24 * mm, bottomMargin=20 * mm, title=title,
            author=certificate.organisation or "Sales AI Workbench", lang=certificate.completion.language, invariant=1,
        )  # fmt: skip
        page.build(_parts(certificate, address))
    return out.getvalue()


def _parts(certificate: Certificate, address: str) -> list[Any]:
    done = certificate.completion
    return [
        Paragraph(escape(certificate.organisation), _style(10, bold=True, muted=True, after=18 * mm)),
        Paragraph(_("Certificate"), _style(11, muted=True, after=2 * mm)),
        Paragraph(escape(certificate.name), _style(26, bold=True, after=3 * mm)),
        Paragraph(_("has finished the learning path"), _style(11, muted=True, after=2 * mm)),
        Paragraph(escape(str(done.path)), _style(18, bold=True, after=2 * mm)),
        Paragraph(escape(done.path.about_it), _style(10, muted=True, after=8 * mm)),
        HRFlowable(width="100%", thickness=1.2, color=_ACCENT, spaceAfter=4 * mm),
        _facts(certificate),
        Spacer(1, 6 * mm),
        Paragraph(_("What was passed"), _style(10, bold=True, after=1 * mm)),
        _exercises(certificate),
        Spacer(1, 8 * mm),
        Paragraph(
            _(
                "This path supports the development of AI literacy (Article 4 of Regulation (EU) 2024/1689). This document says that it was finished; it certifies nothing in law."
            ),
            _style(8.5, muted=True, after=6 * mm),
        ),
        _check(certificate, address),
    ]


def _facts(certificate: Certificate) -> Table:
    done = certificate.completion
    facts = [
        (_("Finished on"), date_format(timezone.localtime(done.at))),
        (_("Language of the exercises"), str(done.get_language_display())),
        (_("Qualification"), done.path.qualification),
        (_("State"), in_words(certificate)),
    ]
    rows = [
        [Paragraph(escape(name), _style(9, muted=True)), Paragraph(escape(text), _style(10))] for name, text in facts
    ]
    return Table(rows, hAlign="LEFT", colWidths=[52 * mm, _WIDTH - 52 * mm], style=[("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")])  # fmt: skip


def _exercises(certificate: Certificate) -> Table:
    head = [Paragraph(text, _style(8, muted=True)) for text in (_("Exercise"), _("Version"), _("SHA-256 of its file"))]
    rows = [
        [Paragraph(escape(one.title), _style(9)), Paragraph(str(one.number), _style(9)), Paragraph(one.sha256, _style(7, muted=True))]
        for one in certificate.passed
    ]  # fmt: skip
    style = [("LEFTPADDING", (0, 0), (0, -1), 0), ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")]  # fmt: skip
    return Table(
        [head, *rows], hAlign="LEFT", colWidths=[_WIDTH - 92 * mm, 18 * mm, 74 * mm], style=style, repeatRows=1
    )


def _check(certificate: Certificate, address: str) -> Table:
    size = 26 * mm
    widget = QrCodeWidget(address, barLevel="M", barBorder=0)
    left, bottom, right, top = widget.getBounds()
    code = Drawing(size, size, transform=[size / (right - left), 0, 0, size / (top - bottom), 0, 0])
    code.add(widget)
    words = [
        Paragraph(_("Check code"), _style(8, muted=True)),
        Paragraph(certificate.code, _style(10, bold=True, after=2 * mm)),
        Paragraph(_("Whoever is handed this document can check it here:"), _style(8, muted=True)),
        Paragraph(escape(address.partition("?")[0]), _style(9)),
    ]
    style = [("LEFTPADDING", (0, 0), (0, 0), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table([[code, words]], hAlign="LEFT", colWidths=[size + 6 * mm, _WIDTH - size - 6 * mm], style=style)
