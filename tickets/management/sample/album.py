"""Evidence for the sample data: each picture is taken in by the service once, and then sent by many people."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.files.base import ContentFile

from aftersales.core import clock
from aftersales.core.auth import Actor
from aftersales.core.models import Shop
from refunds import services as refunds
from refunds.models import Evidence
from refunds.models.evidence import new_evidence_id
from refunds.services.evidence import side_of

NAMES = {
    "torn_box": "外箱",
    "scuffed_shoe": "鞋子",
    "dented_tin": "茶罐",
    "cracked_phone": "屏幕",
    "courier_label": "面单",
    "chat_screenshot": "聊天截图",
}


@dataclass
class Album:
    """Hands out evidence. `shot(kind, number)` gives the picture with that number, over and over when they run out."""

    shot: Callable[[str, int], bytes]
    _stored: dict[bytes, Evidence] = field(default_factory=dict)
    _used: dict[str, int] = field(default_factory=dict)

    def send(self, kinds: tuple[str, ...], *, actor: Actor, shop: Shop, purpose: str) -> list[str]:
        """Let `actor` upload a picture of each kind; return their numbers, for a request to name."""
        return [self._send(kind, actor, shop, purpose).evidence_id for kind in kinds]

    def _send(self, kind: str, actor: Actor, shop: Shop, purpose: str) -> Evidence:
        number = self._used.get(kind, 0)
        self._used[kind] = number + 1
        data = self.shot(kind, number)
        name = f"{NAMES[kind]}{number + 1}.jpg"
        known = self._stored.get(data)
        if known is None:
            file = ContentFile(data, name=name)
            row = refunds.evidence_store(actor=actor, file=file, purpose=purpose, shop=shop)
            self._stored[data] = row
            return row
        copied = ("sha256", "received_sha256", "content_type", "size", "width", "height")
        return Evidence.objects.create(
            evidence_id=new_evidence_id(),
            shop=shop,
            purpose=purpose,
            side=side_of(actor),
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            original_name=name,
            created_at=clock.now(),
            **{column: getattr(known, column) for column in copied},
        )
