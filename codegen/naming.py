"""Names: of one thing and of several, as Python, GraphQL and people write them."""

import builtins
import keyword
import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_PLURALS: Final = (
    (re.compile(r"(.*)(person)$"), r"\1people"),
    (re.compile(r"(.*)(child)$"), r"\1children"),
    (re.compile(r"(.*(?:shel|wol|hal|lea|loa|thie|scar))f$"), r"\1ves"),
    (re.compile(r"(.*[^aeiou])y$"), r"\1ies"),
    (re.compile(r"(.*(?:s|x|z|ch|sh))$"), r"\1es"),
    (re.compile(r"(.*)$"), r"\1s"),
)
_SINGULARS: Final = (
    (re.compile(r"(.*)people$"), r"\1person"),
    (re.compile(r"(.*)children$"), r"\1child"),
    (
        re.compile(r"(.*(?:news|series|species|us|ss|is))$"),
        r"\1",
    ),
    (re.compile(r"(movie|cookie|.*[^a-z]movie|.*[^a-z]cookie)s$"), r"\1"),
    (re.compile(r"(.*(?:shel|wol|hal|lea|loa|thie|scar))ves$"), r"\1f"),
    (re.compile(r"((?:.*_)?(?:kni|li|wi))ves$"), r"\1fe"),
    (re.compile(r"(.*[^aeiou])ies$"), r"\1y"),
    (re.compile(r"(.*(?:ss|x|z|ch|sh))es$"), r"\1"),
    (re.compile(r"(.*(?:stat|addr|b|vir|camp))uses$"), r"\1us"),
    (re.compile(r"(.+)s$"), r"\1"),
)


def listed(text: str) -> frozenset[str]:
    """List the words of a text."""
    return frozenset(text.split())


KEPT_FIELDS: Final = listed(
    """
    id version created_at updated_at deleted_at relations visible_with visible_to record take_events touch
    expected_version errors allowed permits execute entity self cls work command key node
    """
)
"""What every entity, or every command about one, has already."""

KEPT_TYPES: Final = listed(
    """
    Query Mutation Subscription Node Connection PageInfo String Int Float Boolean ID JSON Date DateTime Decimal
    UUID SortDirection Violation NotFound Conflict Overtaken ValidationFailed PermissionDenied Unavailable
    BatchFailed DomainError ItemFailure IdempotencyKeyReused CommandLog IdempotencyRecord Entity TimestampedEntity
    Record Field Reference Relation ToMany ToOne Length Range DecimalPlaces Distinct Pattern DescribedEnum Any
    ClassVar Mapping Annotated Sequence Json Change Command Event Identifiable Err Ok Result UnitOfWork Omitted
    CreateMany ChangeMany Column Table Index ForeignKey UniqueConstraint BigInteger Boolean Uuid Double Edge
    Viewer Specification EntityType TimestampedType Bind Literal Text Time Interval Binary Served Kept FindEntities
    AggregateEntities GetEntity
    """
)
"""Types that the API or the generated modules have already."""

_ENDINGS: Final = listed(
    """
    Filter ListFilter Order Connection Edge Group GroupBy Having GroupOrder Aggregate DistinctCounts Numbers
    Extremes
    """
)


def snake(text: str) -> str:
    """Write a name in lower case, its words apart: `unit_price`."""
    return "_".join(word.lower() for word in _WORD.findall(text))


def pascal(name: str) -> str:
    """Write a name as a class: `UnitPrice`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def camel(name: str) -> str:
    """Write a name as the API does: `unitPrice`."""
    return re.sub(r"_+([a-z0-9])", lambda match: match[1].upper(), name)


def words(name: str) -> str:
    """Write a name as people do: `unit price`."""
    return " ".join(part for part in name.split("_") if part)


def plural(name: str) -> str:
    """Name several: `album` becomes `albums`."""
    return next(found.expand(new) for pattern, new in _PLURALS if (found := pattern.fullmatch(name)))


def singular(name: str) -> str:
    """Name one of several: `albums` becomes `album`."""
    return next((found.expand(new) for pattern, new in _SINGULARS if (found := pattern.fullmatch(name))), name)


def is_name(text: str) -> bool:
    """Tell whether a text is a name as the generator writes them: lower case, words apart by one underscore."""
    return re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", text) is not None


def is_reserved(name: str) -> bool:
    """Tell whether Python gives a word a meaning of its own."""
    return keyword.iskeyword(name) or name in {"none", "true", "false"}


def hides_a_type(name: str) -> bool:
    """Tell whether a field of this name would hide a type that annotations beside it need."""
    return name in {"date", "datetime", "strawberry", "relation"} or isinstance(getattr(builtins, name, None), type)


def types_of(entity: str) -> frozenset[str]:
    """List the types that the API derives from one entity's."""
    commands = {f"{verb}{entity}{ending}" for verb in ("Create", "Update", "Delete") for ending in ("Input", "Result")}
    return frozenset({entity, *(entity + ending for ending in _ENDINGS), *commands})


def counted(number: int, one: str) -> str:
    """Write how many there are."""
    return f"{number} {one}" if number == 1 else f"{number} {plural(one)}"


def article(name: str) -> str:
    """Write a name with its article: `an album`."""
    text = words(name)
    return f"an {text}" if text[:1] in "aeio" else f"a {text}"
