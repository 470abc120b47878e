"""What an app is asked in a proof: which app, its rules, example values, the requests.

The clean processes beside this folder import from here; it imports nothing of Werkbook.
"""
