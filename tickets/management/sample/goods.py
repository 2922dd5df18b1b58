"""The three sample shops and what they sell. Data only."""

from dataclasses import dataclass
from decimal import Decimal

from stdnum import luhn

from orders.services import LineData

TEA, SHOES, PHONES = "demo", "shoes", "other"


@dataclass(frozen=True, slots=True)
class Goods:
    """Something on sale. `skus` are the variants, prices in fen; `serial` starts the serial numbers of phones."""

    item_id: str
    goods_no: str
    title: str
    skus: tuple[str, ...]
    price_fen: int
    category: str
    weight_g: int
    score: str = "4.8"
    seven_day: bool = True
    hot: bool = False
    serial: str = ""

    def line(
        self,
        number: int,
        sku: str,
        *,
        quantity: int = 1,
        discount_fen: int = 0,
        gift: bool = False,
        bundle: str = "",
        serial: int = 0,
    ) -> LineData:
        """Return an order line of these goods; `serial` are the last digits of a phone's serial number."""
        return LineData(
            line_no=str(number),
            item_id=self.item_id,
            goods_no=self.goods_no,
            title=self.title,
            sku=sku,
            unit_price_fen=self.price_fen,
            quantity=quantity,
            discount_fen=self.price_fen * quantity if gift else discount_fen,
            bundle=bundle,
            category=self.category,
            seven_day_return=self.seven_day and not gift,
            hot_seller=self.hot,
            gift=gift,
            serial_no=self._imei(serial) if self.serial else "",
            item_score=Decimal(self.score),
            weight_g=self.weight_g,
        )

    def _imei(self, serial: int) -> str:
        digits = f"{self.serial}{serial % 10**6:06d}"
        return digits + luhn.calc_check_digit(digits)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Goods that are sold together for less than their prices."""

    name: str
    goods: tuple[Goods, ...]
    off_fen: int


@dataclass(frozen=True, slots=True)
class SampleShop:
    """A shop with its goods, the gift it likes to add, and how much of the trade it has."""

    code: str
    name: str
    address: dict[str, str]
    goods: tuple[Goods, ...]
    gift: Goods
    bundle: Bundle
    postage_fen: int
    share: int

    def other_sku(self, title: str, sku: str) -> str:
        """Give another variant of the same goods; none where there is one only."""
        variants = next((goods.skus for goods in self.goods if goods.title == title), ())
        return next((one for one in variants if one != sku), "")


_TEA = (
    Goods("6801001", "TGY-250", "铁观音清香型 2026春茶 250g", ("清香/罐装", "浓香/罐装"), 10800, "茶叶", 320, hot=True),
    Goods("6801002", "LJ-100", "明前龙井 特级绿茶 100g", ("罐装", "礼盒装"), 19800, "茶叶", 180, score="4.9"),
    Goods("6801003", "PEQ-357", "云南普洱熟茶饼 357g", ("2019年", "2021年"), 16800, "茶叶", 400, score="4.7", hot=True),
    Goods("6801004", "BHC-200", "福鼎白茶 老寿眉 200g", ("罐装", "散装"), 8800, "茶叶", 260),
    Goods("6801005", "HJM-150", "金骏眉红茶 小罐组合 150g", ("10小罐", "20小罐"), 23800, "茶叶", 240, score="4.6"),
    Goods("6801006", "MLH-500", "茉莉花茶 浓香 500g", ("袋装",), 5900, "茶叶", 540),
    Goods("6801011", "ZSH-01", "宜兴紫砂壶 西施 200ml", ("朱泥", "紫泥"), 35800, "茶具", 480, score="4.5"),
    Goods("6801012", "GWB-03", "德化白瓷盖碗 三才杯", ("羊脂白", "影青"), 7900, "茶具", 350),
    Goods("6801013", "DZ-00", "定制刻字茶叶罐(刻名不退换)", ("大号", "小号"), 12800, "定制", 410, seven_day=False),
)
_SHOES = (
    Goods(
        "7202001",
        "DX-8801",
        "真皮短靴 女 秋冬加绒",
        ("黑 36", "黑 37", "黑 38", "棕 37"),
        35900,
        "女鞋",
        1150,
        hot=True,
    ),
    Goods(
        "7202002",
        "PB-2203",
        "轻便跑步鞋 男 透气网面",
        ("灰 41", "灰 42", "蓝 42", "蓝 43"),
        25900,
        "男鞋",
        780,
        hot=True,
    ),
    Goods("7202003", "LF-1107", "乐福鞋 男 牛皮一脚蹬", ("棕 41", "黑 42"), 29900, "男鞋", 900, score="4.6"),
    Goods(
        "7202004",
        "GZ-5510",
        "小白鞋 女 百搭板鞋",
        ("白 36", "白 37", "白 38"),
        15900,
        "女鞋",
        690,
        score="4.9",
        hot=True,
    ),
    Goods("7202005", "TX-0921", "儿童运动鞋 魔术贴", ("粉 29", "蓝 31"), 12900, "童鞋", 430),
    Goods(
        "7202006",
        "DZX-01",
        "手工定制皮鞋(按脚型制作)",
        ("黑", "深棕"),
        89900,
        "定制",
        1200,
        score="4.9",
        seven_day=False,
    ),
)
_PHONES = (
    Goods(
        "8303001",
        "NX-12P",
        "南桥 X12 手机 5G 全网通",
        ("8+256 曜石黑", "12+256 雾蓝", "12+512 曜石黑"),
        269900,
        "手机",
        520,
        score="4.7",
        hot=True,
        serial="86432105",
    ),
    Goods(
        "8303002",
        "NX-A5",
        "南桥 A5 长辈手机 大字大音量",
        ("6+128 红", "6+128 蓝"),
        89900,
        "手机",
        480,
        serial="86432107",
    ),
    Goods("8303003", "CD-65W", "65W 氮化镓充电器 双口", ("白", "黑"), 9900, "充电器", 160, hot=True),
    Goods("8303004", "EJ-BT3", "真无线蓝牙耳机 降噪", ("白", "深空灰"), 19900, "蓝牙耳机", 110, score="4.4"),
    Goods("8303005", "KK-12", "X12 手机壳 磁吸液态硅胶", ("雾蓝", "黑", "粉"), 3900, "手机壳", 60),
    Goods("8303006", "MK-12", "X12 钢化膜 高清防窥 两片装", ("高清", "防窥"), 2900, "手机膜", 50, seven_day=False),
)

SHOPS = (
    SampleShop(
        TEA,
        "淘茶旗舰店",
        {
            "name": "淘茶售后部",
            "phone": "0571-00008800",
            "region": "浙江省杭州市余杭区",
            "address": "良渚街道茶香路 18 号",
        },
        _TEA,
        Goods("6801090", "ZP-YC", "【赠品】样茶两泡", ("随机",), 990, "赠品", 16, seven_day=False),
        Bundle("围炉煮茶套装", (_TEA[3], _TEA[7]), 1800),
        800,
        55,
    ),
    SampleShop(
        SHOES,
        "轻步鞋靴专营店",
        {
            "name": "轻步退货组",
            "phone": "0577-00006600",
            "region": "浙江省温州市鹿城区",
            "address": "双屿街道鞋都大道 66 号 B 座 1 楼",
        },
        _SHOES,
        Goods("7202090", "ZP-XY", "【赠品】护理鞋油", ("无色",), 1500, "赠品", 90, seven_day=False),
        Bundle("亲子小白鞋", (_SHOES[3], _SHOES[4]), 2900),
        1000,
        27,
    ),
    SampleShop(
        PHONES,
        "南桥数码旗舰店",
        {
            "name": "南桥数码售后",
            "phone": "0755-00009900",
            "region": "广东省深圳市龙华区",
            "address": "民治街道数码园 5 栋 301",
        },
        _PHONES,
        Goods("8303090", "ZP-ZJ", "【赠品】手机支架", ("白",), 1290, "赠品", 70, seven_day=False),
        Bundle("快充套装", (_PHONES[2], _PHONES[4]), 1000),
        600,
        18,
    ),
)
