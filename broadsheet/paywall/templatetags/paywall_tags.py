from django import template

from broadsheet.paywall.wall import period_words

register = template.Library()
register.filter("phrase", period_words.phrase)
register.filter("remaining", period_words.remaining)
