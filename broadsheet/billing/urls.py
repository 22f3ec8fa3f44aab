"""The pages that sell. Each stands once for each edition, under its prefix: prices are an edition's."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
