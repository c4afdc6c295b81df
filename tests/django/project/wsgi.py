"""For `gunicorn --preload`, which imports this before it forks: it has then resolved, and so opened what
there is to open."""

from django.contrib.auth import get_user_model
from django.core.wsgi import get_wsgi_application
from django.db import connections
from tenantry.django.resolution import resolve

application = get_wsgi_application()
resolve(get_user_model()._default_manager.first())
connections.close_all()
