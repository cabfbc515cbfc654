"""Where traces and measurements go, and how much of them."""

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from graphql_api.settings.section import ALLOWED, SPLIT_AT_COMMAS, Section

_ENDPOINT: Final = r"^https?://[^\s/@?#]+(/[^\s?#]*)?$"
_HEADERS: Final = re.compile(r"[\w-]+=[^,\r\n]+(,[\w-]+=[^,\r\n]+)*", re.ASCII)


class TelemetrySettings(Section):
    """Traces and metrics, in the way of OpenTelemetry; without an endpoint and Prometheus there are none."""

    endpoint: Annotated[
        str | None,
        Field(
            max_length=2_000,
            pattern=_ENDPOINT,
            description="The collector that takes OTLP over HTTP; unset, nothing is sent.",
            json_schema_extra={ALLOWED: "an address such as http://localhost:4318"},
        ),
    ] = None
    headers: Annotated[
        SecretStr | None,
        Field(
            max_length=4_000,
            description="What the collector wants to be told beside, such as a key.",
            json_schema_extra={ALLOWED: "name=value, several of them separated by commas"},
        ),
    ] = None
    prometheus: Annotated[
        bool, Field(description="Serve the metrics at /metrics too; keep that path from the outside.")
    ] = False
    service_name: Annotated[
        str,
        Field(
            max_length=255,
            pattern=r"^[A-Za-z0-9._:/-]+$",
            description="What the server is called in traces and metrics.",
            json_schema_extra={ALLOWED: "letters, digits and . _ : / -"},
        ),
    ] = "graphql-api"
    sample_ratio: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="The part of traces that is recorded; those that others began are recorded if they say so.",
        ),
    ] = 1
    every_field: Annotated[
        bool,
        Field(
            description="Give every field a span of its own, plain values included. "
            "For a close look only: plans are switched off, and each span takes time."
        ),
    ] = False
    arguments: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[_A-Za-z][_0-9A-Za-z]*$", max_length=255)], ...],
        Field(
            max_length=100,
            description="The arguments of fields whose values may be recorded; no others are.",
            json_schema_extra={ALLOWED: "a list of names such as first; in a variable separated by commas"},
        ),
        SPLIT_AT_COMMAS,
    ] = ()
    queue_size: Annotated[
        int, Field(ge=1, le=1_000_000, description="How many spans may wait to be sent; more are dropped.")
    ] = 16_384
    export_interval: Annotated[float, Field(gt=0, le=3600, description="Seconds between batches of spans.")] = 5
    metric_interval: Annotated[float, Field(gt=0, le=3600, description="Seconds between measurements sent.")] = 15
    export_timeout: Annotated[float, Field(gt=0, le=60, description="Seconds that the collector has to answer.")] = 5
    shutdown_timeout: Annotated[
        float, Field(gt=0, le=60, description="Seconds at the end to send what is left; then it is given up.")
    ] = 3

    @field_validator("endpoint")
    @classmethod
    def _have_a_possible_port(cls, value: str | None) -> str | None:
        try:
            urlsplit(value or "").port  # noqa: B018  # it is worked out, and refused, when it is asked for
        except ValueError:
            raise ValueError("its host or port cannot be read") from None
        return value

    @field_validator("headers")
    @classmethod
    def _be_pairs(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _HEADERS.fullmatch(value.get_secret_value()):
            raise ValueError("it is not of the form name=value,name=value")
        return value

    @property
    def on(self) -> bool:
        """Tell whether anything is traced or measured."""
        return self.prometheus or self.endpoint is not None
