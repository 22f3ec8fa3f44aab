"""Times as Unicode's CLDR has them for Britain, “22:48”: Django's “10:48 p.m.” is the American way."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
