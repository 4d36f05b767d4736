"""/healthz: which release answers, and whether it reaches its database. In urls.py: path("healthz", healthz)."""

from django.conf import settings
from django.db import Error, connection, transaction
from django.http import JsonResponse
from django.views.decorators.cache import never_cache


@never_cache
@transaction.non_atomic_requests  # with ATOMIC_REQUESTS, a database that is away would fail before this view can say so
def healthz(request):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        # The reason belongs in the log and not in a page that everyone can read.
        return JsonResponse({"ok": False, "release": settings.RELEASE, "database": "does not answer"}, status=503)
    return JsonResponse({"ok": True, "release": settings.RELEASE})
