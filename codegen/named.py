"""What has a name for one and a name for several, and is spelled in other ways where others read it."""

from codegen.naming import article, camel, pascal, words


class Named:
    """An entity, by its names in Python."""

    __slots__ = ()

    name: str
    plural: str

    @property
    def type(self) -> str:
        """The name of its type."""
        return pascal(self.name)

    @property
    def types(self) -> str:
        """The name of several, as a type."""
        return pascal(self.plural)

    @property
    def api_name(self) -> str:
        """The name of one in the API."""
        return camel(self.name)

    @property
    def api_plural(self) -> str:
        """The name of several in the API."""
        return camel(self.plural)

    @property
    def one(self) -> str:
        """One, in words."""
        return words(self.name)

    @property
    def a(self) -> str:
        """One, in words and with its article."""
        return article(self.name)

    @property
    def many(self) -> str:
        """Several, in words."""
        return words(self.plural)
