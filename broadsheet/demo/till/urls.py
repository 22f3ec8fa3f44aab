from django.urls import path

from broadsheet.demo.till.till import till

urlpatterns = [path("till/<uuid:uuid>/", till, name="till")]
