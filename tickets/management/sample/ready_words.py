"""Ready words and macros that people of the sample data wrote, and how often they were used (TKT-3)."""

from typing import Any

from aftersales.core.auth import Actor
from tickets.services import reply_keeping, uses_count
from tickets.services.reply_keeping import Place

from .cast import Cast
from .goods import TEA

CHINESE = "zh-hans"
USED = ("general.opening", "general.explanation", "logistics.explanation", "logistics.solution")


def ready_words(cast: Cast) -> None:
    """Write a shop's closing line, words of one's own, and two macros; let the agents have used some."""
    tea = next(stage.shop for stage in cast.stages if stage.sells.code == TEA)
    shop, mine = Place(False, CHINESE, tea), Place(True, CHINESE)
    closing = Place(False, CHINESE, tea, "general.closing")
    thanks = "感谢您选择{shop}，喝得不满意随时找我们，祝您生活愉快！"
    _write(cast.supervisor, closing, "结尾", thanks, category="closing", situation="general", shortcut="bye")
    text = "茶叶请放在阴凉干燥处密封保存，开封后尽早饮用，这样口感最好。"
    _write(cast.supervisor, shop, "茶叶保存", text, category="explanation", situation="quality", shortcut="cy")
    asks = [
        {"kind": "note", "text": "已报{carrier}核实 {tracking_no}"},
        {"kind": "wait", "waiting_for": "carrier", "text": "等快递核实结果", "hours": 24},
    ]
    text = "我们已经联系{carrier}核实单号 {tracking_no}，明天给您回复。"
    _write(cast.supervisor, shop, "催快递", text, situation="logistics", shortcut="ckd", actions=asks)
    calls = [{"kind": "promise", "text": "电话回访买家", "hours": 24}]
    text = "我们会在明天给您打电话说明情况，请保持电话畅通。"
    _write(cast.agents[0], mine, "明天回电", text, situation="promise", shortcut="hd", actions=calls)
    for number, agent in enumerate(cast.agents):
        for times, key in enumerate(USED, start=1):
            for _each in range(times + number):
                uses_count(actor=agent, keys=[key])


def _write(actor: Actor, place: Place, title: str, text: str, **more: Any) -> None:
    words = {"category": "solution", "title": title, "text": text} | more
    reply_keeping.reply_write(actor=actor, place=place, words=words)
