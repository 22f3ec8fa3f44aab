from datetime import datetime


def to_the_second(moment: datetime) -> datetime:
    """As moments are written for machines. HTML takes no more than three digits of a fraction of a second."""
    return moment.replace(microsecond=0)
