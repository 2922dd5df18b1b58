"""The provinces of China by their short names, as addresses begin and as carriers, postage and service points go."""

PROVINCES = tuple(
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 "
    "广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾".split()
)


def province_of(region: str) -> str:
    """Give the province that an address's region begins with, as carriers and postage name it; empty if unknown."""
    plain = region.strip().removeprefix("中国").strip()
    return next((name for name in PROVINCES if plain.startswith(name)), "")
