"""What JupyterLab's extension shows of the apps: panel, badges and marks in cells.

`state` reads apps and servers as plain data, `feed` sends it while a page listens,
`exchange_cards` shows a request of the log as a card.

Imports the mini browser and everything below it; only `loading` may import it.
"""
