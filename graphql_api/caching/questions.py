"""Queries whose answers can be kept: the key of each for its viewer, and the claims of its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final, Protocol

from domain.kernel.entity import EntityDescription
from domain.kernel.keeping import Keeping
from domain.kernel.model import DomainModel
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity
from domain.kernel.records import Slice
from domain.kernel.selection import Listing
from domain.kernel.specification import ComparisonOperator, Specification, bind, where
from domain.kernel.viewer import Viewer
from graphql_api.caching import keys
from graphql_api.caching.claiming import Claimant, windowed
from graphql_api.caching.claims import Claim, Window
from graphql_api.execution.lru import WeighedLru

EXPIRY: Final = "expires_at"
"""What has this field is deleted when the time comes, by no command."""

MOST_QUESTIONS: Final = 256
MOST_VIEWERS: Final = 1_024


class Rights(Protocol):
    """What one viewer may see, for as long as this object is the one that is read by."""

    @property
    def policies(self) -> Mapping[str, Specification]:
        """What they may see of each entity, by its name."""
        ...


RightsOf = Callable[[Viewer | None], Rights]


@dataclass(frozen=True, slots=True)
class Question:
    """A query as one viewer asks it, whose answer is wanted in one shape."""

    key: str
    query: Any
    claims: tuple[Claim, ...]
    rights: Rights
    keeping: Keeping

    def claims_of(self, answer: Any) -> tuple[Claim, ...]:
        """Give the claims of an answer: of a list, narrowed to the page that was read."""
        if isinstance(self.query, FindEntities) and isinstance(answer, Slice):
            first, *others = self.claims
            return (windowed(first, self.query.listing, answer), *others)
        return self.claims

    def claims_within(self, window: Window | None) -> tuple[Claim, ...]:
        """Give the claims of an answer: of a list, narrowed to the window of its page."""
        if window is None:
            return self.claims
        first, *others = self.claims
        return (replace(first, window=window), *others)


class Policies:
    """The policies of one viewer, bound, and written when they are part of a key; and what was asked under them."""

    def __init__(self, model: DomainModel, rights: Rights) -> None:
        self._model = model
        self.rights = rights
        self._bound: dict[str, Specification] = {}
        self._written: dict[frozenset[str], str] = {}
        self.questions: WeighedLru[Any, Question] = WeighedLru(MOST_QUESTIONS, MOST_QUESTIONS)

    def __call__(self, name: str) -> Specification:
        """Give the policy of an entity."""
        if name not in self._bound:
            self._bound[name] = bind(self.rights.policies[name], self._model[name], self._model.__getitem__)
        return self._bound[name]

    def written(self, names: frozenset[str]) -> str:
        """Write the policies of several entities."""
        if names not in self._written:
            self._written[names] = " ".join(f"{one}:{keys.of_specification(self(one))}" for one in sorted(names))
        return self._written[names]


class Questions:
    """Finds out which queries can be kept, and what they look at."""

    def __init__(self, model: DomainModel, rights_of: RightsOf) -> None:
        self._model = model
        self.rights_of = rights_of
        self._policies: WeighedLru[Viewer, Policies] = WeighedLru(MOST_VIEWERS, MOST_VIEWERS)
        self._fleeting = frozenset(entity.name for entity in model if EXPIRY in entity.fields)

    def question(self, query: Any, viewer: Viewer, shape: str) -> Question | None:
        """Make the question of a query; None where its answer is not to be kept."""
        keeping = getattr(query, "keeping", None)
        if keeping is None:
            return None
        rights = self.rights_of(viewer)
        policies = self._policies.get(viewer)
        if policies is None or policies.rights is not rights:
            policies = Policies(self._model, rights)
            self._policies.put(viewer, policies, weight=1)
        # A message that is the same for all requests is translated once, and lives as long as its question does.
        place = (type(query), shape, *_identity(query))
        known = policies.questions.get(place)
        if known is None:
            known = self._asked_before(query, shape, policies)
            if known is not None:
                policies.questions.put(place, known, weight=1)
        return known

    def _asked_before(self, query: Any, shape: str, policies: Policies) -> Question | None:
        text = _written(query)
        known = policies.questions.get((type(query), shape, text))
        made = replace(known, query=query) if known is not None else self._made(query, shape, text, policies)
        if known is None and made is not None:
            policies.questions.put((type(query), shape, text), made, weight=1)
        return made

    def _made(self, query: Any, shape: str, text: str, policies: Policies) -> Question | None:
        claims = self._claims(query, policies)
        entities = frozenset(claim.entity for claim in claims)
        if not entities or not self._fleeting.isdisjoint(entities):
            return None
        whole = f"{type(query).__name__} {shape} {text} {policies.written(entities)}"
        key = blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()
        return Question(key, query, claims, policies.rights, query.keeping)

    def _claims(self, query: Any, policies: Policies) -> tuple[Claim, ...]:
        claimant = Claimant(self._model, policies)
        match query:
            case FindEntities():
                claimant.listing(self._entity(query), query.listing)
            case GetEntity():
                alone = where("id", ComparisonOperator.EQ, query.id)
                claimant.listing(self._entity(query), Listing(query.selection, alone))
            case AggregateEntities():
                claimant.aggregation(self._entity(query), query.aggregation)
            case _:
                return ()
        return claimant.all()

    def _entity(self, query: FindEntities | GetEntity | AggregateEntities) -> EntityDescription:
        return self._model[query.entity.__name__]


def _identity(query: Any) -> tuple[object, ...]:
    match query:
        case FindEntities():
            return (id(query.listing),)
        case GetEntity():
            return (query.id, id(query.selection))
        case AggregateEntities():
            return (id(query.aggregation),)
        case _:
            return (id(query),)


def _written(query: Any) -> str:
    match query:
        case FindEntities():
            return keys.of_listing(query.listing)
        case GetEntity():
            return f"{query.id}{keys.of_selection(query.selection)}"
        case _:
            return keys.of_aggregation(query.aggregation)
