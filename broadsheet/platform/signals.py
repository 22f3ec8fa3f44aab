from django.dispatch import Signal

minute_passed = Signal()
"""Sent once a minute by one process of all hosts, with `at`, the present moment.

A room connects what it has to do by the clock. A receiver finds all that is due, so that a minute missed
is made up by the next one. It may come twice at once where a host stalls for minutes: do no harm then.
"""
