"""`/evidence`: a file comes in, and goes out to those who may see the request that it belongs to."""

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors, private_files, uploads
from aftersales.core.api.base import ApiView
from aftersales.core.models import Shop
from refunds.models.evidence import Evidence, Purpose, Side
from refunds.selectors.evidence import evidence_get_for
from refunds.services.evidence import evidence_store, limits, thumbnail_file

_FORM = 64 * 1024  # what the form around the file may take


class EvidenceInput(serializers.Serializer[Any]):
    """A file and what it is for. `shop` is for staff that serve several shops, and may be left out."""

    # The services look at name and content; REST framework would refuse an empty file with words of its own.
    file = serializers.FileField(allow_empty_file=True, max_length=None)
    purpose = serializers.CharField(max_length=40, required=False, default=Purpose.OTHER.value, allow_blank=True)
    shop = serializers.SlugField(max_length=40, required=False)


class EvidenceOutput(serializers.Serializer[Any]):
    """What is kept of a file: `sha256`, `content_type` and `size` are of what GET sends."""

    id = serializers.CharField()
    sha256 = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    side = serializers.ChoiceField(choices=Side.choices)
    name = serializers.CharField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    received_sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


def evidence_as_json(evidence: Evidence) -> dict[str, Any]:
    """Return what callers are told about a file."""
    return {
        "id": evidence.evidence_id,
        "sha256": evidence.sha256,
        "content_type": evidence.content_type,
        "size": evidence.size,
        "purpose": evidence.purpose,
        "side": evidence.side,
        "name": evidence.download_name,
        "width": evidence.width,
        "height": evidence.height,
        "received_sha256": evidence.received_sha256,
        "created_at": evidence.created_at,
    }


class EvidenceUpload(ApiView):
    """Where files come in."""

    scopes: ClassVar = {"POST": ("evidence:write", "staff")}
    parser_classes = [MultiPartParser]
    max_body_bytes = limits().largest + _FORM

    @extend_schema(request={"multipart/form-data": EvidenceInput}, responses={201: EvidenceOutput})
    def post(self, request: Request) -> Response:
        """Upload a picture (JPEG, PNG, WebP, HEIC), a PDF or an MP4. What counts is its content, not its name."""
        values = self.read(EvidenceInput)
        # Purposes that callers invent are no reason to lose a buyer's photograph.
        purpose = values["purpose"] if values["purpose"] in Purpose.values else Purpose.OTHER.value
        shop = self._shop(values.get("shop"))
        evidence = evidence_store(actor=self.actor, file=values["file"], purpose=purpose, shop=shop)
        return self.answer(evidence_as_json(evidence), status=201)

    def _shop(self, code: str | None) -> Shop | None:
        """Return the shop that is named or the only one that the actor sees. Raises: NotFound."""
        if code is not None:
            shop = self.actor.visible(Shop.objects.all(), "pk").filter(code=code).first()
            if shop is None:
                raise errors.NotFound()
            return shop
        if self.actor.shop_ids is not None and len(self.actor.shop_ids) == 1:
            return Shop.objects.get(pk__in=self.actor.shop_ids)
        return None


class EvidenceFile(ApiView):
    """One file."""

    scopes: ClassVar = {"GET": ("evidence:write", "refunds:read", "refunds:write", "staff")}

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY, (206, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, evidence_id: str) -> HttpResponseBase:
        """Get the file. A single byte range (`Range`) and `If-None-Match` are understood."""
        evidence = evidence_get_for(self.actor, evidence_id)
        return private_files.private_response(
            request._request,
            sha256=evidence.sha256,
            content_type=evidence.content_type,
            filename=evidence.download_name,
        )


class EvidenceThumbnail(ApiView):
    """A small picture of one file."""

    scopes: ClassVar = EvidenceFile.scopes

    @extend_schema(responses={(200, uploads.WEBP): OpenApiTypes.BINARY, 404: OpenApiResponse(description="no picture")})
    def get(self, request: Request, evidence_id: str) -> HttpResponseBase:
        """Get a WebP of at most 480 pixels. PDF and MP4 have none (404, `no_thumbnail`)."""
        evidence = evidence_get_for(self.actor, evidence_id)
        thumbnail_file(evidence=evidence)
        return private_files.private_response(
            request._request,
            sha256=evidence.sha256,
            content_type=uploads.WEBP,
            filename=f"{evidence.evidence_id}.webp",
            variant=private_files.THUMBNAIL,
        )
