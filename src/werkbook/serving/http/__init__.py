"""HTTP from the socket to the WSGI call and back: connections, requests, replies.

It knows no notebook and no registry; `server` and `recording` above import from here.
"""
