"""Classical works, by composers who never lived."""

from typing import Final

from graphql_api.seeding.generation.acts import Act
from graphql_api.seeding.generation.novelty import fresh
from graphql_api.seeding.generation.songs import Song, distinct, playing_time
from graphql_api.seeding.generation.supplies import Supplies

ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_IRREGULAR_PLURALS: Final = {"Symphony": "Symphonies", "Divertimento": "Divertimenti", "Waltz": "Waltzes"}
_MOVEMENTS: Final = ("opening_movement", "slow_movement", "dance_movement", "final_movement")
_LENGTH_OF_A_PIECE: Final = 0.6

Programme = tuple[str, dict[str, str], list[str]]
"""The rule of the album's title, what stands in it, and the names of the tracks."""


def record_works(act: Act, supplies: Supplies, taken: set[str]) -> tuple[str, list[Song]]:
    """Choose a composer and works that the performers can play, and return the album's title with its tracks."""
    surname = supplies.expand("period.last")
    composer = f"{supplies.expand('period.first')} {surname}"
    pieces = act.kind == "solo" and supplies.chance.happens(0.65)
    rule, given, names = _pieces(supplies) if pieces else _programme(act.kind, supplies)
    title = fresh(lambda: supplies.expand(rule, surname=surname, **given), supplies.used["albums"], taken)
    share = _LENGTH_OF_A_PIECE if pieces else 1
    return title, distinct([Song(name, composer, int(playing_time(act.genre, supplies) * share)) for name in names])


def _programme(performers: str, supplies: Supplies) -> Programme:
    """Choose two large works, or for singers a mass."""
    form = f"{performers}_form"
    if form not in supplies.grammar:
        return _sung_work(supplies)
    chance = supplies.chance
    first = supplies.expand(form)
    second = first if chance.happens(0.5) else supplies.expand(form)
    one, other = chance.between(1, 4), chance.between(5, 9)
    names = [*_movements(first, one, supplies), *_movements(second, other, supplies)]
    given = {"forms": plural(first), "one": str(one), "other": str(other), "large": f"{first} No. {one}"}
    rule = "work_of_several" if first == second else "work_of_different"
    return rule, {**given, "other_large": f"{second} No. {other}"}, names


def _movements(form: str, number: int, supplies: Supplies) -> list[str]:
    chance = supplies.chance
    work = f"{form} No. {number} in {supplies.expand('key')}, Op. {chance.between(3, 120)}"
    rules = _MOVEMENTS if chance.happens(0.6) else (_MOVEMENTS[0], _MOVEMENTS[1], _MOVEMENTS[3])
    return [f"{work}: {ROMAN[place]}. {supplies.expand(rule)}" for place, rule in enumerate(rules)]


def _pieces(supplies: Supplies) -> Programme:
    chance = supplies.chance
    form, opus = supplies.expand("small_form"), chance.between(4, 99)
    keys = [supplies.expand("key") for _ in range(chance.between(6, 14))]
    names = [f"{form} in {key}, Op. {opus} No. {number}" for number, key in enumerate(keys, start=1)]
    return "work_of_pieces", {"forms": plural(form), "opus": str(opus)}, names


def _sung_work(supplies: Supplies) -> Programme:
    chance = supplies.chance
    kind = chance.pick(("requiem", "setting"))
    work, parts = supplies.expand(kind), supplies.grammar.texts(f"{kind}_part")
    chosen = sorted(chance.some(range(len(parts)), chance.between(6, len(parts))))
    names = [f"{work}: {ROMAN[place]}. {parts[part]}" for place, part in enumerate(chosen)]
    return "work_itself", {"work": work}, names


def plural(form: str) -> str:
    """Name several works of a form."""
    return _IRREGULAR_PLURALS.get(form, f"{form}s")
