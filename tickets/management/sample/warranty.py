"""Warranty in the sample data: service points, and phones that came back with another serial number (WAR-2, WAR-3)."""

from collections.abc import Callable

from stdnum import luhn

from warranty import services
from warranty.states import SerialKind, Why

from .case import Case

POINTS = """省份,城市,名称,地址,电话,营业时间
浙江,杭州,南桥数码杭州服务中心,西湖区文三路 100 号 1 楼,0571-00001001,周一至周日 9:00–18:00
浙江,宁波,南桥数码宁波服务点,海曙区中山东路 20 号,0574-00001002,周一至周六 9:00–17:30
广东,深圳,南桥数码深圳服务中心,福田区华强北路 8 号 3 楼,0755-00001003,周一至周日 10:00–20:00
广东,广州,南桥数码广州服务点,天河区石牌西路 12 号,020-00001004,周一至周日 9:30–18:30
江苏,南京,南桥数码南京服务点,玄武区珠江路 66 号,025-00001005,周一至周六 9:00–18:00
上海,上海,南桥数码上海服务中心,徐汇区漕溪北路 30 号,021-00001006,周一至周日 9:00–19:00
北京,北京,南桥数码北京服务中心,海淀区中关村大街 5 号,010-00001007,周一至周日 9:00–19:00
四川,成都,南桥数码成都服务点,锦江区春熙路 9 号,028-00001008,周一至周日 9:30–18:30
"""


def points() -> None:
    """Fill the directory of service points."""
    services.service_points_import(text=POINTS)


def _serial(case: Case, more: str) -> None:
    """Record the number that the order's phone has now; an order without one has none to record."""
    line = case.order.lines.exclude(serial_no="").select_related("order").first()
    if line is None:
        return
    digits = f"86432109{case.rng.randrange(10**6):06d}"
    services.serial_record(
        line=line,
        actor=case.agent,
        kind=SerialKind.IMEI,
        serial=digits + luhn.calc_check_digit(digits),
        why=Why(more),
    )


WORDS: dict[str, Callable[[Case, str], object]] = {"serial": _serial}
