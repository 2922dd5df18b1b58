"""Evidence files: taken in, attached to a request, thrown away when nothing ever named them.

The content is checked by `core.uploads` and kept by `core.private_files`. A file is deleted only under the lock of its
digest, which taking one in holds as well: the same picture may come again at that very moment.
"""

import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, private_files, uploads
from aftersales.core.auth import BUYER, PLATFORM, Actor
from aftersales.core.models import Role, Shop
from refunds.models.evidence import Evidence, Purpose, Side

log = structlog.get_logger(__name__)

UNATTACHED_KEPT = timedelta(days=7)
_LIMITS = {
    "max_image_bytes": "image_bytes",
    "max_pdf_bytes": "pdf_bytes",
    "max_video_bytes": "video_bytes",
    "max_pixels": "max_pixels",
    "stored_pixels": "stored_pixels",
}


def limits() -> uploads.Limits:
    """Return how large files may be, from the setting EVIDENCE."""
    chosen = getattr(settings, "EVIDENCE", {})
    return uploads.Limits(**{name: chosen[key] for key, name in _LIMITS.items() if key in chosen})


def side_of(actor: Actor) -> str:
    """Return the side for which an actor sends files."""
    if actor.kind == BUYER:
        return Side.BUYER
    if actor.kind == PLATFORM:
        return Side.PLATFORM
    return Side.WAREHOUSE if actor.role == Role.WAREHOUSE else Side.SELLER


def sides_with(side: str) -> frozenset[str]:
    """Return the sides that may use each other's files: the warehouse photographs, the agent refuses with it."""
    ours = frozenset({Side.SELLER.value, Side.WAREHOUSE.value})
    return ours if side in ours else frozenset({side})


def evidence_store(*, actor: Actor, file: Any, purpose: str, shop: Shop | None) -> Evidence:
    """Check a file by its content and keep it, not yet attached to anything.

    `file` has `read`, and `name` and `size` if known. Without `shop`, which only staff may leave out, the request that
    it is attached to says which shop it is. Nothing is written when it is refused. Locks: the digest.
    Raises: NotFound if the actor does not see the shop; Invalid for a purpose or content that is not right; TooLarge;
    UnsupportedMedia; Unavailable if the disk is full.
    """
    if not actor.sees(shop.pk) if shop is not None else actor.kind == BUYER:
        raise errors.NotFound()
    if purpose not in Purpose.values:
        detail = _("This purpose is not known.")
        raise errors.Invalid(detail, errors=[errors.FieldError("purpose", "unknown_purpose", detail)])
    with uploads.inspect_upload(file, limits=limits()) as checked:
        # The slow part, the disk, comes before the transaction; what a clean-up took in between is written again in it.
        _save(checked)
        with transaction.atomic(savepoint=False):
            _lock_digest(checked.sha256)
            _save(checked)
            return Evidence.objects.create(
                shop=shop,
                purpose=purpose,
                side=side_of(actor),
                actor_kind=actor.kind,
                actor_id=actor.id,
                actor_name=actor.name,
                sha256=checked.sha256,
                received_sha256=checked.received_sha256,
                content_type=checked.content_type,
                size=checked.size,
                width=checked.width,
                height=checked.height,
                original_name=clean_name(getattr(file, "name", None)),
                created_at=clock.now(),
            )


