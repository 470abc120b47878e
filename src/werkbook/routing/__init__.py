"""Rules, the URL map, matching and building of URLs, and the view functions behind."""
