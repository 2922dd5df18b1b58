"""How much one job may take in, and how long its file is kept (LAW-7)."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.policies.kinds import DAY, PolicyDefinition

from .figures import RECORDS, REFUNDS

JOBS: tuple[PolicyDefinition, ...] = (
    PolicyDefinition(
        "job.export_rows",
        "integer",
        200_000,
        ("LAW-7",),
        RECORDS,
        _("Most cases of one export"),
        _("What is more is narrowed down first. A sheet of XLSX ends at a million."),
        minimum=100,
        maximum=1_000_000,
    ),
    PolicyDefinition(
        "job.bulk_rows",
        "integer",
        500,
        ("RFD-1", "ORD-5"),
        REFUNDS,
        _("Most requests of one step on all that match"),
        _("What is more is narrowed down first."),
        minimum=1,
        maximum=5_000,
    ),
    PolicyDefinition(
        "job.kept",
        "duration",
        7 * DAY,
        ("LAW-7",),
        RECORDS,
        _("Jobs and their files are thrown away after"),
        _("Counted from their end. The cases stay as they are."),
        minimum=DAY,
        maximum=90 * DAY,
    ),
)
