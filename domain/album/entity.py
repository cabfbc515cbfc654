"""Albums."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.description import Field
from domain.kernel.entity import TimestampedEntity
from domain.kernel.relations import Relation, ToMany, ToOne
from domain.kernel.validation import Length

AlbumTitle = Annotated[str, Field("The title as it stands on the cover.", Length(1, 160), example="Houses of the Holy")]
ReleaseDate = Annotated[date, Field("The day of the first release, where it is known.", example="1973-03-28")]


@dataclass(slots=True, kw_only=True, eq=False)
class Album(TimestampedEntity):
    """A release of one artist that holds tracks."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "artist": ToOne("Artist", via="artist_id", description="The artist who released the album."),
        "tracks": ToMany("Track", via="album_id", description="The tracks on the album."),
    }

    title: AlbumTitle
    artist_id: Annotated[UUID, Field("The artist who released the album.", references="Artist")]
    released_on: ReleaseDate | None = None