def evidence_attach(
    *, refund: Any, evidence_ids: Sequence[Any], actor: Actor, purpose: str | None = None, payout: Any = None
) -> list[Evidence]:
    """Attach uploaded files to a request, in the caller's transaction, and return them in the order given.

    Files that are attached to this request already are kept as they are; `purpose` is set on the new ones. With
    `payout` they belong to it, too, or to it alone where it is about no request; the request's own may be used for it.
    Locks: the evidence rows, by key. Raises: Invalid with `evidence[i]` `unknown_evidence` for every number that does
    not exist, is of another shop, of the other side, or attached elsewhere: one answer for all, so that nobody can
    find out which; `too_many_files` over the limit of the setting EVIDENCE.
    """
    most = getattr(settings, "EVIDENCE", {}).get("max_files_per_request", 9)
    if len(evidence_ids) > most:
        detail = _("At most %(count)s files at a time.") % {"count": most}
        raise errors.Invalid(detail, errors=[errors.FieldError("evidence", "too_many_files", detail)])
    if not evidence_ids:
        return []
    with transaction.atomic(savepoint=False):
        wanted = [one for one in evidence_ids if isinstance(one, str)]
        owner, refund_id = payout or refund, refund.pk if refund is not None else None
        usable = Q(side__in=sides_with(side_of(actor)))
        if payout is not None and refund_id is not None:
            usable |= Q(refund=refund_id)
        rows = Evidence.objects.select_for_update(of=("self",)).filter(
            usable, Q(shop_id=owner.shop_id) | Q(shop=None), evidence_id__in=wanted
        )
        found = {
            row.evidence_id: row
            for row in rows.order_by("pk")
            if row.refund_id in (None, refund_id) and (payout is None or row.payout_id in (None, payout.pk))
        }
        unknown = _("This file is not known, or it belongs to another request.")
        wrong = [
            errors.FieldError(f"evidence[{index}]", "unknown_evidence", unknown)
            for index, one in enumerate(evidence_ids)
            if not isinstance(one, str) or one not in found
        ]
        if wrong:
            raise errors.Invalid(errors=wrong)
        new = [row for row in found.values() if row.attached_at is None or (payout and row.payout_id is None)]
        if new:
            values: dict[str, Any] = {"shop_id": owner.shop_id, "attached_at": clock.now()}
            values |= {"refund": refund} if refund is not None else {}
            values |= {"payout": payout} if payout is not None else {}
            if purpose is not None:
                values["purpose"] = purpose
            Evidence.objects.filter(pk__in=[row.pk for row in new]).update(**values)
            for row in new:
                for name, value in values.items():
                    setattr(row, name, value)
        return [found[one] for one in dict.fromkeys(evidence_ids)]


def evidence_attach_to_order(*, order: Any, evidence_ids: Sequence[Any], actor: Actor, purpose: str) -> list[Evidence]:
    """Attach uploaded files to an order, in the caller's transaction, and return them in the order given (CLM-1).

    What the buyer sent for a request of this order may be used as well, and stays where it is. Locks: the evidence
    rows, by key. Raises: Invalid as `evidence_attach`.
    """
    most = getattr(settings, "EVIDENCE", {}).get("max_files_per_request", 9)
    if len(evidence_ids) > most:
        detail = _("At most %(count)s files at a time.") % {"count": most}
        raise errors.Invalid(detail, errors=[errors.FieldError("evidence", "too_many_files", detail)])
    if not evidence_ids:
        return []
    with transaction.atomic(savepoint=False):
        wanted = [one for one in evidence_ids if isinstance(one, str)]
        free = Q(attached_at=None, side__in=sides_with(side_of(actor)))
        ours = Q(order=order.pk) | Q(refund__order=order.pk) | Q(payout__order=order.pk)
        rows = Evidence.objects.select_for_update(of=("self",)).filter(
            free | ours, Q(shop_id=order.shop_id) | Q(shop=None), evidence_id__in=wanted
        )
        found = {row.evidence_id: row for row in rows.order_by("pk")}
        unknown = _("This file is not known, or it belongs to another order.")
        wrong = [
            errors.FieldError(f"evidence[{index}]", "unknown_evidence", unknown)
            for index, one in enumerate(evidence_ids)
            if not isinstance(one, str) or one not in found
        ]
        if wrong:
            raise errors.Invalid(errors=wrong)
        new = [row.pk for row in found.values() if row.attached_at is None]
        Evidence.objects.filter(pk__in=new).update(
            order=order, shop_id=order.shop_id, attached_at=clock.now(), purpose=purpose
        )
        return [found[one] for one in dict.fromkeys(evidence_ids)]


def evidence_hold(*, evidence_ids: Sequence[str], actor: Actor, shop: Shop) -> list[Evidence]:
    """Keep uploaded files of the actor's side that no request can name yet, in the caller's transaction (RET-3).

    Raises: Invalid with `evidence[i]` `unknown_evidence` for every one that is not there to be kept.
    """
    usable = Evidence.objects.select_for_update(of=("self",)).filter(
        Q(shop=shop) | Q(shop=None), side__in=sides_with(side_of(actor)), attached_at=None
    )
    found = {row.evidence_id: row for row in usable.filter(evidence_id__in=list(evidence_ids)).order_by("pk")}
    unknown = _("This file is not known, or it belongs to another request.")
    wrong = [
        errors.FieldError(f"evidence[{index}]", "unknown_evidence", unknown)
        for index, one in enumerate(evidence_ids)
        if one not in found
    ]
    if wrong:
        raise errors.Invalid(errors=wrong)
    Evidence.objects.filter(pk__in=[row.pk for row in found.values()]).update(held=True, shop=shop)
    return list(found.values())


