"""What kuaidi100's codes mean: one table each for following a number and for asking about it (field-facts §4.1).

The same code means different things in the two. One that is not here is `unknown`: asked again later, within the
limits, and never taken for a refusal.
"""

from logistics.gateways.protocol import Answer, Fault, Status

DONE: tuple[Status, Fault] = ("done", "")
DATA: tuple[Status, Fault] = ("refused", "data")
US: tuple[Status, Fault] = ("refused", "us")
LATER: tuple[Status, Fault] = ("unknown", "")

SUBSCRIBED: dict[str, tuple[Status, Fault]] = {
    "200": DONE,
    "501": DONE,  # asked for before: it is followed already
    "500": LATER,
    "600": US,
    "601": US,
    "700": DATA,
    "701": DATA,
    "702": DATA,
}
ASKED: dict[str, tuple[Status, Fault]] = {
    "200": DONE,
    "400": DATA,
    "408": DATA,  # the phone number does not belong to the parcel
    "500": LATER,  # nothing is known yet
    "501": LATER,
    "502": LATER,
    "503": US,  # our signature
    "600": US,
    "601": US,
    "700": DATA,
}


def answer(table: dict[str, tuple[Status, Fault]], code: str, message: str) -> Answer:
    """Sort what was answered."""
    status, fault = table.get(code, LATER)
    return Answer(status, code[:16], message[:200], fault)
