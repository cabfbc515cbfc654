"""Enumerations whose members say what they mean."""

from enum import StrEnum
from typing import Self


class DescribedEnum(StrEnum):
    """Text values with a description each: `PAID = "paid", "The customer has paid."`."""

    description: str

    def __new__(cls, value: str, description: str) -> Self:
        """Make a member."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member
