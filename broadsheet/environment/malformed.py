class Malformed(ValueError):
    """A value that can't be used. The words don't repeat it, since it may hold a password."""
