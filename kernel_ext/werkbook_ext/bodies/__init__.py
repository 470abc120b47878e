"""What came as a body: its kind, its text, and what of it is saved, secrets masked.

It knows no card and no app. Cards are made of it.
"""
