"""What the buyer tries at home before anything is sent in, by what he complains of (WAR-3)."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy


class Symptom(models.TextChoices):
    """What does not work."""

    NO_CHARGE = "no_charge", pgettext_lazy("symptom", "It does not charge")
    NO_START = "no_start", pgettext_lazy("symptom", "It does not start")
    SHORT_BATTERY = "short_battery", pgettext_lazy("symptom", "The battery is soon empty")
    NO_SIGNAL = "no_signal", pgettext_lazy("symptom", "No signal, no network")
    NO_SOUND = "no_sound", pgettext_lazy("symptom", "No sound, or too low")
    NO_PAIRING = "no_pairing", pgettext_lazy("symptom", "Bluetooth does not connect")
    NOT_READ = "not_read", pgettext_lazy("symptom", "The memory card is not read")
    SLOW = "slow", pgettext_lazy("symptom", "Slow, freezes, restarts by itself")


REMEDIES: Mapping[Symptom, Promise] = {
    Symptom.NO_CHARGE: gettext_lazy(
        "Please try another cable and another adapter, clean the charging port with a dry soft brush, and let it "
        "charge for 30 minutes while it is switched off."
    ),
    Symptom.NO_START: gettext_lazy(
        "Please charge it for 30 minutes, then hold the power key for 15 seconds; if the battery can be taken out, "
        "take it out for a minute first."
    ),
    Symptom.SHORT_BATTERY: gettext_lazy(
        "Please look in the settings which app uses the most, update the system, and charge it from empty to full once."
    ),
    Symptom.NO_SIGNAL: gettext_lazy(
        "Please switch flight mode on and off, put the SIM card in again, try another card, and reset the network "
        "settings."
    ),
    Symptom.NO_SOUND: gettext_lazy(
        "Please turn off silent mode and “do not disturb”, clean the opening of the speaker, and try with earphones "
        "and without."
    ),
    Symptom.NO_PAIRING: gettext_lazy(
        "Please delete the pairing on the phone, reset the headset as its manual says, charge both, and pair them "
        "anew; try another phone, too."
    ),
    Symptom.NOT_READ: gettext_lazy(
        "Please wipe the contacts with a dry cloth, try the card in another device, save what is on it, then format it "
        "in the phone."
    ),
    Symptom.SLOW: gettext_lazy(
        "Please restart it, free a tenth of its storage at the least, update the system, and, with the data saved, "
        "restore the factory settings."
    ),
}
