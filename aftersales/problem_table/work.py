"""Problems of the work around a case, and of files of orders."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.problem_kinds import Kind

WORK = _("The work around a case")
FILES = _("Files of orders")

KINDS = (
    Kind(
        "macro_not_possible",
        409,
        WORK,
        _("One of the macro's steps is not possible here, so none was taken."),
        _("Do the other steps by hand, or choose another macro; `detail` says what is in the way."),
    ),
    Kind("nothing_there", 422, WORK, _("Nothing matches the filters."), _("Widen the filters, or choose rows.")),
    Kind(
        "too_many_rows",
        422,
        WORK,
        _("More rows match than one go may take."),
        _("Narrow the filters and do it in parts."),
    ),
    Kind(
        "too_many_jobs",
        409,
        WORK,
        _("You have as many jobs under way as one person may have."),
        _("Wait for one to end, or stop one on the page of jobs."),
    ),
    Kind(
        "too_many_views",
        409,
        WORK,
        _("You have as many saved views as one person may have."),
        _("Delete one that you do not use."),
    ),
    Kind("too_many_robots", 409, WORK, _("There are as many robots as may be."), _("Delete one that is not used.")),
    Kind("name_taken", 422, WORK, _("There is one with this name already."), _("Choose another name.")),
    Kind(
        "policy_unknown", 404, WORK, _("There is no such policy setting."), _("`GET /api/v1/policies` lists them all.")
    ),
    Kind(
        "policy_version_exists",
        409,
        WORK,
        _("Another version begins at the same moment."),
        _("Choose another moment, or withdraw that version."),
    ),
    Kind(
        "policy_version_in_force",
        409,
        WORK,
        _("This version is in force already."),
        _("Set a new version; what has held is never changed."),
    ),
    Kind("policy_version_withdrawn", 409, WORK, _("This version is withdrawn already."), _("Nothing has to be done.")),
    Kind(
        "playbook_published",
        409,
        WORK,
        _("A published version of the playbook cannot be changed."),
        _("Begin a draft from it and publish that."),
        ("DEC-1",),
    ),
    Kind(
        "playbook_source_is_draft",
        409,
        WORK,
        _("A draft of the playbook begins with a published version."),
        _("Name a published version."),
        ("DEC-1",),
    ),
    Kind(
        "playbook_version_exists",
        409,
        WORK,
        _("Another version was published at the same time, or begins at the same moment."),
        _("Look at that version first, then publish again or choose another moment."),
        ("DEC-1",),
    ),
    Kind(
        "playbook_version_in_force",
        409,
        WORK,
        _("This version of the playbook is in force already."),
        _("Publish a new one instead."),
        ("DEC-1",),
    ),
    Kind(
        "playbook_version_withdrawn",
        409,
        WORK,
        _("This version of the playbook is withdrawn already."),
        _("Nothing has to be done."),
        ("DEC-1",),
    ),
    Kind(
        "playbook_trial_open",
        409,
        WORK,
        _("A trial of this draft is under way."),
        _("Wait until it ends, or look at what it has found."),
        ("DEC-1",),
    ),
    Kind("token_revoked", 409, WORK, _("This token is revoked already."), _("Nothing has to be done.")),
    Kind(
        "too_many_webhooks", 409, WORK, _("The shop has as many webhooks as may be."), _("Delete one that is not used.")
    ),
    Kind(
        "still_on_its_way",
        409,
        WORK,
        _("This message is still being delivered."),
        _("Wait until it is delivered or parked, then send it again."),
    ),
    Kind(
        "unreadable_file",
        422,
        FILES,
        _("The file is neither CSV in GB18030 or UTF-8 nor .xlsx."),
        _("Open it and save it as .xlsx or CSV UTF-8."),
    ),
    Kind(
        "missing_columns",
        422,
        FILES,
        _("The file lacks columns that are needed."),
        _("Export it again from the seller centre with these columns; `detail` names them."),
    ),
    Kind(
        "column_twice",
        422,
        FILES,
        _("The file has a column more than once."),
        _("Delete one of the two and import again."),
    ),
    Kind(
        "shop_unknown",
        422,
        FILES,
        _("The file does not say of which shop it is."),
        _("Say the shop: choose it on the page, or give --shop."),
    ),
)
