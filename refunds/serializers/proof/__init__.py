"""The proof of a refund that a buyer is sent: one page, as a PDF or as a picture for the chat (ARR-2)."""

from django.http import FileResponse

from refunds.models import Refund
from refunds.selectors.arrival import Arrival

from . import drawing, layout

FORMS = {"pdf": ("application/pdf", drawing.pdf), "png": ("image/png", drawing.png)}


def download(refund: Refund, arrival: Arrival, form: str) -> FileResponse:
    """Answer with the page as a file, which nobody on the way keeps. `form`: one of FORMS; the money must have left."""
    content_type, draw = FORMS[form]
    name = f"{refund.refund_no}.{form}"
    response = FileResponse(
        draw(layout.page_of(refund, arrival)), as_attachment=True, filename=name, content_type=content_type
    )
    response["Cache-Control"] = "no-store"
    return response
