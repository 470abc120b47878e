"""What an app was told, by whom: kinds, keys, values and their owners."""
