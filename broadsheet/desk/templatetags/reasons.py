from django import template

from broadsheet.desk.paywall.decisions import label_of

register = template.Library()
register.filter("reason_in_words", label_of)
