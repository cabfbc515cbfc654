from uuid import UUID

import pytest

from domain.kernel.errors import (
    Conflict,
    DomainError,
    NotFound,
    PermissionDenied,
    Unavailable,
    ValidationFailed,
    Violation,
)
from domain.kernel.result import Err, Ok

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (DomainError(), "DOMAIN_ERROR", "The operation is not possible."),
        (NotFound("Track", [ONE, TWO]), "NOT_FOUND", f"Track not found: {ONE}, {TWO}."),
        (
            Conflict("Track"),
            "CONFLICT",
            "Track could not be changed: it was changed by somebody else; read it again.",
        ),
        (Conflict("Customer", "the email is taken"), "CONFLICT", "Customer could not be changed: the email is taken."),
        (
            ValidationFailed([Violation("name", "TOO_SHORT", "is too short")]),
            "VALIDATION_FAILED",
            "The input is not valid: name: is too short",
        ),
        (
            Unavailable("database"),
            "UNAVAILABLE",
            "The database cannot be used at the moment; try again later.",
        ),
        (PermissionDenied("refund an invoice"), "PERMISSION_DENIED", "You are not allowed to refund an invoice."),
    ],
    ids=str,
)
def test_an_error_has_a_stable_code_and_says_what_happened(error: DomainError, code: str, message: str) -> None:
    assert error.code == code
    assert error.message == str(error) == message


def test_a_success_gives_its_value_and_a_failure_raises_its_error() -> None:
    error = NotFound("Track", [ONE])

    assert Ok(42).unwrap() == 42
    with pytest.raises(NotFound) as caught:
        Err(error).unwrap()
    assert caught.value is error
