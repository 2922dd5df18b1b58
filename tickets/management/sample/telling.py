"""How the people of the sample are told: an agent's digest every morning, and a group's robot that is switched off."""

from datetime import datetime

from aftersales.core import clock
from aftersales.core.models import User
from tickets import services
from tickets.models import NewsKind

from .cast import Cast
from .goods import TEA


def told_elsewhere(cast: Cast, end: datetime) -> None:
    """Let 王芳 be mailed in the morning; the tea shop's robot has an address that leads nowhere, so it is off."""
    shop = next(stage.shop for stage in cast.stages if stage.sells.code == TEA)
    with clock.at(end):
        agent = cast.users["agent"]
        User.objects.filter(pk=agent.pk).update(email="wangfang@example.com")
        agent.email = "wangfang@example.com"
        services.news_preference_set(
            user=agent, silent=[NewsKind.PROPOSAL], by_mail=[NewsKind.DEADLINE, NewsKind.TICKET], digest="daily"
        )
        robot = services.robot_create(
            shop=shop,
            actor=cast.supervisor,
            name="售后值班群",
            provider="dingtalk",
            url="https://oapi.dingtalk.com/robot/send?access_token=sample-leads-nowhere",
            secret="SECsample",  # noqa: S106 – of nobody's robot
            kinds=[NewsKind.DEADLINE, NewsKind.TICKET],
        )
        services.robot_switch(robot=robot, actor=cast.supervisor, active=False)
