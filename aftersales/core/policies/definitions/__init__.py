"""Every policy setting of domain.md with its default: data, in the order in which the settings page shows it."""

from aftersales.core.policies.kinds import PolicyDefinition

from .assigning import ASSIGNING
from .complaints import COMPLAINTS
from .deadlines import DEADLINES
from .feedback import FEEDBACK
from .figures import FIGURES
from .invoices import INVOICES
from .jobs import JOBS
from .service import SERVICE
from .steps import STEPS
from .surveys import SURVEYS
from .tables import TABLES
from .warranty import WARRANTY

ALL: tuple[PolicyDefinition, ...] = (
    *DEADLINES,
    *FIGURES,
    *FEEDBACK,
    *ASSIGNING,
    *STEPS,
    *INVOICES,
    *COMPLAINTS,
    *TABLES,
    *WARRANTY,
    *SURVEYS,
    *JOBS,
    *SERVICE,
)

__all__ = ["ALL"]
