"""The rules that must always hold, in the page's language.

The sentences stand in the comments of the views that check them, where no translation finds them; so they are repeated
here, and a test compares both.
"""

from django.utils.translation import gettext, gettext_noop

SENTENCES = (
    gettext_noop("A request is in dispute exactly as long as an undecided dispute about it exists."),
    gettext_noop("A payment is settled exactly when its money has moved, and belongs to a request that was agreed."),
    gettext_noop(
        "What a line has promised, given back and holds back are its requests' sums, never more than its share."
    ),
    gettext_noop("What an order has promised and given back are its requests' sums, never more than was paid."),
    gettext_noop("A request's lines and its postage are what it asks, and its lines are open as long as it is."),
    gettext_noop("The lines' paid shares and the postage are what was paid."),
    gettext_noop("Nothing leaves a terminal state."),
    gettext_noop(
        "Every subject is in the state and version of its last log row; `manage.py replay` compares every field."
    ),
    gettext_noop(
        "Every change of status has one log row with actor and action, and the rows follow each other without a gap."
    ),
    gettext_noop("What waits for somebody has its deadline, and what waits for nobody has none."),
    gettext_noop("Every running deadline is in the future, or younger than the lateness goal."),
    gettext_noop(
        "A request's deadlines stand still exactly during a dispute, the receiving period while a request is open."
    ),
    gettext_noop(
        "What was asked for is on its way or there only with a number; a refund begins where an exchange turned."
    ),
    gettext_noop("No proposal changes after its answer."),
    gettext_noop(
        "Every proposal is in the state and version of its last log row, and a request with an open one says so."
    ),
    gettext_noop("Every piece of news is delivered or has a next try."),
    gettext_noop("The counts on the queue's tabs are the counts of requests."),
    gettext_noop("A payout is paid exactly when its money has moved, once, at the amount that was approved."),
    gettext_noop("No payout leaves a terminal state."),
    gettext_noop("Every payout is in the state and version of its last log row."),
    gettext_noop("No payout is approved or settled without two people."),
    gettext_noop(
        "A line of a void list is open exactly as long as its request waits for the warehouse, and has its answer."
    ),
    gettext_noop("No ticket leaves a terminal state."),
    gettext_noop("Every ticket is in the state and version of its last log row."),
    gettext_noop("A request and its ticket have one owner."),
    gettext_noop("Book entries balance, and are of exactly the money that moved."),
    gettext_noop("No claim leaves a terminal state."),
    gettext_noop("Every claim is in the state and version of its last log row."),
    gettext_noop("What carriers paid for claims is in the books, exactly and once."),
    gettext_noop("A claim has goods of its parcel, and they stand in the way of another exactly while it stands."),
    gettext_noop("No invoice leaves a terminal state."),
    gettext_noop("Every invoice is in the state and version of its last log row."),
    gettext_noop("No order has more invoiced than was paid for it."),
    gettext_noop("No complaint leaves a terminal state."),
    gettext_noop("Every complaint is in the state and version of its last log row."),
    gettext_noop("No service sheet leaves a terminal state."),
    gettext_noop("Every service sheet is in the state and version of its last log row."),
    gettext_noop("Every service sheet that is quoted has its quotation, and none that is closed has an open dispatch."),
    gettext_noop("Every complaint that was answered has its reply, and no other has one."),
    gettext_noop("No feedback case leaves a terminal state."),
    gettext_noop("Every feedback case is in the state and version of its last log row."),
    gettext_noop("No survey leaves a terminal state."),
    gettext_noop("Every survey is in the state and version of its last log row."),
    gettext_noop("Every survey that was answered has its marks, no other has any, and every call is counted."),
)


def invariant_words(says: str) -> str:
    """Say a rule in the language of the page; one that is not known here stays as its view says it."""
    return gettext(says)
