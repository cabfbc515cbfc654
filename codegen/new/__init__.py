"""A project of one's own: the server without the store that it comes with, under a name of one's own."""
