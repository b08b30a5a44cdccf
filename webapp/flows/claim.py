"""Take an operation that belongs to nobody yet, such as a sign-in at a kiosk.

A claim decides nothing and signs nothing: afterwards the operation is in this person's list, is read again,
and has to be seen with all its screens before it can be answered. Therefore the form carries no note of what
was shown; that it is a POST with the session's own token is enough.

Source: mobile-token-api.md, sections 3.1, 5.1 and 7.3.
"""

from webapp.flows.audit import DONE, UNKNOWN, Act, Deed
from webapp.flows.errors import BackendUnavailable, OperationUnclaimed
from webapp.flows.keepers import Reading
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.flows.waiting import operation_detail
from webapp.mtoken.errors import AnswerLost, NotSent, RefusedByServer


def claim(services: Services, visitor: Visitor, operation_id: str) -> None:
    """Claim it; one that is this person's already stays so.

    If the answer to the claim gets lost, nothing is said here: whoever opens the operation next learns from
    the server whose it is.

    Raises:
        OperationGone: it does not wait any more, or somebody was faster; then nothing is told of it.
        StandingError: the activation is not active.
        NotSent, AnswerLost, BackendUnavailable: it could not be claimed, or nobody could be asked why.
        TooManyTries: too many could not be claimed lately; this one was not tried.
        StoreUnavailable, AuditDamaged: what is about to be done could not be written down.
    """
    keeper = Reading(services.custody, visitor)
    mobile_token = services.upstream.mobile_token(keeper, visitor.languages)
    taken = services.guard.claim(visitor, keeper.opened.record_id)
    deed = Deed(act=Act.CLAIM, operation_id=operation_id)
    with services.audit.deed(visitor, keeper.opened.state.activation_id, deed) as ending:
        try:
            is_refused = mobile_token.operations.claim(operation_id).response_error is not None
        except NotSent:
            taken.give_back()
            raise
        except AnswerLost:
            ending.came_to(UNKNOWN)
            return
        except RefusedByServer:
            is_refused = True
        if is_refused:
            _say_why(services, visitor, operation_id)
        ending.came_to(DONE)
    taken.give_back()


def _say_why(services: Services, visitor: Visitor, operation_id: str) -> None:
    """The operation itself tells why a claim was refused; if it is this person's, all is well."""
    try:
        operation_detail(services, visitor, operation_id)
    except OperationUnclaimed as error:
        raise BackendUnavailable("the claim was refused") from error
