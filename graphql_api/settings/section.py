"""What every section of the settings has in common."""

from typing import Any, Final, Literal, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.config import JsonDict

# Keys of json_schema_extra: what a type cannot say, for the catalogue and the defaults.
ALLOWED: Final = "allowed"
BY_ENVIRONMENT: Final = "by_environment"


class Section(BaseModel):
    """Hold settings that belong together; they never change."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        allow_inf_nan=False,
        # A message of pydantic would repeat the value.
        hide_input_in_errors=True,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _read_words_in_any_case_and_no_truth_as_number(cls, value: object, info: ValidationInfo) -> object:
        annotation = cls.model_fields[info.field_name or ""].annotation
        if isinstance(value, str) and get_origin(annotation) is Literal:
            return value.lower()
        if isinstance(value, bool) and annotation in (int, float):
            raise ValueError("it is true or false, not a number")
        return value


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


SPLIT_AT_COMMAS: Final = BeforeValidator(_split)
"""Lets a list be given as one text, as a variable has to."""


def switch(description: str, **by_environment: bool) -> Any:
    """Describe what is on or off, with the environments in which its default is another one."""
    extra: JsonDict = {BY_ENVIRONMENT: {**by_environment}}
    return Field(description=description, json_schema_extra=extra)
