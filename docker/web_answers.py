"""The health check of the web container: asks /healthz as a host the portal trusts; fails unless it is 200."""

import os
import urllib.request

hosts = os.environ.get("TRUSTED_HOSTS", "").replace(",", " ").split()
# ".example.com" trusts every host below it, and itself.
host = hosts[0].lstrip(".") if hosts else "localhost"
request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host})
urllib.request.urlopen(request, timeout=4)  # noqa: S310 - the address is a constant
