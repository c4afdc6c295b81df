from django.shortcuts import render
from django.views.decorators.cache import cache_control


@cache_control(public=True, max_age=3600)
def about(request):
    """The same for everybody, and so kept by caches."""
    return render(request, "about.html")
