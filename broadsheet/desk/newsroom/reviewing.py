from django.utils.translation import gettext as _
from wagtail.models import WorkflowState

from broadsheet.desk.mail.access import name_of
from broadsheet.editorial.models import Article


def changes_asked_for(article: Article) -> str:
    """What the reviewer who sent the article back wants, with their name; empty where nobody did."""
    state = article.current_workflow_state
    if not state or state.status != WorkflowState.STATUS_NEEDS_CHANGES:
        return ""
    review = state.current_task_state
    who = name_of(review.finished_by) or _("The desk")
    if comment := review.comment.strip():
        return _("%(who)s asks for changes: “%(comment)s”") % {"who": who, "comment": comment}
    return _("%s asks for changes.") % who
