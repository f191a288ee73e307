"""The web application, as a WSGI server loads it."""

import gc
import os
import signal

from guanxi.config.processes import SUPERVISED, follow_parent

if SUPERVISED in os.environ:
    # Until the server listens for it, an end is an end: the handler that this process
    # got from its main process would only take note of it there, and nobody would come.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # A server process that loses its main process must not go on holding the port.
    follow_parent(signal.SIGTERM, os.getppid())

from django.core.wsgi import get_wsgi_application  # here, because it takes its time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.config.settings")
application = get_wsgi_application()

# What is loaded by now stays. A page makes tens of thousands of objects and few cycles:
# to look for them less often saves a tenth of its processor time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 100)
