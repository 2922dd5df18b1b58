"""How soon an engineer comes, and which terms of testing a buyer accepts (SVC-3, WAR-2)."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.policies.kinds import PolicyDefinition

GROUP = _("Service")

SERVICE: tuple[PolicyDefinition, ...] = (
    PolicyDefinition(
        "service.respond_within",
        "workdays",
        1,
        ("SVC-3",),
        GROUP,
        _("Somebody is with the buyer of a faulty article within"),
        _("Zero is the same day. Later is possible where the buyer was called beforehand."),
        minimum=0,
        maximum=10,
    ),
    PolicyDefinition(
        "service.terms",
        "text",
        "检测确认属非人为性能故障的，按三包规定处理，往返运费双方各半；未发现故障或属人为损坏的，原样寄回，运费由买家承担。请保持机器与配件齐全。",
        ("WAR-2",),
        GROUP,
        _("Terms of testing"),
        _("What the buyer accepts before he sends goods in."),
    ),
    PolicyDefinition(
        "service.terms_version",
        "text",
        "2026-1",
        ("WAR-2",),
        GROUP,
        _("Version of the terms of testing"),
        _("Change it with the terms; at most 20 characters are kept."),
    ),
)
