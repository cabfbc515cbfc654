"""Artists and bands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from domain.artist.events import ArtistRenamed
from domain.kernel.description import Field
from domain.kernel.entity import TimestampedEntity
from domain.kernel.relations import Relation, ToMany
from domain.kernel.validation import Length

ArtistName = Annotated[str, Field("The name as it stands on releases.", Length(1, 120), example="Led Zeppelin")]


@dataclass(slots=True, kw_only=True, eq=False)
class Artist(TimestampedEntity):
    """A person or a group that releases albums."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "albums": ToMany("Album", via="artist_id", description="The albums that the artist released."),
    }

    name: ArtistName

    def rename(self, name: str) -> None:
        """Take another name; the same name again changes nothing."""
        if name != self.name:
            self.record(ArtistRenamed(entity_id=self.id, old_name=self.name, new_name=name))
            self.name = name
