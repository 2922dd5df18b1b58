"""The service points nearest to an address, as far as its region's words say (WAR-3)."""

from django.db.models import Case, CharField, F, IntegerField, Value, When

from aftersales.core.regions import province_of
from warranty.models import ServicePoint

MOST = 5


def plain_city(city: str) -> str:
    """Give a city's name without the word for city, as addresses may leave it out."""
    plain = city.strip()
    return plain.removesuffix("市") if len(plain) > 2 else plain


def service_points_near(region: str) -> list[ServicePoint]:
    """Give up to five service points: those of the city that the region names, else those of its province.

    One statement, none for a region of no known province.
    """
    province = province_of(region)
    if not province:
        return []
    # A city bears the province's name in the municipalities only, and there it is no other than the province.
    rest = region.strip().removeprefix("中国").strip()
    rows = ServicePoint.objects.filter(province=province).alias(region=Value(rest, output_field=CharField()))
    near = Case(When(region__contains=F("city"), then=0), default=1, output_field=IntegerField())
    found = rows.annotate(far=near).order_by("far", "city", "name")[:MOST]
    distances = [(point.far, point) for point in found]
    return [point for far, point in distances if far == distances[0][0]]
