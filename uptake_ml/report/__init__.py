"""The finding and its forms: table, lines, page and text."""
