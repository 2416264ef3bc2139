"""The pages of training."""

from training.views.assigning import assign, assignment, assignment_end, assignments
from training.views.authoring import adopt, edit, new, publish, retire
from training.views.badges import badge_issuer, badge_key, badge_status, certificate_badge
from training.views.certificates import certificate, certificate_file, check_certificate
from training.views.coaching import (
    coaching,
    coaching_counts,
    coaching_done,
    coaching_entry,
    coaching_new,
    coaching_take_back,
)
from training.views.describing import fundamental_adopt, fundamental_edit, fundamental_new, fundamental_retire
from training.views.evidence import evidence_file, evidence_page
from training.views.fundamentals import fundamental, fundamental_assess, fundamentals, road_page
from training.views.learning import attempt, check, exercise, exercises, rubric_page, save
from training.views.proving import proof, propose, prove
from training.views.worksheets import (
    worksheet,
    worksheet_copy,
    worksheet_discard,
    worksheet_finish,
    worksheet_form,
    worksheet_save,
    worksheet_share,
    worksheets,
)

__all__ = [
    "adopt", "assign", "assignment", "assignment_end", "assignments", "attempt", "badge_issuer", "badge_key", "badge_status", "certificate",
    "certificate_badge", "certificate_file", "check", "check_certificate",
    "coaching", "coaching_counts", "coaching_done", "coaching_entry", "coaching_new", "coaching_take_back", "edit", "evidence_file", "evidence_page", "exercise", "exercises", "fundamental", "fundamental_adopt", "fundamental_assess", "fundamental_edit",
    "fundamental_new", "fundamental_retire", "fundamentals", "new", "proof", "propose", "prove", "publish", "retire", "road_page", "rubric_page", "save",
    "worksheet", "worksheet_copy", "worksheet_discard", "worksheet_finish", "worksheet_form", "worksheet_save", "worksheet_share", "worksheets",
]  # fmt: skip
