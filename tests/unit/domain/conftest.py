"""What the tests of the domain share."""

import pytest

from tests.unit.domain.shop import Shop


@pytest.fixture
def shop() -> Shop:
    return Shop()
