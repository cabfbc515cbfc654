"""Answers that are kept: within the process, and beside it where processes share them."""

import hashlib
from collections.abc import Callable

from domain.kernel.model import DomainModel
from graphql_api.caching.fingerprint import fingerprint
from graphql_api.caching.service import AnswerKeeping, SecondLevel
from graphql_api.composition.sealing import cursor_key
from graphql_api.persistence.plans import Plans
from graphql_api.schema.root import Schema
from graphql_api.settings import Settings


def answer_keeping(settings: Settings, plans: Plans, wake: Callable[[], None], schema: Schema) -> AnswerKeeping | None:
    """Give what keeps answers, where the settings want it and the database can tell of changes."""
    if not settings.cache.enabled or not settings.database.keeps_tables:
        return None
    model = plans.tables.model
    return AnswerKeeping.of(settings.cache, model, plans.sights.of, wake, _second_level(settings, model, schema))


def _second_level(settings: Settings, model: DomainModel, schema: Schema) -> SecondLevel | None:
    if settings.redis.url is None or not settings.cache.shared:
        return None
    packages = {name.partition(".")[0] for name in (__name__, *(one.entity.__module__ for one in model))}
    key = cursor_key(settings)  # which is part of answers, too
    source = fingerprint(packages, [schema.as_str().encode(), settings.database.url.reveal().encode(), key])
    secret = hashlib.blake2s(key, person=b"answers").digest()
    prefix = f"{settings.redis.key_prefix}:answers:{source}:"
    return SecondLevel(settings.redis.url.get_secret_value(), prefix, secret, settings.redis.cluster)