def evidence_pass_on(*, refund: Any, evidence_ids: Sequence[str]) -> None:
    """Give files that were held to the request that they turned out to be about, in the caller's transaction."""
    held = Evidence.objects.filter(evidence_id__in=list(evidence_ids), shop=refund.shop_id, held=True, attached_at=None)
    held.update(refund=refund, attached_at=clock.now(), held=False)


def evidence_take_back(*, refund: Any, evidence_ids: Sequence[str]) -> None:
    """Hold files again that were passed on to a request which they are not about, in the caller's transaction."""
    given = Evidence.objects.filter(evidence_id__in=list(evidence_ids), refund=refund, payout=None, order=None)
    given.update(refund=None, attached_at=None, held=True)


def thumbnail_file(*, evidence: Evidence) -> None:
    """See that the small picture lies in the private files; it is drawn again if a restored backup lacks it.

    Raises: NotFound (`no_thumbnail`) for what is no picture.
    """
    if not evidence.is_picture:
        raise errors.NotFound(_("There is no small picture of this file."), code="no_thumbnail")
    if not private_files.exists(evidence.sha256, private_files.THUMBNAIL):
        with private_files.open_file(evidence.sha256) as original:
            small = uploads.thumbnail(original)
        private_files.save(io.BytesIO(small), evidence.sha256, private_files.THUMBNAIL)


def evidence_expire(*, older_than: timedelta = UNATTACHED_KEPT, limit: int = 500) -> int:
    """Throw away files that nothing named since they came, and return how many; to be called until it returns 0.

    A file on disk goes with the last row that has its digest. Locks: the rows (those that are being attached are left
    alone), then each digest.
    """
    with transaction.atomic():
        rows = list(
            Evidence.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(attached_at=None, held=False, created_at__lt=clock.now() - older_than)
            .order_by("created_at", "pk")[:limit]
        )
        Evidence.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for sha256 in {row.sha256 for row in rows}:
        _delete_unreferenced(sha256)
    return len(rows)


def evidence_files_erase(keys: list[int]) -> None:
    """Throw away the files of rows that were erased (LAW-7); one that another row still shows stays.

    The rows are committed; the nightly look for strays removes what a crash left.
    """
    for sha256 in set(Evidence.objects.filter(pk__in=keys).exclude(erased_at=None).values_list("sha256", flat=True)):
        _delete_unreferenced(sha256)


def evidence_remove_strays(*, older_than: timedelta = UNATTACHED_KEPT) -> int:
    """Remove files on disk that no row knows, left by a crash between file and row, and return how many."""
    return sum(_delete_unreferenced(sha256) for sha256 in private_files.strays(before=clock.now() - older_than))


def clean_name(name: object) -> str:
    """Return a sender's file name fit for display: no folders, no control or direction characters, 120 at most."""
    text = unicodedata.normalize("NFC", name) if isinstance(name, str) else ""
    text = re.split(r"[/\\]", text)[-1]
    text = "".join(one for one in text if unicodedata.category(one)[0] != "C" and one not in '<>:"|?*').strip(" .")
    stem, dot, extension = text.rpartition(".")
    if dot and len(extension) <= 8:
        return f"{stem[: 119 - len(extension)]}.{extension}"
    return text[:120]


def _save(checked: uploads.CheckedUpload) -> None:
    if not private_files.exists(checked.sha256):
        checked.file.seek(0)
    private_files.save(checked.file, checked.sha256)
    if checked.thumbnail is not None:
        private_files.save(io.BytesIO(checked.thumbnail), checked.sha256, private_files.THUMBNAIL)


def _lock_digest(sha256: str) -> None:
    """Hold the digest until the transaction ends: whoever stores and whoever deletes the same content take turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:16], 16) - 2**63])


def _delete_unreferenced(sha256: str) -> bool:
    # The rows went in an earlier transaction that is committed: a crash here leaves a stray file, never a row without.
    with transaction.atomic():
        _lock_digest(sha256)
        if Evidence.objects.filter(sha256=sha256, erased_at=None).exists():
            return False
        private_files.delete(sha256)
    log.info("evidence_file_deleted", sha256=sha256)
    return True
