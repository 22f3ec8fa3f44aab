"""How often a reader may have a code sent to an e-reader, in allauth's notation."""

RATES = {"e_reader_by_reader": "6/h/user,12/d/user"}
