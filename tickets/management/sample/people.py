"""The people of the sample data: staff, and buyers as shops know them. Names are made up; numbers lead nowhere."""

import random
from dataclasses import dataclass

from aftersales.core.models import Role

STAFF = (
    ("agent", "王芳", Role.AGENT),
    ("agent2", "张敏", Role.AGENT),
    ("warehouse", "李国强", Role.WAREHOUSE),
    ("finance", "陈静", Role.FINANCE),
    ("supervisor", "刘洋", Role.SUPERVISOR),
    ("goods", "周婷", Role.GOODS),
    ("admin", "系统管理员", Role.ADMIN),
)
"""User name, display name and role."""

_NICKS = (
    "茶友小李 山水间2016 爱喝茶的猫 江南布衣客 云朵朵_77 一杯清茶度日 老街坊88 浅夏微凉 小城故事多 "
    "tb_柠檬不酸 铁观音迷 阿紫爱逛街 风吹麦浪 北方的狼1983 西湖边的猫 晴天小雨 慢生活家 妞妞妈2012 "
    "大叔爱跑步 星星点灯 木子木木 糖醋小排 淡淡茶香 南山有鹿 七月流火 tb8812_cc 小鱼儿游啊游 海边拾贝 "
    "苏打绿茶 蓝色多瑙河 豆豆龙 橙子味的夏天 麦田守望者 花开半夏 梧桐雨 月半弯弯 青青子衿 静水流深 "
    "一米阳光 红豆薏米 板栗仁儿 草莓酱酱 大白兔奶糖 半糖去冰 雪落无声 陌上花开 半夏时光 小馒头妈妈 "
    "平平安安2020 随遇而安 拾光机 二胖子 喵小姐 夏至未至 向阳花 卡布奇诺 林深见鹿 鲸落海底 橘子汽水 "
    "山有木兮"
).split()
_SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_GIVEN = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 "
    "桂英 建国 晓燕 子轩 雨涵 浩然 欣怡 俊杰 思远 一诺 佳琪 文博 海燕"
).split()
_PLACES = (
    ("四川省成都市锦江区", "春熙路 8 号"),
    ("北京市朝阳区", "望京街道花家地 12 号楼"),
    ("上海市浦东新区", "张江镇丹桂路 99 弄"),
    ("广东省广州市天河区", "石牌东路 45 号"),
    ("江苏省南京市鼓楼区", "中山北路 217 号"),
    ("湖北省武汉市洪山区", "珞喻路 1037 号"),
    ("陕西省西安市雁塔区", "小寨东路 11 号"),
    ("山东省青岛市市南区", "香港中路 76 号"),
    ("辽宁省沈阳市和平区", "南京北街 206 号"),
    ("福建省厦门市思明区", "湖滨南路 57 号"),
    ("河南省郑州市金水区", "文化路 82 号"),
    ("湖南省长沙市岳麓区", "麓山南路 19 号"),
    ("黑龙江省哈尔滨市南岗区", "西大直街 92 号"),
    ("新疆维吾尔自治区乌鲁木齐市天山区", "解放北路 30 号"),
)


@dataclass(frozen=True, slots=True)
class SampleBuyer:
    """A buyer: number, nick, level, and where his parcels go."""

    buyer_id: str
    nick: str
    level: str
    receiver: dict[str, str]


def buyers(rng: random.Random) -> list[SampleBuyer]:
    """Make the buyers, one for each nick."""
    made = []
    for number, nick in enumerate(_NICKS, 1):
        region, address = rng.choice(_PLACES)
        receiver = {
            "name": rng.choice(_SURNAMES) + rng.choice(_GIVEN),
            "phone": f"1{rng.choice('35789')}{rng.choice('05689')}0000{rng.randrange(10_000):04d}",
            "region": region,
            "address": f"{address} {rng.randint(1, 28)} 单元 {rng.randint(101, 2402)} 室",
        }
        level = rng.choice(["", "", "VIP1", "VIP2", "VIP3"])
        made.append(SampleBuyer(f"b-{10000 + number * 37}", nick, level, receiver))
    return made
