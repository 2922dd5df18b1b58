"""How lengths of time and moments are put into words, the same on pages, in messages and on the command line."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from . import clock


def duration_words(length: timedelta) -> str:
    """Say a length of time in its two largest units, rounded down: "2 小时 14 分", "1 天 4 小时", "45 秒".

    The sign is left out: whether something is overdue is said by the words around it.
    """
    seconds = int(abs(length).total_seconds())
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    if days:
        parts = {"days": days, "hours": hours}
        return _("%(days)d d %(hours)d h") % parts if hours else _("%(days)d d") % parts
    if hours:
        parts = {"hours": hours, "minutes": minutes}
        return _("%(hours)d h %(minutes)d min") % parts if minutes else _("%(hours)d h") % parts
    if minutes:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(seconds)d s") % {"seconds": seconds}


def moment_words(moment: datetime) -> str:
    """Say a moment in Shanghai time, "11-20 14:02", with the year in front where it is not the present one."""
    local = moment.astimezone(clock.SHANGHAI)
    same_year = local.year == clock.shanghai_day(clock.now()).year
    return local.strftime("%m-%d %H:%M" if same_year else "%Y-%m-%d %H:%M")
